"""The words about a discount for early payment: taken, or lost."""

from ..amounts import format_amount
from ..days import say_day


def get_discount_words(env, decision):
    """Return how a discount changes what is charged, as a sentence, or nothing.

    :param decision: a ``Decision`` that knows the ``discount``
    """
    discount, currency = decision.discount, decision.move.currency_id
    if discount:
        return env._(
            "%(amount)s pays all of it, with the early-payment discount of "
            "%(discount)s that holds until %(date)s.",
            amount=format_amount(env, currency, decision.amount),
            date=say_day(env, discount.last_day),
            discount=format_amount(env, currency, discount.amount),
        )
    if discount.lost:
        return env._(
            "The early-payment discount of %(discount)s ended on %(date)s: the full "
            "amount is charged.",
            date=say_day(env, discount.last_day),
            discount=format_amount(env, currency, discount.lost),
        )
    return ""
