"""The words about actions on many invoices: how many, and why not the rest."""

from odoo.tools.translate import LazyTranslate

from ..filled import fill_in

_lt = LazyTranslate(__name__)

# Why one invoice is left as it is, by the group of ``autopay.move.action``.
SKIP_SENTENCES = {
    "not_invoice": _lt("Autopay collects customer invoices only."),
    "canceled": _lt("The invoice is canceled: nothing is collected."),
    "settled": _lt("The invoice is paid or was collected: it stays as it is."),
    "busy": _lt("The invoice is being collected."),
}

# The same for many, with their count.
SKIP_COUNTS = {
    "not_invoice": _lt("%(count)s are no customer invoices."),
    "canceled": _lt("%(count)s are canceled."),
    "settled": _lt("%(count)s are paid or were collected."),
    "busy": _lt("%(count)s are being collected."),
    "refunded": _lt("%(count)s were refunded: say of each whether it is still owed."),
    "disputed": _lt("%(count)s are in dispute and wait until that is settled."),
    "already": _lt("%(count)s were on autopay already."),
    "no_credit": _lt("%(count)s have no open credit for that."),
    "off": _lt("%(count)s were not on autopay."),
    "not_retried": _lt("%(count)s failed and are not retried."),
    "needs_method": _lt(
        "%(count)s failed and need another payment method first: ask the customers."
    ),
}

DONE_COUNTS = {
    "eligible": _lt("Put on autopay: %(count)s."),
    "removed": _lt("Taken off autopay: %(count)s."),
    "credit_applied": _lt("Paid with open credit: %(count)s."),
    "charged_anyway": _lt("Charged on its day although credit is open: %(count)s."),
}


def get_skip_sentence(env, group):
    """Return why one invoice is left as it is, or an empty text."""
    sentence = SKIP_SENTENCES.get(group)
    return env._(sentence) if sentence else ""


def get_count_sentence(env, done, count, left):
    """Return what became of many invoices, as one text.

    :param str done: a key of ``DONE_COUNTS``
    :param int count: how many it was done with
    :param dict left: {key of ``SKIP_COUNTS``: how many}
    """
    sentences = [fill_in(env, DONE_COUNTS[done], count=count)]
    sentences += [
        fill_in(env, sentence, count=left[key])
        for key, sentence in SKIP_COUNTS.items()
        if left.get(key)
    ]
    return " ".join(sentences)
