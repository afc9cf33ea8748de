"""The words about coming charges that customers read on their own pages."""

from functools import partial

from odoo.tools.translate import LazyTranslate

from ..amounts import format_amount
from ..days import say_day
from ..declines.advice import get_customer_sentence
from ..disputes import get_withheld_sentence
from ..filled import fill_in
from .pages import STATUS_SENTENCES, get_removed_words

_lt = LazyTranslate(__name__)

# Why a customer's invoice is not charged, by blocker. What is on our side is told as
# such; what only staff may know is not told.
COMING_SENTENCES = {
    "customer_off": _lt("Nothing is charged automatically. Pay it as it comes."),
    "beyond_plan": _lt(
        "It is above the payment plan that you agreed to: we get in touch with you "
        "about it, and it is not charged before."
    ),
    "customer_hold": _lt("You have skipped it: it is not charged until you undo that."),
    "on_hold": _lt("We hold it until %(date)s: nothing is charged before."),
    "failed": _lt(
        "The last charge failed and will not be retried automatically. Pay it now, "
        "or choose another payment method."
    ),
    "retry_not_due": _lt("The last charge failed. It is tried again on %(date)s."),
    "notice_undeliverable": _lt(
        "We tell you of each charge before it is made, and our mail did not reach "
        "you: nothing is charged until it does. Please give us your e-mail address."
    ),
    "needs_approval": _lt("It waits for our approval."),
    "approval_refused": _lt("We do not charge it for now. Ask us why."),
    "payment_pending": _lt("Another payment of it is under way."),
    "payment_in_doubt": _lt(
        "We do not know yet whether your last payment of it arrived. Please do not pay "
        "it again."
    ),
    "credit_covers": _lt(
        "Your credit with us pays it on its day: nothing is charged. You need not do "
        "anything."
    ),
    "open_credit": _lt(
        "You have credit with us that may pay it. We look into that first; you need "
        "not do anything."
    ),
    "kind_not_allowed": _lt(
        "%(method)s cannot pay this invoice. Choose another payment method."
    ),
    "no_configuration": _lt("None of your payment rules fits this invoice."),
    "above_cap": _lt("It is above the limit that you have set for a charge."),
    "month_cap_reached": _lt("The limit that you have set for the month is reached."),
    "above_authorization": _lt("It is above the limit that you have agreed to."),
    "authorized_month_reached": _lt(
        "The limit that you have agreed to for the month is reached."
    ),
    "needs_authentication": _lt(
        "Your bank asks you to confirm this payment. Do so on your Autopay page."
    ),
}

# A method that is valid today, and will not be on the day of the charge.
_EXPIRING = _lt("%(method)s expires before that. Choose another payment method.")
_UNDER_WAY = _lt("We are collecting it; the payment was started on %(date)s.")
_OURS = _lt(
    "It is not charged for now, and the reason is on our side. You need not do "
    "anything."
)

# Why a customer can change nothing of a coming charge.
REFUSAL_SENTENCES = {
    "under_way": _lt("A payment of it is under way: nothing can be changed any more."),
    "locked": _lt(
        "It is charged under “%(configuration)s”, which is agreed between us: only "
        "%(company)s can change it."
    ),
    "approval": _lt("It waits for our approval: nothing can be changed until then."),
}
_IMPOSSIBLE = _lt("This cannot be done with this invoice now.")

# The outcome of a payment that a customer has just asked for, with its kind of message.
PAID_SENTENCES = {
    "succeeded": (
        _lt("Thank you: %(amount)s was paid with %(method)s."),
        "success",
    ),
    "pending": (
        _lt(
            "The payment of %(amount)s with %(method)s was started. Your bank confirms "
            "it within some days; you need not do anything."
        ),
        "success",
    ),
    "action_required": (
        _lt(
            "Your bank asks you to confirm the payment of %(amount)s. Nothing was "
            "charged yet: confirm it on your Autopay page."
        ),
        "warning",
    ),
    "canceled": (_lt("Nothing was charged."), "warning"),
}
_UNKNOWN = _lt(
    "We do not know yet whether %(amount)s was paid with %(method)s, and look after "
    "that. Please do not pay it again."
)


# The words beside a coming charge, and on its button.
ROW_SENTENCES = {
    "with_method": _lt("with %(method)s"),
    "by_rule": _lt("By your payment rule “%(rule)s”"),
    "moved_from": _lt("Moved from %(moved)s"),
    "locked": _lt("Only %(company)s can change it."),
    "pay_now": _lt("Pay %(amount)s now"),
}

