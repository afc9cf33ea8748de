"""The words of authorizations: what a customer agreed to, or what staff recorded."""

from odoo.tools.translate import LazyTranslate

from .days import say_day
from .filled import fill_in

_lt = LazyTranslate(__name__)

# Of a consent that staff recorded: how the customer gave it, by its channel.
CHANNEL_SENTENCES = {
    "portal": _lt("The customer agreed online on %(date)s."),
    "link": _lt("The customer agreed by a mailed link on %(date)s."),
    "phone": _lt("The customer agreed by phone on %(date)s."),
    "email": _lt("The customer agreed by e-mail on %(date)s."),
    "paper": _lt("The customer signed on paper on %(date)s."),
    "staff": _lt("How the customer agreed was not recorded."),
}


def get_customer_text(env, company, token):
    """Return the words that a customer agrees to, in the first person."""
    return env._(
        "I authorize %(company)s to charge my payment method %(method)s for my "
        "invoices on their autopay date, for the amount due, until I revoke this "
        "authorization. I can revoke it at any time.",
        company=company.display_name,
        method=token._get_autopay_label(),
    )


def get_staff_text(env, authorization):
    """Return what a member of staff has recorded, in the third person.

    :param authorization: an ``autopay.authorization``, perhaps not saved
    """
    text = env._(
        "Recorded by %(user)s for %(customer)s: %(company)s may charge the payment "
        "method %(method)s for the customer's invoices on their autopay date, for the "
        "amount due, until this authorization is revoked.",
        user=env.user.name,
        customer=authorization.partner_id.display_name,
        company=authorization.company_id.display_name,
        method=authorization.token_id._get_autopay_label(),
    )
    # Not in figures alone: 10/11 is a day in October to some, in November to others.
    day = say_day(env, authorization.agreed_date, year=True)
    how = fill_in(env, CHANNEL_SENTENCES[authorization.channel], date=day)
    return " ".join([text, how, *get_limit_sentences(env, authorization)])


def get_limit_sentences(env, source):
    """Return what may be charged at most, a list of sentences; empty without limits.

    :param source: an ``autopay.authorization`` or ``autopay.configuration``
    """
    sentences = []
    if source.max_amount:
        limit = source.currency_id.format(source.max_amount)
        sentences.append(env._("At most %s per charge.", limit))
    if source.max_month_amount:
        limit = source.currency_id.format(source.max_month_amount)
        sentences.append(env._("At most %s per month.", limit))
    return sentences
