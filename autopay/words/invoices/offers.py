"""The one action that helps where an invoice cannot be charged now."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# By the blocker that stops the charge: a button of the invoice.
BLOCKER_OFFERS = {
    "on_hold": "lift_hold",
    "payer_changed": "confirm_payer",
    "set_aside": "make_eligible",
    "outcome_unknown": "check_now",
    "debit_pending": "check_now",
    "collected_open": "open_unapplied",
    "needs_approval": "open_approval",
    "approval_refused": "open_approval",
}

# Words of ``_get_autopay_offers`` that one click does, the best one first. What asks a
# question before is pressed on the invoice, beside its sentence.
OFFERS = (
    "apply_credit",
    "book_payment",
    "request_method",
    "open_payment",
    "open_customer",
)

# The label of each button; its method is ``action_autopay_`` and the word.
LABELS = {
    "lift_hold": _lt("Lift Hold"),
    "confirm_payer": _lt("Confirm Payer"),
    "make_eligible": _lt("Retry"),
    "check_now": _lt("Check with Provider Now"),
    "open_unapplied": _lt("Open the Charge"),
    "open_approval": _lt("Open the Approval"),
    "apply_credit": _lt("Apply the Open Credit"),
    "book_payment": _lt("Book the Payment Now"),
    "request_method": _lt("Ask for a Payment Method"),
    "open_payment": _lt("Open the Payment"),
    "open_customer": _lt("Open Customer"),
    "open_invoice": _lt("Open the Invoice"),
}


def choose_offer(blocker, offers):
    """Return the word of the one action that fits a blocker.

    :param str blocker: the code of the reason
    :param offers: the words of ``_get_autopay_offers``
    """
    if blocker in BLOCKER_OFFERS:
        return BLOCKER_OFFERS[blocker]
    return next((word for word in OFFERS if word in offers), "open_invoice")


def get_offer_label(env, offer):
    """Return what the button says, in the language of the environment."""
    return env._(LABELS[offer])
