"""How long everything that waits may wait before a person is called, and what ends it.

Nothing may wait for good: each state of ours that is not the last one has a row here
or, in ``NO_DEADLINE``, the reason why it needs none; a reason not to charge has both in
its own row (``const.blockers``). The job ``autopay.deadline`` calls a person when the
time of a row is over and closes its call once the waiting has ended.
"""

from dataclasses import dataclass

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

DAY = 24


@dataclass(frozen=True, slots=True)
class Wait:
    """One state that waits for something.

    :param awaits: a few words on what it waits for, for the title of the call
    :param advice: a sentence on what the person who is called can do
    :param hours: after which a person is called
    :param since: the field with the moment from which they count
    :param buttons: methods behind the buttons that end it, on the form of the record
        that the call is about
    :param longer_hours: the same as hours for what takes longer: bank debits, disputes
    """

    awaits: str
    advice: str
    hours: int
    since: str
    buttons: tuple[str, ...]
    longer_hours: int | None = None


# Hours after which a provider that has not answered about a charge counts as silent: a
# person may then say what became of it. As long as it answers, its answer counts.
SILENT_HOURS = 3 * DAY

# So many days before the end of an early-payment discount a person is called about what
# stands in its way.
DISCOUNT_DAYS = 3

# Days after which whoever marked a call as done is called again, if the thing waits on.
REMIND_DAYS = 7

_LEFT = _lt(
    "The charge was begun and not sent: no money was asked for. Withdraw it; if its "
    "provider stays silent, say that it was not paid. A later run charges the invoice."
)

# Attempts that still hold an invoice. A bank debit settles or fails within 14 business
# days (docs.stripe.com/payments/bank-debits); cards and wallets take hours.
ATTEMPT_WAITS = {
    "reserved": Wait(
        _lt("the charge to be sent"),
        _LEFT,
        4,
        "reserved_date",
        ("action_withdraw", "action_state_not_paid"),
    ),
    "prepared": Wait(
        _lt("the charge to be sent"),
        _LEFT,
        4,
        "reserved_date",
        ("action_withdraw", "action_state_not_paid"),
    ),
    "charging": Wait(
        _lt("the provider's answer"),
        _lt("Ask the provider now, or look the charge up there."),
        4,
        "charging_date",
        ("action_check_now",),
    ),
    "unknown": Wait(
        _lt("the provider's answer"),
        _lt("Look the charge up at the provider and say whether it was paid."),
        2 * DAY,
        "charging_date",
        ("action_check_now", "action_state_paid", "action_state_not_paid"),
    ),
    "pending": Wait(
        _lt("the bank's confirmation"),
        _lt(
            "Look the charge up at the provider. If the provider cannot be asked by "
            "Autopay or stays silent, say whether it was paid; otherwise end it there."
        ),
        3 * DAY,
        "charging_date",
        ("action_check_now", "action_state_paid", "action_state_not_paid"),
        longer_hours=20 * DAY,
    ),
    # It is withdrawn by itself at the end of the time that the customer has.
    "action_required": Wait(
        _lt("the customer's confirmation"),
        _lt(
            "It should have been withdrawn by now. Withdraw it; if its provider stays "
            "silent, look it up there and say whether it was paid."
        ),
        DAY,
        "confirm_deadline",
        ("action_withdraw", "action_state_paid", "action_state_not_paid"),
    ),
    "succeeded": Wait(
        _lt("its payment to be booked"),
        _lt(
            "The money was taken, the books do not say so yet. Mend what stops the "
            "booking, then try again now."
        ),
        DAY,
        "outcome_date",
        ("action_check_now",),
    ),
    "declined": Wait(
        _lt("the charge to be closed"),
        _lt(
            "No money was taken, but the provider has not closed the charge yet, which "
            "holds the invoice. Try again now; if the provider stays silent, say that "
            "it was not paid."
        ),
        DAY,
        "outcome_date",
        ("action_check_now", "action_state_not_paid"),
    ),
    "canceled": Wait(
        _lt("the invoice to be given back"),
        _lt(
            "The charge was withdrawn, but its invoice could not be given back yet. "
            "Mend what stops it, then try again now."
        ),
        DAY,
        "outcome_date",
        ("action_check_now",),
    ),
}

# Other payments of an invoice, which autopay waits for. Providers that ask no bank for
# money, as the wire transfers of Odoo's module payment_custom: the customer has only
# said that it will come. They wait for as many days as the company says.
PROMISING_PROVIDERS = ("custom", "none")
WIRE_DAYS = 7
_NOT_COMING = _lt(
    "If it will not come, say so with It Will Not Come: autopay collects the invoice "
    "then. If it has come, register it as usual."
)

