"""The words for money that went back: what Stripe reports, in sentences for staff."""

from odoo.tools.translate import LazyTranslate

from ..const.reversal import MONEY_GONE, UNRECORDED
from .days import say_day
from .declines.advice import get_decline_sentence
from .filled import fill_in, label_codes
from .providers import PROBLEM_SENTENCES, get_problem_sentence

_lt = LazyTranslate(__name__)

# The meaning of the status of a refund or dispute at Stripe.
STATUS_SENTENCES = {
    "refund": {
        "pending": _lt("The refund is under way."),
        "succeeded": _lt("The refund was made."),
        "requires_action": _lt("The customer must act before the refund is made."),
        "failed": _lt("The refund failed; the money is with us again."),
        "canceled": _lt("The refund was canceled; the money stays with us."),
    },
    "dispute": {
        "needs_response": _lt(
            "The bank took the money. Answer at the payment provider to get it back."
        ),
        "under_review": _lt("The bank took the money and looks at our answer."),
        "appeal_needs_response": _lt(
            "The customer's bank took the money once more. Answer at the payment "
            "provider to get it back."
        ),
        "appeal_under_review": _lt("The bank looks at our answer to the appeal."),
        "lost": _lt("The money is gone for good."),
        "won": _lt("We won; the money came back."),
        "warning_needs_response": _lt(
            "The bank inquires about the payment. No money has moved. Answer at the "
            "payment provider to keep it so."
        ),
        "warning_under_review": _lt(
            "The bank inquires about the payment and looks at our answer. No money has "
            "moved."
        ),
        "warning_closed": _lt("The bank's inquiry is closed. No money has moved."),
        "prevented": _lt("The dispute was prevented before it took any money."),
    },
}
UNKNOWN_STATUS = _lt(
    "The payment provider reports something that is not known here. Look at its "
    "dashboard."
)

# Why money went back: reasons of disputes, of refunds, and why refunds failed.
REASON_SENTENCES = {
    "bank_cannot_process": _lt("The customer's bank cannot process the debit."),
    "check_returned": _lt("The check was returned."),
    "credit_not_processed": _lt("The customer says that a promised credit is missing."),
    "customer_initiated": _lt("The customer had the bank return the debit."),
    "debit_not_authorized": _lt("The customer did not authorize the debit."),
    "duplicate": _lt("The payment was made twice."),
    "fraudulent": _lt("The payment is said to be fraudulent."),
    "general": _lt("The bank gives no particular reason."),
    "incorrect_account_details": _lt("The account details are wrong."),
    "insufficient_funds": _lt("The account does not hold enough money."),
    "noncompliant": _lt("The payment is said to break the card network's rules."),
    "product_not_received": _lt("The customer says that nothing was delivered."),
    "product_unacceptable": _lt("The customer is not content with what was delivered."),
    "subscription_canceled": _lt("The customer says that it was canceled before."),
    "unrecognized": _lt("The customer does not recognize the payment."),
    "requested_by_customer": _lt("The customer asked for the refund."),
    "expired_uncaptured_charge": _lt("The reserved amount was never captured."),
    "charge_for_pending_refund_disputed": _lt(
        "The payment was disputed while the refund was under way."
    ),
    "declined": _lt("The customer's bank refused the refund."),
    "expired_or_canceled_card": _lt("The card has expired or was canceled."),
    "lost_or_stolen_card": _lt("The card was reported lost or stolen."),
    "merchant_request": _lt("The refund was stopped at our request."),
}


# Sentences about an amount, by the kind of what took it back.
RETURNED_SENTENCES = {
    "refund": _lt("%(amount)s was refunded on %(date)s"),
    "dispute": _lt("%(amount)s was charged back on %(date)s"),
    "return": _lt("%(amount)s was returned by the bank on %(date)s"),
}
BOOKED_SENTENCES = {
    "refund": _lt("%(amount)s was refunded to the customer."),
    "dispute": _lt("%(amount)s was charged back by the customer's bank."),
    "return": _lt("%(amount)s was returned by the customer's bank."),
}


def get_returned_words(env, attempt):
    """Return what became of a collected amount, without a full stop at its end.

    :param attempt: an ``autopay.attempt`` of which money went back
    """
    gone = attempt.reversal_ids.filtered(lambda rec: rec.finding in MONEY_GONE)
    return "; ".join(
        fill_in(
            env,
            RETURNED_SENTENCES[reversal.kind],
            amount=reversal.currency_id.format(reversal.amount),
            date=say_day(env, reversal._get_event_day()),
        )
        for reversal in gone.sorted("id")
    )


def get_returned_advice(env, is_refunded):
    """Return what a person can do about money that went back, as sentences.

    :param bool is_refunded: whether it is a refund that nobody has decided about
    """
    if is_refunded:
        return env._(
            "If the customer no longer owes it, issue a credit note. If it is to be "
            "collected after all, choose Collect Again."
        )
    return env._("Press Retry to charge it once more.")


def get_booked_words(env, reversal):
    """Return what a refund, dispute or return did to the books, as a sentence."""
    amount = reversal.currency_id.format(reversal.amount)
    if reversal.finding not in MONEY_GONE:
        return env._("%(amount)s came back to us.", amount=amount)
    return fill_in(env, BOOKED_SENTENCES[reversal.kind], amount=amount)


def get_lost_words(env, reversal):
    """Return that a bank has decided a dispute against us, as a sentence."""
    return env._(
        "The bank has decided for the customer: %(amount)s is gone for good.",
        amount=reversal.currency_id.format(reversal.amount),
    )


def get_status_words(env, kind, status):
    """Return what a status means, as a sentence.

    :param kind: ``refund`` or anything else for a dispute
    :param status: the provider's word, may be unknown
    """
    sentences = STATUS_SENTENCES["refund" if kind == "refund" else "dispute"]
    return env._(sentences.get(status, UNKNOWN_STATUS))


def get_reason_words(env, reason):
    """Return why the money went back, as a sentence; the code itself when unknown."""
    sentence = REASON_SENTENCES.get(reason)
    return env._(sentence) if sentence else (reason or "")


def get_reason_labels(env, reasons):
    """Return {code: why money went back} for the codes that are known."""
    return label_codes(env, reasons, REASON_SENTENCES)


def get_reading_sentence(env, problem):
    """Return why refunds and disputes were not read to the end, as a sentence.

    :param problem: ``UNRECORDED``, a code of a gateway or of a bad configuration
    """
    if problem == UNRECORDED:
        return env._("Not everything that was read could be recorded.")
    if problem in PROBLEM_SENTENCES:
        return get_problem_sentence(env, problem)
    return get_decline_sentence(env, problem, "configuration")
