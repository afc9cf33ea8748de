"""The sentences of mails to customers: neutral, and true when they are read."""

from datetime import timedelta

from odoo import fields
from odoo.tools.translate import LazyTranslate

from ...const.notices.before import BEFORE
from ...const.notices.expiring import EXPIRING
from ...const.notices.kinds import CONFIRM_KINDS
from ...const.notices.outbox import NAMED_INVOICES
from ..amounts import format_amount
from ..days import say_day
from ..declines.advice import get_customer_sentence
from ..filled import fill_in

_lt = LazyTranslate(__name__)

FAILED = _lt("Your payment could not be completed.")

# Nothing but time is in the way of the next charge.
TIME_BLOCKERS = (False, "date_not_reached", "notice_pending")

# Classes of declines that have more to say to a customer; what to do now comes after.
TELLING_CLASSES = ("authentication", "revoked")

# The ways in which money went back, by the kind of the reversal.
RETURNED_TITLES = {
    "refund": _lt("We have refunded your payment."),
    "dispute": _lt("Your payment was returned to you by your bank."),
    "return": _lt("Your bank has returned the debit."),
}

# The sentences on what happens now, by kind of notice.
NEXT_STEPS = {
    EXPIRING: _lt(
        "Please save another one before: then your invoices are paid as agreed. If you "
        "have a new card already, save that."
    ),
    BEFORE: _lt(
        "You do not need to do anything. If it should not be charged, tell us in time, "
        "or pause it with the link at the end of this mail."
    ),
    "receipt": _lt("You do not need to do anything."),
    "pending": _lt(
        "A bank needs some days for it. You do not need to do anything: we write again "
        "when the money has arrived, or if it does not."
    ),
    "failed": _lt("Please pay in another way, or save another payment method."),
    "plan": _lt("Each part is collected on its day. You do not need to do anything."),
}
RETRY = _lt(
    "We will try again on %(date)s. You do not need to do anything, unless you want to "
    "pay in another way before."
)
CONFIRM = _lt(
    "Nothing was charged yet. Please confirm it until %(deadline)s, or pay in another "
    "way: the button leads to both. After that it is withdrawn."
)
REST_COMING = _lt(
    "%(rest)s of %(invoice)s is still open: %(amount)s is collected on %(date)s."
)
REST_OPEN = _lt("%(rest)s of %(invoice)s is still open.")
STILL_OWED = _lt("The invoice is open again. Please pay it in another way.")
PART = _lt("%(amount)s on %(date)s")
MORE_INVOICES = _lt("%(names)s and %(count)s more")


def get_invoice_names(env, moves):
    """Return the names of invoices, of many the first ones and how many they are."""
    names = moves.mapped("name")
    shown = ", ".join(name or "" for name in names[:NAMED_INVOICES])
    more = len(names) - NAMED_INVOICES
    if more <= 0:
        return shown
    return fill_in(env, MORE_INVOICES, names=shown, count=more)


def get_reason(env, decline_class):
    """Return what happened to a charge that failed, without what only staff may know.

    :param decline_class: a key of ``const.DECLINE_CLASSES``, or False
    """
    if decline_class in TELLING_CLASSES:
        return get_customer_sentence(env, decline_class)
    return env._(FAILED)


def get_returned_title(env, reversal):
    """Return that money went back, as a sentence."""
    return env._(RETURNED_TITLES[reversal.kind])


def get_next_step(env, kind, retry_date, is_owed):
    """Return what happens now, or what the customer can do, as a sentence.

    :param str kind: of the notice
    :param retry_date: the day of the next try, or False
    :param bool is_owed: whether something of the invoices is open
    """
    if retry_date:
        return fill_in(env, RETRY, date=say_day(env, retry_date))
    if kind == "returned":
        return env._(STILL_OWED) if is_owed else ""
    sentence = NEXT_STEPS.get(kind)
    return env._(sentence) if sentence else ""


def get_rest_words(env, decision):
    """Return what is open of an invoice that was paid in part, and when it comes.

    :param decision: the ``Decision`` about the next charge of the invoice
    """
    move = decision.move
    values = {
        "rest": format_amount(env, move.currency_id, move.amount_residual),
        "invoice": move.name or "",
    }
    if decision.blocker not in TIME_BLOCKERS:
        return fill_in(env, REST_OPEN, **values)
    day = max(decision.date or decision.today, decision.today)
    return fill_in(
        env,
        REST_COMING,
        amount=format_amount(env, move.currency_id, decision.amount),
        date=say_day(env, day, year=True),
        **values,
    )


def get_confirm_step(env, deadline):
    """Return until when the customer has to do something, and what.

    :param str deadline: in words
    """
    return fill_in(env, CONFIRM, deadline=deadline)


def get_link_label(env, is_owed):
    """Return what the button of a mail says that leads to invoices.

    :param bool is_owed: whether money that a bank took back is to be paid again
    """
    return env._("Pay Now") if is_owed else env._("View Invoice")


def get_part_words(env, currency, amount, day):
    """Return the amount and the day of one part of a plan."""
    amount = format_amount(env, currency, amount)
    return fill_in(env, PART, amount=amount, date=say_day(env, day, year=True))


def get_sample_words(env, kind, currency):
    """Return the words of a mail about a charge that never was.

    :param str kind: of the notice
    :return: {field: words}
    """
    today = fields.Date.today()
    parts = [(50, today + timedelta(days=after)) for after in (7, 38)]
    retry_date = kind == "failed_retry" and today + timedelta(days=3)
    reasons = {
        "failed": env._(FAILED),
        "failed_retry": env._(FAILED),
        "returned": env._(RETURNED_TITLES["refund"]),
        **dict.fromkeys(CONFIRM_KINDS, get_customer_sentence(env, "authentication")),
    }
    step = get_next_step(env, kind, retry_date, False)
    if kind in CONFIRM_KINDS:
        step = get_confirm_step(env, say_day(env, today + timedelta(days=3)))
    return {
        "method_label": "Visa •••• 4242",
        "references": "INV/2026/00001",
        "date_words": say_day(env, today, year=True),
        "reason_words": reasons.get(kind, ""),
        "next_step": step,
        "link_label": get_link_label(env, False),
        "agreed_words": "\n".join(
            get_part_words(env, currency, *part) for part in parts
        ),
    }
