"""The words about autopay on Odoo's own pages of an invoice, and on its PDF."""

from ..amounts import format_amount
from ..days import say_day
from ..declines.advice import get_customer_sentence
from .confirmations import get_confirm_words


def get_kind_words(env, token):
    """Return what kind of method a saved one is, which tells strangers nothing."""
    if token.payment_method_id._is_autopay_debit():
        return env._("your saved bank account")
    if token.payment_method_id._get_autopay_type() == "card":
        return env._("your saved card")
    return env._("your saved payment method")


def get_planned_words(env, decision, method):
    """Return that the customer need not pay: when an invoice is charged, and how.

    :param decision: a ``Decision`` that only time is in the way of
    :param str method: how the method is called, for this reader
    """
    move, today = decision.move, decision.today
    day = max(decision.date or today, today)
    values = {
        "date": say_day(env, day, today),
        "amount": format_amount(env, move.currency_id, decision.amount),
        "method": method,
    }
    if move.currency_id.compare_amounts(decision.amount, move.amount_residual):
        return env._(
            "We will charge %(amount)s to %(method)s on %(date)s. You need not do "
            "anything.",
            **values,
        )
    return env._(
        "We will charge %(method)s on %(date)s. You need not do anything.", **values
    )


def get_started_words(env, attempt):
    """Return that an invoice is being collected, and since when.

    :param attempt: the ``autopay.attempt`` that holds it
    """
    if attempt._is_awaiting_customer():
        return get_confirm_words(env, attempt)
    day = attempt.company_id._get_autopay_day(attempt.reserved_date)
    return env._(
        "We are collecting this invoice; the payment was started on %(date)s. You need "
        "not do anything, and it cannot be paid here a second time.",
        date=say_day(env, day, attempt.company_id._get_autopay_today()),
    )


def get_declined_words(env, attempt, decision):
    """Return why a charge failed, as far as customers may know, and what comes next.

    :param attempt: the last ``autopay.attempt``, declined
    :param decision: the ``Decision`` about the invoice as it stands
    """
    day = attempt.company_id._get_autopay_day(attempt.reserved_date)
    words = [
        env._(
            "Our charge of %(amount)s on %(date)s failed.",
            amount=format_amount(env, attempt.currency_id, attempt.amount),
            date=say_day(env, day, decision.today),
        ),
        get_customer_sentence(env, attempt.decline_class),
    ]
    if decision.blocker == "retry_not_due" and decision.date:
        next_day = say_day(env, decision.date)
        words.append(env._("We try again on %s; you can also pay it now.", next_day))
    elif decision.blocker:
        words.append(
            env._("Pay it now, or choose another payment method for your invoices.")
        )
    else:
        words.append(env._("We try again today; you can also pay it now."))
    return " ".join(words)


def get_skipped_words(env):
    """Return that the customer has skipped the charge of an invoice."""
    return env._(
        "You have skipped the charge of this invoice. Pay it now, or undo that on your "
        "Autopay page."
    )
