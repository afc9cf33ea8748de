"""The invariants of autopay: what must hold on every database, at every moment."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

VERDICTS = [
    ("ok", "OK"),
    ("breach", "Issue"),
    ("partial", "Not fully checked"),
]

# Code: (what must hold, why the database alone cannot tell it all). The queries are in
# invariant_queries.py under the same codes.
INVARIANTS = {
    "I1": (
        _lt("No invoice is charged for more than its total, refunds deducted."),
        _lt("The books agree; the providers were not asked for their charges."),
    ),
    "I2": (
        _lt(
            "Every charge of the provider has one here and one posted payment of "
            "its amount."
        ),
        _lt("The books agree; the providers were not asked for their charges."),
    ),
    "I3": (
        _lt("Every posted payment of autopay has one charge that was collected."),
        _lt("The books agree; the providers were not asked for their charges."),
    ),
    "I4": (
        _lt(
            "An invoice has one live charge at most, and the database itself sees "
            "to it."
        ),
        None,
    ),
    "I5": (
        _lt("No invoice is in progress for too long without an alarm."),
        None,
    ),
    "I6": (
        _lt(
            "Nothing that was collected waits an hour to be booked, or is more than is "
            "owed, without an alarm."
        ),
        None,
    ),
    "I7": (
        _lt(
            "Nothing was charged without an authorization in force for that method, "
            "company and amount."
        ),
        None,
    ),
    "I8": (
        _lt(
            "Nothing was charged with an archived or paused method, a disabled "
            "provider or for an archived company."
        ),
        _lt(
            "What is archived, disabled or paused now was not charged since; what was "
            "put back or changed later cannot be told from the database."
        ),
    ),
    "I9": (
        _lt("The amounts reserved, sent, answered and recorded are the same."),
        None,
    ),
    "I10": (
        _lt("Each request to charge is made once: its key belongs to it alone."),
        None,
    ),
    "I11": (
        _lt("An invoice was charged anew only when its earlier charges were over."),
        None,
    ),
    "I12": (
        _lt(
            "Methods were not tried more often than the networks allow, and not "
            "again once permanently declined."
        ),
        None,
    ),
    "I13": (_lt("Nothing was collected automatically before its autopay date."), None),
    "I14": (_lt("No run has charged an invoice twice."), None),
    "I15": (_lt("Every run has ended, and the scheduled actions do not fail."), None),
    "I16": (_lt("Each outcome was told, and told once."), None),
    "I17": (
        _lt("No secret and no card number is in messages, answers or parameters."),
        None,
    ),
    "I18": (_lt("No method was charged in test mode and in live mode."), None),
    "I19": (
        _lt(
            "Money that was returned re-opens its invoice; nothing unpaid shows as "
            "paid."
        ),
        _lt("The books agree; the providers were not asked what was returned."),
    ),
    "I20": (
        _lt("Of every invoice it can be seen what happened, why, and what is next."),
        None,
    ),
    "I21": (
        _lt(
            "No customer was charged beside money that was open in the customer's "
            "favour, and is owed it now."
        ),
        None,
    ),
}

# Differences of a reconciliation of charges that breach each invariant.
KINDS_OF = {
    "I1": ("twice",),
    "I2": ("orphan", "amount", "booked_twice", "not_booked"),
    "I3": ("booked_only", "not_charged"),
    "I19": ("reversal",),
}
ASKED_OF_PROVIDERS = ("I1", "I2", "I3", "I19")