# The next invoice of a series, by how often it is repeated.
SERIES_NAMES = {
    "monthly": _lt("Monthly invoice"),
    "quarterly": _lt("Quarterly invoice"),
    "yearly": _lt("Yearly invoice"),
}
_SERIES_NEXT = _lt("about %(amount)s on %(date)s, with %(method)s.")
_SERIES_UNPAID = _lt(
    "about %(amount)s on %(date)s. None of your payment rules fits it so far."
)


def get_series_row(env, foreseen):
    """Return the name of the next invoice of a series, and when it is charged.

    :param foreseen: the ``Foreseen`` of a draft
    """
    draft = foreseen.move
    words = fill_in(
        env,
        _SERIES_NEXT if foreseen.token else _SERIES_UNPAID,
        amount=format_amount(env, draft.currency_id, foreseen.amount),
        date=say_day(env, foreseen.day),
        method=foreseen.token._get_autopay_label(),
    )
    return env._(SERIES_NAMES[draft.auto_post]), words


def get_row_words(env):
    """Return {name: function of a ``Coming``} of the words beside a coming charge."""
    return {
        name: partial(_get_row_sentence, env, sentence)
        for name, sentence in ROW_SENTENCES.items()
    }


def _get_row_sentence(env, sentence, row):
    moved = row.move.autopay_moved_from
    return fill_in(
        env,
        sentence,
        method=row.method._get_autopay_label() if row.method else "",
        rule=row.decision.configuration.display_name or "",
        moved=say_day(env, moved) if moved else "",
        company=row.move.company_id.name,
        amount=format_amount(env, row.move.currency_id, row.decision.amount),
    )


def get_coming_words(env, decision):
    """Return why an invoice is not charged, for its customer, as a sentence.

    :param decision: a ``Decision`` with a blocker
    """
    code = decision.blocker
    if code in ("in_dispute", "money_returned"):
        return get_withheld_sentence(env, decision.move)
    if code in (False, "date_not_reached", "notice_pending"):
        return ""
    if words := _get_lost_words(env, decision):
        return words
    sentence = COMING_SENTENCES.get(code) or STATUS_SENTENCES.get(code)
    if not sentence:
        return _get_started_words(env, decision.waiting) or env._(_OURS)
    return fill_in(
        env,
        sentence,
        method=decision.token._get_autopay_label(),
        date=say_day(env, decision.date) if decision.date else "",
    )


def _get_lost_words(env, decision):
    """Return what becomes of the method that was to pay, "" when nothing is told."""
    token = decision.token
    if decision.blocker == "method_archived":
        is_back = token._is_autopay_coming_back()
        return env._(_OURS) if is_back else get_removed_words(env, token)
    today = decision.move.company_id._get_autopay_today()
    if decision.blocker == "method_expired" and not token._is_autopay_expired(today):
        return fill_in(env, _EXPIRING, method=token._get_autopay_label())
    return ""


def _get_started_words(env, waiting):
    """Return that a charge is under way, "" when it is not one that is waited for."""
    if not waiting or waiting._name != "autopay.attempt":
        return ""
    day = waiting.company_id._get_autopay_day(waiting.reserved_date)
    return fill_in(env, _UNDER_WAY, date=say_day(env, day))


def get_refusal_words(env, coming):
    """Return why a customer cannot do what was asked for, as a sentence.

    :param coming: a ``Coming``
    """
    code = coming.refusal
    if code:
        return fill_in(
            env,
            REFUSAL_SENTENCES[code],
            configuration=coming.decision.configuration.display_name,
            company=coming.move.company_id.name,
        )
    return get_coming_words(env, coming.decision) or env._(_IMPOSSIBLE)


def get_paid_words(env, attempt):
    """Return what became of a payment, and the kind of message.

    :param attempt: the ``autopay.attempt`` that was made
    """
    if attempt.state == "declined":
        return get_customer_sentence(env, attempt.decline_class), "danger"
    sentence, kind = PAID_SENTENCES.get(attempt.state, (_UNKNOWN, "warning"))
    values = {
        "amount": attempt.currency_id.format(attempt.amount),
        "method": attempt.token_id._get_autopay_label(),
    }
    return fill_in(env, sentence, **values), kind
