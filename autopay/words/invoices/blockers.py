"""The words that tell people why an invoice is not charged, or when it will be."""

from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ..amounts import format_amount
from ..declines.advice import get_staff_advice

_lt = LazyTranslate(__name__)

# One whole sentence for each code of const.BLOCKERS.
BLOCKER_SENTENCES = {
    "database_neutralized": _lt(
        "Nothing is charged in this copy of a production database."
    ),
    "database_copied": _lt(
        "Autopay was switched on in another database: this one is a copy of it, or was "
        "moved or restored. Nothing is charged from here until a billing manager says "
        "that this is the real one now, and the other one charges nothing any more."
    ),
    "company_off": _lt("Autopay is switched off in this company's settings."),
    "customer_off": _lt("Autopay is off for this customer."),
    "customer_archived": _lt(
        "The customer is archived. Unarchive it, or take the invoice off autopay."
    ),
    "not_posted": _lt("The invoice is not posted."),
    "being_charged": _lt("The invoice is being charged right now."),
    "outcome_unknown": _lt(
        "It is not known yet whether attempt %(attempt)s took the money. The provider "
        "is asked again; until then nothing else is charged. %(until)s"
    ),
    "debit_pending": _lt(
        "The payment of attempt %(attempt)s is under way; the bank has not confirmed "
        "it yet. %(advice)s %(until)s"
    ),
    "needs_authentication": _lt(
        "Attempt %(attempt)s waits for the customer to confirm the payment with the "
        "bank. %(until)s"
    ),
    "not_booked": _lt(
        "Attempt %(attempt)s has taken the money, but the payment is not booked yet. "
        "%(until)s"
    ),
    "payment_blocked": _lt(
        "The payment of this invoice is blocked: %(amount)s is due, and nothing is "
        "charged. To let it be charged, choose (Un)Block Payment in the invoice's "
        "Actions menu."
    ),
    "nothing_due": _lt("Nothing is due on this invoice."),
    "set_aside": _lt(
        "The engine failed on this invoice more than once and leaves it alone. Press "
        "Retry once the cause is found."
    ),
    "not_eligible": _lt("The invoice is not on autopay."),
    "payer_changed": _lt(
        "%(now)s would pay this invoice, which was put on autopay for %(payer)s. "
        "Confirm the new payer, or remove the invoice from autopay."
    ),
    # Its whole text comes from dispute_words.get_dispute_words.
    "in_dispute": _lt("%(dispute)s"),
    "collected_open": _lt(
        "%(collected)s collected for %(invoices)s (attempt %(attempt)s) pays no "
        "invoice now, so nothing is charged. %(advice)s"
    ),
    "on_hold": _lt("On hold until %(date)s. %(reason)s"),
    "retry_not_due": _lt("The last charge failed. The next try is on %(date)s."),
    "failed": _lt("The last charge failed and is not repeated by itself. %(advice)s"),
    "money_returned": _lt("%(returned)s (attempt %(attempt)s). %(advice)s"),
    "no_date": _lt("The invoice has no autopay date: set one."),
    "date_not_reached": _lt("Will be charged on %(date)s with %(method)s."),
    # Its whole text comes from deadline_words.get_payment_words.
    "payment_pending": _lt("%(until)s"),
    "payment_in_doubt": _lt(
        "The provider's answer to payment %(payment)s was lost: perhaps the customer "
        "was charged. Look it up at the provider; a billing manager can then say so on "
        "the transaction. %(until)s"
    ),
    "charge_contradicted": _lt(
        "Attempt %(attempt)s had failed, but its provider now says that it took the "
        "money. Open the attempt to say what became of it; until then nothing else is "
        "charged."
    ),
    "no_configuration": _lt(
        "None of the customer's configurations pays this invoice. %(reason)s"
    ),
    "configuration_invalid": _lt(
        "“%(configuration)s” would pay, but it needs attention: %(reason)s"
    ),
    "no_method": _lt(
        "The customer has no payment method for autopay. Ask the customer to save one, "
        "then set up autopay with it on the customer."
    ),
    "method_archived": _lt(
        "The payment method %(method)s was archived. Choose another one, or ask the "
        "customer to save one."
    ),
    "method_expired": _lt(
        "The payment method %(method)s has expired. Choose another one, or ask the "
        "customer to save one."
    ),
    "method_paused": _lt(
        "The payment method %(method)s is paused since %(date)s. %(reason)s A billing "
        "manager can release it."
    ),
    "method_of_other_customer": _lt(
        "The payment method %(method)s belongs to another customer. Choose one of this "
        "customer."
    ),
    "provider_disabled": _lt(
        "The payment provider %(provider)s is disabled. Enable it, or choose a method "
        "of another provider."
    ),
    "provider_company": _lt(
        "The payment provider %(provider)s belongs to another company. Choose a method "
        "of this company."
    ),
    "provider_unsupported": _lt(
        "The payment provider %(provider)s cannot charge %(method)s by itself. "
        "Manual capture must be off."
    ),
    "no_authorization": _lt(
        "The customer has not authorized autopay with %(method)s. Record the "
        "consent once the customer agrees."
    ),
    "authorization_revoked": _lt(
        "The customer's authorization for %(method)s was revoked. Choose another "
        "method, or record a new consent once the customer agrees."
    ),
    "method_refused": _lt(
        "The bank refused %(method)s for good when it was last charged. Choose another "
        "payment method, or ask the customer to save one."
    ),
    "method_exhausted": _lt(
        "%(method)s was declined so often in the last 30 days that the card networks "
        "allow no further try. Choose another payment method."
    ),
    "above_cap": _lt(
        "The amount %(amount)s is above the cap of %(cap)s per charge with %(method)s, "
        "set by “%(configuration)s”."
    ),
    "month_cap_reached": _lt(
        "The cap of %(cap)s per month with %(method)s, set by “%(configuration)s”, "
        "leaves %(rest)s until %(date)s."
    ),
    "above_authorization": _lt(
        "The amount %(amount)s is above the authorized %(cap)s."
    ),
    "authorized_month_reached": _lt(
        "Of the %(cap)s per month that the customer has authorized for %(method)s, "
        "%(rest)s is left until %(date)s."
    ),
    "needs_approval": _lt(
        "The amount %(amount)s is above the company's limit of %(limit)s: a billing "
        "manager must approve the charge, and not the one who put it on autopay."
    ),
    "approval_refused": _lt(
        "%(user)s refused the charge of %(amount)s. Press Ask Again on the approval to "
        "have it looked at once more, or take the invoice off autopay."
    ),
    "currency_inactive": _lt(
        "The currency %(currency)s is archived. Activate it, and the invoice is "
        "charged."
    ),
    "currency_not_accepted": _lt(
        "%(method)s of %(provider)s does not accept %(currency)s. Choose another "
        "method."
    ),
    "amount_not_accepted": _lt(
        "The provider does not accept the amount %(amount)s. %(reason)s"
    ),
    "cannot_be_booked": _lt(
        "Nothing is charged, as the payment could not be booked. %(reason)s"
    ),
}

