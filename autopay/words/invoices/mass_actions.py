"""The words about actions on many invoices: how many, and why not the rest."""

from odoo.tools.translate import LazyTranslate

from ..filled import fill_in

_lt = LazyTranslate(__name__)

# Why one invoice is left as it is, by the group of ``_group_for_eligible``.
SKIP_SENTENCES = {
    "not_invoice": _lt("Autopay collects customer invoices only."),
    "canceled": _lt("The invoice is canceled: nothing is collected."),
    "settled": _lt("The invoice is paid or was collected: it stays as it is."),
    "busy": _lt("The invoice is being collected."),
}

# The same for many, with their count: in words that fit one as well.
SKIP_COUNTS = {
    "not_invoice": _lt("Not a customer invoice: %(count)s."),
    "canceled": _lt("Canceled: %(count)s."),
    "settled": _lt("Paid or collected: %(count)s."),
    "busy": _lt("Being collected: %(count)s."),
    "refunded": _lt("Refunded: %(count)s (say of each whether it is still owed)."),
    "disputed": _lt("In dispute until that is settled: %(count)s."),
    "already": _lt("On autopay already: %(count)s."),
    "no_credit": _lt("No open credit for that: %(count)s."),
    "off": _lt("Not on autopay: %(count)s."),
    "not_retried": _lt("Failed and not retried: %(count)s."),
    "needs_method": _lt(
        "Failed, and another payment method is needed first: %(count)s (ask the "
        "customers)."
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
