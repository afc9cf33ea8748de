"""The words about series of recurring invoices."""

from odoo.tools.translate import LazyTranslate

from ..filled import fill_in

_lt = LazyTranslate(__name__)

STATE_SENTENCES = {
    "waiting": _lt("Odoo posts the first invoice on %(day)s."),
    "running": _lt("Odoo posts the next invoice on %(day)s."),
    "canceled": _lt("The first invoice was cancelled, and there is no next one."),
    "stopped": _lt(
        "Nothing is posted any more, although the end was not reached: somebody has "
        "stopped the series, or deleted its next invoice."
    ),
    "ended": _lt("All invoices of the series are posted."),
}
CANCELED_GOES_ON = _lt(
    "The first invoice was cancelled, but the series goes on: Odoo posts the next "
    "invoice on %(day)s. Stop the series if the customer does not owe it."
)
ON_AUTOPAY = _lt("It is charged on the autopay date that the rule gives it then.")
BY_POLICY = _lt(
    "The policy Automatic puts it on autopay then: it is charged on the autopay date "
    "that the rule gives it."
)
POLICY_IN_VAIN = _lt(
    "It is not on autopay: the policy Automatic puts it there only if the customer can "
    "be charged then."
)
NOT_ON_AUTOPAY = _lt("It is not on autopay.")
OFF_REASON = _lt("As things stand it cannot be charged: %(reason)s.")


def get_series_words(env, series, day, reason):
    """Return how a series goes on, as sentences.

    :param series: the ``autopay.series``
    :param str day: of the next invoice, in words
    :param str reason: why that would not be charged, in words; "" when it would
    """
    if not series.state:
        return ""
    goes_on = bool(series.next_move_id)
    sentence = STATE_SENTENCES[series.state]
    if goes_on and series.state == "canceled":
        sentence = CANCELED_GOES_ON
    sentences = [fill_in(env, sentence, day=day)]
    if goes_on:
        sentences.append(fill_in(env, _get_charged_sentence(series)))
    if reason:
        sentences.append(fill_in(env, OFF_REASON, reason=reason))
    return " ".join(sentences)


def _get_charged_sentence(series):
    """Return whether the next invoice is charged, and who says so."""
    if series.is_marked:
        return ON_AUTOPAY
    if series.is_on_autopay:
        return BY_POLICY
    return POLICY_IN_VAIN if series.policy == "automatic" else NOT_ON_AUTOPAY