# Those whose reason is looked up only when somebody reads it.
TRACED_BLOCKERS = ("no_configuration", "configuration_invalid")


def get_blocker_words(env, decision):
    """Return why the invoice is not charged, as a sentence."""
    sentence = env._(BLOCKER_SENTENCES[decision.blocker])
    words = sentence % _get_values(env, decision)
    # Some of them have an empty part in the middle.
    return words.replace("  ", " ").strip()


def get_method_words(env, code, token):
    """Return why a method cannot pay, as a sentence, whatever the invoice.

    :param str code: one of ``const.PAYER_BLOCKERS`` or *company_off*
    :param token: the method, empty when there is none
    """
    sentence = env._(BLOCKER_SENTENCES[code])
    words = sentence % get_method_values(env, token)
    return words.replace("  ", " ").strip()


def get_method_values(env, token):
    """Return what the sentences about a method mention."""
    return {
        "method": token._get_autopay_label() if token else "",
        "provider": token.provider_id.sudo().name or "",
        **get_pause_values(env, token),
    }


def get_pause_values(env, token):
    """Return what the sentence about a paused method mentions."""
    paused = token.autopay_paused_date
    return {
        "reason": token.autopay_pause_reason or "",
        "date": format_date(env, paused) if paused else "",
    }


def get_unapplied_values(env, found):
    """Return what the sentence about collected money says that does not pay.

    :param found: the ``Unapplied`` money
    """
    payment = found.attempt.payment_id
    if found.reissued:
        advice = _get_reissued_advice(env, found, payment)
    elif found.entries:
        advice = env._(
            "%(entries)s took it from payment %(payment)s. If the customer still owes "
            "the invoice, say below that it is charged nevertheless.",
            entries=", ".join(found.entries.mapped("display_name")),
            payment=payment.display_name,
        )
    elif found.is_posted:
        advice = env._(
            "Apply payment %(payment)s to this invoice, or refund it.",
            payment=payment.display_name,
        )
    else:
        advice = env._(
            "Its payment %(payment)s is not in the books: post it again, or say below "
            "that the invoice is charged nevertheless.",
            payment=payment.display_name or env._("(deleted)"),
        )
    return {
        "collected": found.attempt.currency_id.format(found.amount),
        "attempt": found.attempt.name,
        "invoices": found.move.display_name,
        "advice": advice,
        "reissued": found.reissued,
    }


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
    return env._(
        "Will be charged %(amount)s with %(method)s at the next run.",
        **_get_values(env, decision),
    )


def _get_advice(env, decision):
    """Return what is to be known about a charge that failed or is under way."""
    if decision.blocker == "failed":
        return _get_failed_advice(env, decision)
    if decision.blocker == "debit_pending":
        is_debit = decision.waiting.token_id._is_autopay_debit()
        return env._("Bank debits take some days.") if is_debit else ""
    return ""


def _get_failed_advice(env, decision):
    """Return what can be done about a failed invoice: only what can work."""
    last = decision.move.autopay_attempt_line_ids.attempt_id.sorted("id")[-1:]
    token = decision.token
    if last and token.active and token != last.token_id:
        return env._(
            "%(method)s pays now: press Retry to charge it.",
            method=token._get_autopay_label(),
        )
    return get_staff_advice(env, last.decline_code, last.decline_class)


def _get_values(env, decision):
    move, token = decision.move, decision.token
    if decision.blocker in TRACED_BLOCKERS:
        env["autopay.configuration.trace"]._explain(decision)
    return {
        "amount": format_amount(env, move.currency_id, decision.amount),
        "currency": move.currency_id.name or "",
        "configuration": decision.configuration.display_name or "",
        "date": format_date(env, decision.date) if decision.date else "",
        "method": token._get_autopay_label(),
        "provider": token.provider_id.sudo().name or "",
        "until": decision.get_until_words(env),
        "advice": _get_advice(env, decision),
        **decision.values,
    }
