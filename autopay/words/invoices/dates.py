"""The words about the autopay date of an invoice: where it comes from, and when."""

from odoo.tools.translate import LazyTranslate

from ..days import say_day
from ..filled import fill_in

_lt = LazyTranslate(__name__)

# Sentences for each source of a date, when the rule of today gives another one.
SOURCE_SENTENCES = {
    "person": _lt("The date was set by hand; by the rule it would be %(date)s."),
    "rule": _lt(
        "The date is by an earlier rule; by the rule of today it would be %(date)s."
    ),
    "customer": _lt("The customer has moved it; by the rule it would be %(date)s."),
    "trigger": _lt(
        "It is the day on which the work was to be done; by the rule it would be "
        "%(date)s."
    ),
    "rest": _lt("It is the rest that a limit has left for that day."),
}

# Of drafts: whether somebody has marked them, or the policy does so with the posting.
MARKED_DRAFT = _lt(
    "The invoice is not posted. Once it is, it is to be charged on %(date)s."
)
RULED_DRAFT = _lt(
    "Once the invoice is posted, the policy Automatic puts it on autopay, to be "
    "charged on %(date)s."
)
LEFT_OUT_DRAFT = _lt(
    "As things stand, the policy Automatic does not put the invoice on autopay when it "
    "is posted: %(reason)s."
)


def get_posting_words(env, day, is_marked, reason):
    """Return what becomes of a draft when it is posted, as a sentence.

    :param date day: on which it is to be charged then
    :param bool is_marked: whether somebody has put it on autopay
    :param str reason: why the policy will not put it there; "" when it will
    """
    if reason:
        return fill_in(env, LEFT_OUT_DRAFT, reason=reason)
    sentence = MARKED_DRAFT if is_marked else RULED_DRAFT
    return fill_in(env, sentence, date=say_day(env, day))


def get_date_words(env, move, ruled, today):
    """Return what is to be known about the autopay date of an invoice, as sentences.

    :param move: an ``account.move`` that has a date
    :param date ruled: the date by the company's rule; False when there is none yet
    :param date today: in the company's time zone
    """
    sentences = []
    source = SOURCE_SENTENCES.get(move.autopay_date_source)
    if source and ruled and move.autopay_date != ruled:
        sentences.append(fill_in(env, source, date=say_day(env, ruled)))
    sentences.append(get_early_words(env, move, today))
    held = move.autopay_hold_date
    if held and held <= today:
        sentences.append(get_hold_words(env, held))
    return " ".join(filter(None, sentences))


def get_early_words(env, move, today):
    """Return that a date does not hold, as the invoice is of a later one; or nothing.

    :param date today: in the company's time zone
    """
    day, invoiced = move.autopay_date, move.invoice_date
    if not invoiced or invoiced <= max(day, today):
        return ""
    return env._(
        "The autopay date %(day)s is before the invoice date: nothing is charged "
        "before %(date)s.",
        day=say_day(env, day),
        date=say_day(env, invoiced),
    )


def get_hold_words(env, day):
    """Return that a hold is over, as a sentence."""
    return env._(
        "A hold until %(date)s has no effect: that day has come.",
        date=say_day(env, day),
    )
