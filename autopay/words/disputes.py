"""The words about invoices that are disputed: what is waited for, and the way out."""

from odoo.tools.translate import LazyTranslate

from .days import say_day
from .filled import fill_in

_lt = LazyTranslate(__name__)

_OPEN = _lt(
    "The customer's bank disputes %(amount)s of this invoice (%(dispute)s). %(status)s "
    "%(until)s Until that is decided, the invoice is neither charged nor asked for. To "
    "have the customer pay it nevertheless, untick In Dispute "
    "beside the autopay date."
)
_SAID = _lt(
    "The customer disputes this invoice: it is neither charged nor asked for. Untick "
    "In Dispute beside the autopay date once that is settled."
)


def get_dispute_words(env, dispute):
    """Return why a disputed invoice is not charged, and what staff can do.

    :param dispute: the open ``autopay.reversal``; empty when a person ticked the box
    """
    if not dispute:
        return env._(_SAID)
    words = fill_in(
        env,
        _OPEN,
        amount=dispute.currency_id.format(dispute.amount),
        dispute=dispute._get_label(),
        status=dispute.with_env(env).status_text,
        until=_get_until_words(env, dispute),
    )
    return words.replace("  ", " ")


def get_inquiry_words(env, inquiries):
    """Return what has to be answered of an invoice that is paid; "" for nothing.

    :param inquiries: each an ``autopay.reversal`` of which no money has moved yet
    """
    words = []
    for inquiry in inquiries.filtered("is_to_answer"):
        text = inquiry.with_env(env).status_text
        words += [text, _get_until_words(env, inquiry)]
    return " ".join(filter(None, words))


def _get_until_words(env, dispute):
    """Return the last day on which a dispute can be answered, as a sentence."""
    if not (dispute.is_to_answer and dispute.respond_by_date):
        return ""
    last = dispute._get_local_day(dispute.respond_by_date)
    return env._("Respond by %(date)s.", date=say_day(env, last))


def get_withheld_sentence(env, move):
    """Return why a customer is not asked to pay an invoice, as a sentence.

    :param move: an invoice that is disputed, or whose money went back
    """
    if move.autopay_in_dispute:
        return env._(
            "This invoice is in dispute. There is nothing to pay until that is settled."
        )
    if move._is_autopay_charged_back():
        return env._(
            "The payment of this invoice was charged back. There is nothing to pay "
            "until we have got in touch with you."
        )
    if move.currency_id.compare_amounts(move.amount_residual, move.amount_total) < 0:
        # The refunded amount is open again.
        return env._(
            "%s of this invoice was refunded. There is nothing to pay.",
            move.currency_id.format(move.amount_residual),
        )
    return env._("This invoice was refunded. There is nothing to pay.")
