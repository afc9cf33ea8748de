"""The meaning of each difference between attempts, charges and payments."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

KIND_SENTENCES = {
    "orphan": _lt(
        "The provider charged for this database, and it is not known here: find "
        "the customer at the provider, then book or refund it."
    ),
    "twice": _lt(
        "More was charged for the invoice than its total: refund what is too much."
    ),
    "amount": _lt(
        "The amounts or currencies of our charge, the provider's and the payment "
        "are not the same."
    ),
    "booked_twice": _lt("There is more than one payment for one charge: cancel one."),
    "unread": _lt("The provider's list ended too soon to tell."),
    "booked_only": _lt(
        "There is a payment, but the provider has no charge: the money is not there."
    ),
    "not_charged": _lt(
        "It is recorded as collected, but the provider has no such charge."
    ),
    "reversal": _lt(
        "The provider gave money back, or holds it back, and the books do not say so."
    ),
    "open": _lt("Under way: the bank, or the booking, needs a little longer."),
    "not_booked": _lt("The money was taken, but there is no payment for it."),
    "matched": _lt(
        "One charge here, one at the provider, one payment: the same amount."
    ),
}


def get_kind_sentence(env, kind):
    """Return what a kind means and what to do about it.

    :param kind: a key of ``reconciliation_const.RECONCILIATION_KINDS``, or False of
        what is not compared yet
    """
    return env._(KIND_SENTENCES[kind]) if kind else ""
