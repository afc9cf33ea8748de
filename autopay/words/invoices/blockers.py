"""The words that tell people why an invoice is not charged, or when it will be."""

from odoo.tools.translate import LazyTranslate

from ...const.blockers.invoices import CREDIT_BLOCKERS
from ...const.retry import DECLINE_DAYS
from ..amounts import format_amount
from ..days import say_day
from ..declines.advice import get_staff_advice
from ..filled import fill_in
from ..methods.archives import get_archived_advice
from .announcements import NOTICE_BLOCKERS, get_announcement_words, get_told_note
from .credits import get_credit_note, get_credit_values

_lt = LazyTranslate(__name__)

# A method that is valid today, and will not be on the day of the charge.
EXPIRING = _lt(
    "The payment method %(method)s is valid until %(date)s, and the charge comes "
    "later. Choose another one, or ask the customer to save one."
)

# Blockers that name the day of the charge.
DATED_BLOCKERS = ("date_not_reached", "retry_not_due")

# Blockers whose reason is looked up only when somebody reads it.
TRACED_BLOCKERS = ("no_configuration", "configuration_invalid")


def get_blocker_words(env, decision, sentence):
    """Return why the invoice is not charged, as a sentence.

    :param sentence: that of the blocker, see ``const.blockers``
    """
    text = env._(sentence)
    words = text % _get_values(env, decision)
    if decision.blocker == "method_expired":
        company = decision.move.company_id
        words = get_expiring_words(env, decision.token, company) or words
    if decision.blocker == "date_not_reached":
        words = f"{words} {get_credit_note(env, decision)}"
    if decision.blocker in DATED_BLOCKERS:
        later = env["autopay.configuration.trace"]._get_later_words(decision)
        words = f"{words} {later}"
    words = f"{words} {get_told_note(env, decision)}"
    # Some of them have an empty part in the middle.
    return words.replace("  ", " ").strip()


def get_expiring_words(env, token, company):
    """Return that a method expires before a charge, as sentences.

    :param token: the method that has expired on the day of the charge
    :param company: the one that charges it
    :return: "" when it has expired today
    """
    last_day = token.autopay_expiry_date
    if not last_day or last_day < company._get_autopay_today():
        return ""
    return fill_in(
        env,
        EXPIRING,
        method=token._get_autopay_label(),
        date=say_day(env, last_day),
    )


def get_method_words(env, sentence, token):
    """Return why a method cannot pay, as a sentence, whatever the invoice.

    :param sentence: that of the blocker, see ``const.blockers``
    :param token: the method, empty when there is none
    """
    text = env._(sentence)
    words = text % get_method_values(env, token)
    return words.replace("  ", " ").strip()


def get_method_values(env, token):
    """Return what the sentences about a method mention."""
    return {
        "method": token._get_autopay_label() if token else "",
        "days": DECLINE_DAYS,
        "provider": token.provider_id.sudo().name or "",
        "advice": get_archived_advice(env, token) if token and not token.active else "",
        **get_pause_values(env, token),
    }


def get_pause_values(env, token):
    """Return what the sentence about a paused method mentions."""
    paused = token.autopay_paused_date
    return {
        "reason": token.autopay_pause_reason or "",
        "date": say_day(env, paused) if paused else "",
    }


def get_most_words(env, decision, most):
    """Return what a provider takes at once and what can be done, as sentences.

    :param float most: the largest charge, in the invoice's currency (major units)
    """
    return env._(
        "%(provider)s takes at most %(most)s at once. Agree on a payment plan with the "
        "customer, choose a method of another provider, or have the invoice paid in "
        "another way.",
        provider=decision.token.provider_id.sudo().name,
        most=format_amount(env, decision.move.currency_id, most),
    )


def get_unapplied_values(env, found):
    """Return what the sentence about collected money says that does not pay.

    :param found: the ``Unapplied`` money
    """
    payment = found.attempt.payment_id
    if found.reissued:
        advice = _get_reissued_advice(env, found, payment)
    else:
        advice = _get_unapplied_advice(env, found, payment)
    return {
        "collected": found.attempt.currency_id.format(found.amount),
        "attempt": found.attempt.name,
        "invoices": found.move.display_name,
        "advice": advice,
        "reissued": found.reissued,
    }


