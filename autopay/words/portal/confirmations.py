"""The words of pages to which links lead: confirm a charge, pay what has failed."""

from odoo import fields
from odoo.tools import format_time
from odoo.tools.translate import LazyTranslate

from ..amounts import format_amount
from ..days import say_day
from ..declines.advice import get_customer_sentence
from ..filled import fill_in

_lt = LazyTranslate(__name__)

# A charge whose page nobody can do anything on, by what became of it: title, sentence.
STATE_WORDS = {
    "succeeded": (
        _lt("Thank you"),
        _lt("%(amount)s was paid with %(method)s. There is nothing left to do."),
    ),
    "pending": (
        _lt("Thank you"),
        _lt(
            "The payment of %(amount)s with %(method)s is under way. Your bank "
            "confirms it within some days; you need not do anything."
        ),
    ),
    "asking": (
        _lt("We are asking the bank"),
        _lt(
            "We do not know yet whether %(amount)s was paid with %(method)s. We "
            "keep asking. Please do not pay it again."
        ),
    ),
    "expired": (
        _lt("The time is over"),
        _lt(
            "This payment of %(amount)s could be confirmed until %(deadline)s. It was "
            "not, and nothing was charged."
        ),
    ),
    "withdrawn": (
        _lt("Nothing was charged"),
        _lt(
            "This payment of %(amount)s was withdrawn and cannot be confirmed any more."
        ),
    ),
    "declined": (
        _lt("The payment failed"),
        _lt("Nothing was charged."),
    ),
}

# Why a press on Confirm came to nothing.
PROBLEM_SENTENCES = {
    "busy": _lt("This payment is being looked at right now. Try again in a minute."),
    "unreachable": _lt(
        "The payment provider does not answer right now. Please try again in a minute."
    ),
    "too_often": _lt(
        "The bank was asked so often that we do not ask it again. Please pay in "
        "another way."
    ),
    "not_confirmed": _lt(
        "The bank did not confirm the payment. Nothing was charged: you can try again, "
        "or pay in another way."
    ),
    "paid": _lt("This was paid in another way. Nothing was charged."),
    "other_amount": _lt(
        "What you owe has changed since this payment was begun. Nothing was charged."
    ),
    "not_now": _lt(
        "This payment is on hold for a reason on our side. Nothing was charged; you "
        "need not do anything."
    ),
    "not_withdrawn": _lt(
        "This payment could not be stopped: your bank may be making it right now. "
        "Please look again in some minutes before you pay in another way."
    ),
    "nothing_to_pay": _lt("There is nothing left to pay here."),
}

PAYABLE_WORDS = {
    "confirm": _lt("Your bank wants you to confirm this payment until %(deadline)s."),
    "held": _lt("We are collecting it. You need not do anything."),
    "paid": _lt("Paid. Thank you!"),
    "closed": _lt("It cannot be paid here. Ask us if you do not know why."),
}


def get_deadline_words(env, attempt):
    """Return until when a customer can confirm a charge, in the company's time."""
    zone = attempt.company_id._get_autopay_tz()
    company = attempt.company_id.with_context(tz=zone)
    local = fields.Datetime.context_timestamp(company, attempt.confirm_deadline)
    return env._(
        "%(date)s, %(time)s (%(zone)s)",
        date=say_day(env, local.date()),
        time=format_time(env, local.timetz(), time_format="short"),
        zone=zone,
    )


def get_state_words(env, attempt, code):
    """Return the title and the sentence of a page on which nothing can be done.

    :param attempt: the ``autopay.attempt``
    :param str code: a key of ``STATE_WORDS``
    """
    title, sentence = STATE_WORDS[code]
    words = fill_in(
        env,
        sentence,
        amount=format_amount(env, attempt.currency_id, attempt.amount),
        method=attempt.token_id._get_autopay_label(),
        deadline=get_deadline_words(env, attempt),
    )
    if code == "declined":
        reason = get_customer_sentence(env, attempt.decline_class)
        words = f"{reason} {words}"
    return env._(title), words


def get_problem_words(env, code):
    """Return why a press came to nothing, as a sentence; "" of no problem."""
    return env._(PROBLEM_SENTENCES[code]) if code else ""


def get_payable_words(env, move, state, waiting):
    """Return what is to be said of an invoice to who can pay it.

    :param str state: see ``Payable``
    :param waiting: the attempt that waits for the customer, perhaps none
    """
    if state != "due":
        deadline = get_deadline_words(env, waiting) if waiting else ""
        return fill_in(env, PAYABLE_WORDS[state], deadline=deadline)
    last = move.autopay_attempt_line_ids.attempt_id.sorted("id")[-1:]
    if last.state != "declined":
        return ""
    return get_customer_sentence(env, last.decline_class)


def get_confirm_words(env, attempt):
    """Return that a customer has to confirm a charge, for Odoo's own pages."""
    return env._(
        "Your bank wants you to confirm the payment of %(amount)s, which we have "
        "begun, until %(deadline)s. Nothing is charged before.",
        amount=format_amount(env, attempt.currency_id, attempt.amount),
        deadline=get_deadline_words(env, attempt),
    )
