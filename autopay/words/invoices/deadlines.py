"""The words that tell until when something may wait, and what happens then."""

from odoo import fields
from odoo.tools.translate import LazyTranslate

from ..days import say_day
from ..filled import fill_in
from ..portal.confirmations import get_deadline_words

_lt = LazyTranslate(__name__)

_BEFORE = _lt("If this has not ended by %(date)s, %(person)s is called.")
_AFTER = _lt("It should have ended by %(date)s: %(person)s was called.")
_LAPSES = _lt(
    "If that does not happen by %(date)s, the charge is withdrawn and counts as failed."
)

# Another payment of an invoice, by the key of its wait; *draft* ends by itself.
PAYMENT_SENTENCES = {
    "wire": _lt(
        "The customer has announced %(amount)s by %(provider)s on %(date)s (payment "
        "%(payment)s), which has not come yet."
    ),
    "pending": _lt(
        "Payment %(payment)s of %(amount)s by %(provider)s is pending since %(date)s."
    ),
    "authorized": _lt(
        "Payment %(payment)s of %(amount)s by %(provider)s is authorized since "
        "%(date)s and waits to be captured or voided."
    ),
    "done": _lt(
        "Payment %(payment)s of %(amount)s by %(provider)s was confirmed on %(date)s "
        "and is not booked yet."
    ),
    "draft": _lt(
        "Somebody has begun to pay this invoice online (payment %(payment)s): autopay "
        "waits half an hour for it."
    ),
}
_COMES = (
    _lt(
        "If it has not come by %(date)s, %(person)s is asked. If you know that it will "
        "not come, press It Will Not Come."
    ),
    _lt(
        "It should have come by %(date)s: %(person)s was asked. If it will not come, "
        "press It Will Not Come."
    ),
)
_BOOKED = (
    _lt("If that has not happened by %(date)s, %(person)s is called."),
    _lt("%(person)s was called on %(date)s. Press Book It Now to see what stops it."),
)
PAYMENT_UNTIL = {
    "wire": _COMES,
    "pending": (_BEFORE, _COMES[1]),
    "authorized": (_BEFORE, _COMES[1]),
    "done": _BOOKED,
    "doubt": (_BEFORE, _AFTER),
}


def get_payment_words(env, payment, move):
    """Return what another payment of an invoice waits for, and until when.

    :param payment: a ``payment.transaction``
    """
    kind = payment._get_autopay_wait()
    words = []
    if kind in PAYMENT_SENTENCES:
        words.append(
            fill_in(
                env,
                PAYMENT_SENTENCES[kind],
                payment=payment.reference,
                amount=payment.currency_id.format(payment.amount),
                provider=payment.sudo().provider_id.name,
                date=say_day(env, payment.last_state_change),
            )
        )
    if deadline := payment._get_autopay_deadline(move):
        words.append(
            get_until_words(env, move.company_id, deadline, *PAYMENT_UNTIL[kind])
        )
    return " ".join(words)


def get_attempt_until_words(env, attempt):
    """Return until when an attempt may hold its invoice, as a sentence."""
    if attempt._is_awaiting_customer():
        return fill_in(env, _LAPSES, date=get_deadline_words(env, attempt))
    deadline = attempt._get_deadline()
    return get_until_words(env, attempt.company_id, deadline) if deadline else ""


def get_until_words(env, company, deadline, before=_BEFORE, after=_AFTER):
    """Return who is called when, or was.

    :param datetime deadline: when the time is over, in UTC
    :param before: a sentence with *date* and *person*, until then
    :param after: the same from then on
    """
    sentence = before if deadline > fields.Datetime.now() else after
    zone = company._get_autopay_tz()
    local = fields.Datetime.context_timestamp(company.with_context(tz=zone), deadline)
    person = company._get_autopay_responsible()
    return fill_in(
        env,
        sentence,
        date=say_day(env, local.date()),
        person=person.name or env._("a billing manager"),
    )
