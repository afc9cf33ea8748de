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


def format_sums(env, sums):
    """Return amounts of several currencies as people read them, "" for none.

    :param dict sums: {``res.currency``: amount in major units}, perhaps None
    """
    pairs = (sums or {}).items()
    return " + ".join(
        format_amount(env, currency, amount) for currency, amount in pairs
    )
