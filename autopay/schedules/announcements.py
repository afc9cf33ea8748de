"""When a charge may be made of which its customer has to be told before.

Amounts are whole numbers of the smallest unit of one currency, days those of a company.
"""

import datetime
from dataclasses import dataclass

from .days import shift

# A mail that was not sent after so many hours is one that a person sees to.
STUCK_HOURS = 24


@dataclass(frozen=True, slots=True)
class Told:
    """One mail about a coming charge.

    :param part: the number of the part of an invoice in parts; 0 of any other
    :param day: the day of the charge as it was told
    :param written: the day on which it was noted that the customer is told
    :param state: *due* (also while it is in a queue), *sent*, *failed* or *skipped*
    :param sent: the day on which a mail server has taken it
    :param stuck: whether it is due for too long
    """

    notice_id: int
    part: int
    token_id: int
    units: int
    day: datetime.date
    written: datetime.date
    state: str
    sent: datetime.date | None = None
    stuck: bool = False
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """How a customer is told of one charge.

    :param days: so many lie between the mail and the charge at least
    :param is_gate: whether nothing is charged that the customer was not told of
    :param planned: when it would be charged otherwise
    :param state: *untold*, *due*, *sent* or *failed*
    :param day: when it was told, or is to be told
    :param ready: the first day on which it may be charged; None when that is not known
    :param rows: the :class:`Told` that tell of it
    """

    days: int
    is_gate: bool
    planned: datetime.date
    state: str
    day: datetime.date
    ready: datetime.date | None
    rows: tuple = ()

    @property
    def failure(self):
        """Why the customer was not told."""
        return next((row.failure for row in self.rows if row.failure), "")


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge to tell of, see :class:`Told` for its values."""

    part: int
    token_id: int
    units: int
    planned: datetime.date


def announce(charge, told, today, days, is_gate):
    """Return the :class:`Announcement` of a charge.

    A smaller amount and a later day than was told are told already; a larger amount,
    another method or an earlier day are not.

    :param charge: a :class:`Charge`
    :param told: the :class:`Told` of its invoice, in the order in which they were noted
    :param date today: the day on which the customer could be told
    """
    rows = _cover(charge, told)
    when = max(shift(charge.planned, -days), today)
    again = shift(when, days)
    fields = (days, is_gate, charge.planned)
    if not rows or _is_earlier(charge, rows, days, again):
        return Announcement(*fields, "untold", when, again)
    state = _get_state(rows)
    if state == "failed":
        return Announcement(*fields, state, when, None, rows)
    day = max(row.sent for row in rows) if state == "sent" else today
    last = max(row.day for row in rows)
    ready = max(last, shift(day, days))
    return Announcement(*fields, state, day, ready, rows)


def _get_state(rows):
    """Return how far the mails are that tell of one charge."""
    if any(row.state in ("failed", "skipped") or row.stuck for row in rows):
        return "failed"
    return "sent" if all(row.state == "sent" for row in rows) else "due"


def _cover(charge, told):
    """Return what tells of an amount, for a charge of several parts that of each.

    What was noted last of a part is what its customer knows.
    """
    latest = {
        row.part: row
        for row in told
        if row.token_id == charge.token_id
        and (row.part >= charge.part if charge.part else not row.part)
    }
    rows, units = [], 0
    for part in sorted(latest):
        rows.append(latest[part])
        units += latest[part].units
        if units >= charge.units:
            return tuple(rows)
    return ()


def _is_earlier(charge, rows, days, again):
    """Return whether the charge was moved before the day that was told.

    Nobody is told again where the days between are the reason for that day.
    """
    return any(
        charge.planned < row.day
        and again < row.day
        and row.day > shift(row.written, days)
        for row in rows
    )
