"""The words that customers read about an order that is charged when it is done."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.autopay.words.days import say_day
from odoo.addons.autopay.words.filled import fill_in

_lt = LazyTranslate(__name__)

# What is charged when, by the trigger of the order.
CHARGED = {
    "confirmed": _lt("What is left to pay is charged once it is invoiced"),
    "delivered": _lt("What is left to pay is charged when everything is delivered"),
    "date": _lt("What is left to pay is charged on %(date)s"),
    "deposit": _lt(
        "%(deposit)s are charged when you accept, the rest when everything is delivered"
    ),
    "deposit_date": _lt(
        "%(deposit)s are charged when you accept, the rest on %(date)s"
    ),
}


def get_customer_words(env, order, method):
    """Return what is charged of an order, when and to which method, as a sentence.

    :param str method: its name; empty for who need not know, or when there is none
    """
    kind = order.autopay_trigger
    if order.autopay_deposit and order.state in ("draft", "sent"):
        kind = {"delivered": "deposit", "date": "deposit_date"}.get(kind, kind)
    deposit = order.currency_id.round(order.amount_total * order.autopay_deposit)
    words = fill_in(
        env,
        CHARGED[kind],
        date=say_day(env, order.autopay_collect_date),
        deposit=order.currency_id.format(deposit),
    )
    if not method:
        return env._("%(charged)s.", charged=words)
    return env._("%(charged)s, to %(method)s.", charged=words, method=method)
