"""Sentences that say why there is no statement."""

from ...const.statement import (
    MAX_PAPER_ROWS,
    MAX_STATEMENT_ROWS,
    MAX_STATEMENT_YEARS,
)
from ..days import say_day


def get_no_date_words(env, text):
    return env._(
        "“%(text)s” is no date. Write it as year, month and day, like 2026-01-31.",
        text=text[:40],
    )


def get_reversed_words(env, period):
    return env._(
        "The period ends on %(last)s, before it begins on %(first)s. Exchange the two "
        "dates.",
        last=say_day(env, period.last),
        first=say_day(env, period.first),
    )


def get_too_long_words(env):
    return env._(
        "A statement covers %s years at most. Ask for a shorter period.",
        MAX_STATEMENT_YEARS,
    )


def get_too_many_words(env):
    return env._(
        "There are more than %s documents in this period. Ask for a shorter one.",
        f"{MAX_STATEMENT_ROWS:,}",
    )


def get_no_paper_words(env):
    return env._(
        "There are more than %s documents in this period, too many for a PDF. Ask for "
        "a shorter period to print it.",
        f"{MAX_PAPER_ROWS:,}",
    )


def get_no_currency_words(env, text):
    return env._("There are no documents in the currency “%(text)s”.", text=text[:40])


def get_no_sum_words(env):
    return env._(
        "The documents of this period do not add up to the balance at its end, so that "
        "no statement is made of them. Please tell the accounting department."
    )
