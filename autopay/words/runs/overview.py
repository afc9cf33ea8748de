"""The words of the page that the app opens on."""

from odoo.tools.translate import LazyTranslate

from ..filled import fill_in
from .health import get_moment

_lt = LazyTranslate(__name__)

SECTIONS = {
    "needs": _lt("Needs You"),
    "coming": _lt("Coming"),
    "done": _lt("Done"),
}

# Two pages foresee: the one is exact, the other looks farther.
SECTION_NOTES = {
    "coming": _lt(
        "Posted invoices with their next charge, as they stand now. The Forecast is "
        "computed at the beginning of each day and counts more: later parts, charges "
        "that wait for approval, and invoices of series that are not posted yet."
    ),
}

# By the key of a card: its title, and what it counts.
CARDS = {
    "failed": (_lt("Failed"), _lt("Not collected, no further try planned")),
    "customer": (_lt("Waiting for the Customer"), _lt("To confirm, or skipped")),
    "blocked": (_lt("Blocked"), _lt("Cannot be charged, by reason")),
    "refunded": (_lt("Refunded"), _lt("To decide: still owed or not")),
    "approvals": (_lt("Approvals"), _lt("Charges above the limit")),
    "disputes": (_lt("Disputes"), _lt("To answer, the next deadline first")),
    "unconfirmed": (_lt("Unconfirmed Charges"), _lt("Without a definite answer")),
    "rules": (_lt("Payment Rules"), _lt("Needing attention")),
    "today": (_lt("Today"), _lt("Due, with retries")),
    "week": (_lt("Next 7 Days"), _lt("With today")),
    "month": (_lt("Next 30 Days"), _lt("With today")),
    "bank": (_lt("At the Bank"), _lt("Debits that are not confirmed yet")),
    "collected": (_lt("Collected This Month"), _lt("Charges")),
    "rate": (_lt("Success Rate"), _lt("Of this month's charges that are over")),
    "recovered": (_lt("Recovered by Retries"), _lt("Collected this month after all")),
}

DEADLINE = _lt("Next deadline: %(date)s")
AS_OF = _lt("Invoices as of %(moment)s")
STEPS_LEFT = _lt("First steps that are left: %(count)s")
NEVER_LOOKED = _lt("Invoices were not looked at yet")


def get_section_note(env, key):
    """Return what is to be known about a section, "" of most."""
    note = SECTION_NOTES.get(key)
    return env._(note) if note else ""


def get_card_words(env, key):
    """Return the title of a card and what it counts."""
    title, note = CARDS[key]
    return env._(title), env._(note)


def get_as_of_words(env, moment):
    """Return since when what is said of invoices is known, as a sentence.

    :param moment: in UTC without zone; None when nobody has looked yet
    """
    if not moment:
        return env._(NEVER_LOOKED)
    return fill_in(env, AS_OF, moment=get_moment(env, moment))