PAYMENT_WAITS = {
    "wire": Wait(
        _lt("a payment that the customer announced"),
        _NOT_COMING,
        WIRE_DAYS * DAY,
        "last_state_change",
        ("action_autopay_ignore_payment",),
    ),
    "pending": Wait(
        _lt("another payment"),
        _NOT_COMING,
        3 * DAY,
        "last_state_change",
        ("action_autopay_ignore_payment", "action_autopay_open_payment"),
        longer_hours=20 * DAY,
    ),
    # Card networks let an authorization lapse after about a week.
    "authorized": Wait(
        _lt("an authorized payment to be captured"),
        _lt(
            "Capture or void it on the invoice. If it will not be captured, say so "
            "with It Will Not Come."
        ),
        7 * DAY,
        "last_state_change",
        ("action_autopay_ignore_payment", "action_autopay_open_payment"),
    ),
    # Odoo gives up after four days (payment.transaction._cron_post_process).
    "done": Wait(
        _lt("a confirmed payment to be booked"),
        _lt("Press Book It Now on the invoice, which says what stops the booking."),
        DAY,
        "last_state_change",
        ("action_autopay_book_payment",),
    ),
    "doubt": Wait(
        _lt("a word on a payment whose answer was lost"),
        _lt(
            "Look it up at the provider. If it was not charged, a billing manager says "
            "so on the payment with Not Charged; if it was, register it."
        ),
        DAY,
        "autopay_doubt_date",
        ("action_autopay_open_payment",),
    ),
}

# Money that goes back. Refunds reach a bank account within ten business days, disputes
# are decided within three months or so (docs.stripe.com/refunds, /disputes).
_FOLLOWED = Wait(
    _lt("the end of a refund or dispute"),
    _lt(
        "Ask the provider now, or look it up there. If nothing more will come of it, "
        "say so with Nothing More Will Come."
    ),
    20 * DAY,
    "event_date",
    ("action_check_now", "action_stop_following"),
    longer_hours=120 * DAY,
)
REVERSAL_WAITS = {
    "open": Wait(
        _lt("a refund or dispute to be booked"),
        _lt(
            "The books do not say yet what the provider says. Mend what stops the "
            "booking, then ask the provider now: it is booked then."
        ),
        DAY,
        "create_date",
        ("action_check_now",),
    ),
    "booked": _FOLLOWED,
    "inquiry": _FOLLOWED,
}

APPROVAL_WAITS = {
    "waiting": Wait(
        _lt("a second person's approval"),
        _lt("Approve or refuse the charge, or name another billing manager."),
        3 * DAY,
        "create_date",
        ("action_approve", "action_ask_reason"),
    ),
}

EVENT_WAITS = {
    "received": Wait(
        _lt("messages of the provider to be processed"),
        _lt(
            "Check that the scheduled action that follows open charges runs, then "
            "process it again."
        ),
        DAY,
        "received_date",
        ("action_process_again",),
    ),
}

# Customers who were asked for a payment method. One call tells of all of a company.
_ASK_AGAIN = ("action_ask_again", "action_withdraw")
REQUEST_WAITS = {
    "queued": Wait(
        _lt("mails that ask for a payment method"),
        _lt(
            "They were not sent yet: look at the outgoing mails and their scheduled "
            "action, or ask these customers again."
        ),
        DAY,
        "state_date",
        _ASK_AGAIN,
    ),
    "failed": Wait(
        _lt("mails that ask for a payment method and were not sent"),
        _lt("The requests say why. Mend it and ask these customers again."),
        1,
        "state_date",
        _ASK_AGAIN,
    ),
    "no_address": Wait(
        _lt("an e-mail address to ask for a payment method"),
        _lt(
            "Fill in the address and ask again, or copy the link of the request and "
            "send it in another way."
        ),
        DAY,
        "state_date",
        _ASK_AGAIN,
    ),
    "expired": Wait(
        _lt("an answer to the request for a payment method"),
        _lt(
            "These customers did not save a method in time. Call them, ask them again, "
            "or close the request."
        ),
        1,
        "state_date",
        _ASK_AGAIN,
    ),
}

# States that need no deadline, and why.
NO_DEADLINE = {
    "reversal.won": "the end of a dispute",
    "reversal.canceled": "the money never left",
    "reversal.lost": "the end of a dispute",
    "approval.approved": "the charge follows, or another reason is told",
    "approval.refused": "told of by the invoice, as approval_refused",
    "approval.lapsed": "over: another question is asked when one is needed",
    "approval.used": "over: it was charged",
    "event.processed": "over",
    "event.ignored": "over: nothing of ours was concerned",
    "event.failed": "people are called when a message fails for the last time",
    "request.sent": "the link expires by itself",
    "request.answered": "over",
    "request.withdrawn": "over",
    "payment.draft": "an unfinished checkout ends by itself, in half an hour",
}

# Days after its due date until which an invoice that autopay will charge is left out of
# reminders: three retries of a card take 14 days by default.
QUIET_DAYS = 30

MOST_QUIET_DAYS = 365
