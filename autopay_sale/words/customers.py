"""The words that customers read about an order that is charged when it is done."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.autopay.words.days import say_day
from odoo.addons.autopay.words.filled import fill_in

from .orders import get_deposit

_lt = LazyTranslate(__name__)

# Charges and their days, by the trigger of the order: without a method and with one.
CHARGED = {
    "confirmed": (
        _lt("What is left to pay is charged once it is invoiced."),
        _lt("What is left to pay is charged once it is invoiced, to %(method)s."),
    ),
    "delivered": (
        _lt("What is left to pay is charged when everything is delivered."),
        _lt(
            "What is left to pay is charged when everything is delivered, to "
            "%(method)s."
        ),
    ),
    "date": (
        _lt("What is left to pay is charged on %(date)s."),
        _lt("What is left to pay is charged on %(date)s, to %(method)s."),
    ),
    "deposit": (
        _lt(
            "%(deposit)s is charged when you accept, the rest when everything is "
            "delivered."
        ),
        _lt(
            "%(deposit)s is charged when you accept, the rest when everything is "
            "delivered, to %(method)s."
        ),
    ),
    "deposit_now": (
        _lt(
            "%(deposit)s is charged within minutes, the rest when everything is "
            "delivered."
        ),
        _lt(
            "%(deposit)s is charged within minutes, the rest when everything is "
            "delivered, to %(method)s."
        ),
    ),
    "deposit_date_now": (
        _lt("%(deposit)s is charged within minutes, the rest on %(date)s."),
        _lt(
            "%(deposit)s is charged within minutes, the rest on %(date)s, to "
            "%(method)s."
        ),
    ),
    "deposit_date": (
        _lt("%(deposit)s is charged when you accept, the rest on %(date)s."),
        _lt(
            "%(deposit)s is charged when you accept, the rest on %(date)s, to "
            "%(method)s."
        ),
    ),
}


def get_customer_words(env, order, method):
    """Return what is charged of an order, when and to which method, as a sentence.

    :param str method: its name; empty for who need not know, or when there is none
    """
    kind = order.autopay_trigger
    if order._is_deposit_coming():
        kind = {"delivered": "deposit", "date": "deposit_date"}[kind]
        kind += "_now" if order.state == "sale" else ""
    without, with_method = CHARGED[kind]
    return fill_in(
        env,
        with_method if method else without,
        date=say_day(env, order.autopay_collect_date),
        deposit=get_deposit(order),
        method=method,
    )
