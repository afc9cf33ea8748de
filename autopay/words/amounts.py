"""Amounts in words, also of records whose currency is not chosen yet."""

from odoo.tools import formatLang


def format_amount(env, currency, amount):
    """Return an amount as people read it; the bare number without a currency.

    :param currency: a ``res.currency``, perhaps none
    :param float amount: in major units
    """
    if currency:
        return currency.format(amount)
    return formatLang(env, amount)
