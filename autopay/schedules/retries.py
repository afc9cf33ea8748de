"""The days between a declined charge and its next tries, as people type them."""

import re

# Days that a further try may wait, and all of them together.
LEAST_DAYS = 1
MOST_DAYS = 30


def parse_days(text):
    """Return the days to wait before the 1st, 2nd ... further try.

    :param str text: whole numbers with commas between them; empty: no further try
    :raises ValueError: when it is something else, or a number is out of bounds
    """
    text = (text or "").strip()
    if not re.fullmatch(r"([0-9]{1,3}(\s*,\s*[0-9]{1,3})*)?", text):
        raise ValueError(text)
    days = tuple(map(int, re.findall(r"[0-9]+", text)))
    if min(days, default=LEAST_DAYS) < LEAST_DAYS or sum(days) > MOST_DAYS:
        raise ValueError(text)
    return days


def format_days(days):
    """Return days as ``parse_days`` reads them."""
    return ", ".join(map(str, days))