def _get_unapplied_advice(env, found, payment):
    """Return what can be done about money that was collected for an invoice."""
    if found.entries:
        return env._(
            "%(entries)s took it from payment %(payment)s. If the customer still owes "
            "the invoice, say below that it is charged nevertheless.",
            entries=", ".join(found.entries.mapped("display_name")),
            payment=payment.display_name,
        )
    if found.missing:
        return env._(
            "The charge took %(whole)s, and its payment %(payment)s was changed and "
            "books less: correct the payment, or say below that the invoice is charged "
            "nevertheless.",
            whole=found.attempt.currency_id.format(found.attempt.amount),
            payment=payment.display_name,
        )
    if found.is_posted:
        return env._(
            "Apply payment %(payment)s to this invoice, or refund it.",
            payment=payment.display_name,
        )
    return env._(
        "Its payment %(payment)s is not in the books: post it again, or say below "
        "that the invoice is charged nevertheless.",
        payment=payment.display_name or env._("(deleted)"),
    )


def _get_reissued_advice(env, found, payment):
    """Return what can be done about money of an invoice that is gone."""
    if found.is_posted:
        return env._(
            "Apply payment %(payment)s to the invoice that it is for, refund it, or "
            "press Keep It Aside: then nobody is asked about it again.",
            payment=payment.display_name,
        )
    return env._(
        "Its payment %(payment)s is not in the books: post it again, or press Keep It "
        "Aside: then nobody is asked about it again.",
        payment=payment.display_name or env._("(deleted)"),
    )


def get_charge_words(env, decision):
    """Return with what the invoice is charged at the next run, as a sentence."""
    words = env._(
        "Will be charged %(amount)s with %(method)s at the next run.",
        **_get_values(env, decision),
    )
    along = decision.combines and env._(
        "Other invoices of the customer that are due then may be charged along with it."
    )
    instead = decision.choice.source == "fallback" and env._(
        "The usual method was declined; the customer has agreed to this one as well."
    )
    return " ".join(
        filter(None, [words, instead, get_credit_note(env, decision), along])
    )


def _get_advice(env, decision):
    """Return what is to be known about a charge that failed or is under way."""
    if decision.blocker == "failed":
        return _get_failed_advice(env, decision)
    if decision.blocker == "method_archived":
        return get_archived_advice(env, decision.token)
    if decision.blocker == "debit_pending":
        is_debit = decision.waiting.token_id._is_autopay_debit()
        return env._("Bank debits take some days.") if is_debit else ""
    return ""


def _get_failed_advice(env, decision):
    """Return what can be done about a failed invoice: only what can work."""
    last = decision.move.autopay_attempt_line_ids.attempt_id.sorted("id")[-1:]
    token = decision.token
    # Of several that were tried, the usual one may have been the first.
    tried = env["autopay.fallback"]._get_tried(decision.move) | last.token_id
    if last and token.active and token not in tried:
        return env._(
            "%(method)s pays now: press Retry to charge it.",
            method=token._get_autopay_label(),
        )
    return get_staff_advice(env, last.decline_code, last.decline_class)


def _get_values(env, decision):
    move, token = decision.move, decision.token
    if decision.blocker in TRACED_BLOCKERS:
        env["autopay.configuration.trace"]._explain(decision)
    if decision.blocker in CREDIT_BLOCKERS:
        decision.values.update(get_credit_values(env, decision))
    if decision.blocker in NOTICE_BLOCKERS:
        words = get_announcement_words(env, decision)
        decision.values["announcement"] = words
    return {
        "amount": format_amount(env, move.currency_id, decision.amount),
        "currency": move.currency_id.name or "",
        "configuration": decision.configuration.display_name or "",
        "date": say_day(env, decision.date) if decision.date else "",
        "days": DECLINE_DAYS,
        "method": token._get_autopay_label(),
        "provider": token.provider_id.sudo().name or "",
        "until": decision.get_until_words(env),
        "advice": _get_advice(env, decision),
        **decision.values,
    }
