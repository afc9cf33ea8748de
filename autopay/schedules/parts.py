"""Which part of an invoice is due on which day, from dates and amounts alone.

What was paid is the only memory: it pays the parts one after the other, oldest first,
whoever paid it and in whichever way. Odoo reconciles in the same order.

All amounts are whole numbers of the smallest unit of one currency (cents), so that
nothing is rounded here and no cent is lost or taken twice.
"""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One part as it was agreed: so much on that day."""

    date: datetime.date
    amount: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The amounts that a provider can be asked for, in the same units.

    :param minimum: the smallest charge; what is less goes with its neighbour
    :param step: a charge is a multiple of it; what is over goes with the next one
    """

    minimum: int = 1
    step: int = 1


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Part:
    """One charge to come.

    :param late: so much of it was due before, and was too small to be charged by itself
    :param early: so much of it is due later, and would be too small by itself
    """

    day: datetime.date
    amount: int
    late: int = 0
    early: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """The charge at hand, and the one after it.

    Amounts are in the units of the rows, or in major units of a currency.

    :param amount: what the charge at hand takes: all that is due, or else the next part
    :param day: since when it is due, or from when on; None when nothing is left, and of
        an invoice that is not divided
    :param next_day: when the charge after it comes; None when nothing is left by then
    :param next_amount: what that one takes
    :param collected: how many parts are paid in full
    :param parts: into how many parts it is divided; 1 when it is not
    :param late: as of :class:`Part`
    :param early: as of :class:`Part`
    :param whole: what is open of an invoice that somebody has divided by a plan
    :param beyond: what is open besides the plan: it was put on the invoice later, and
        nobody has agreed on a day for it
    """

    amount: float
    day: datetime.date | None = None
    next_day: datetime.date | None = None
    next_amount: float = 0
    collected: int = 0
    parts: int = 1
    late: float = 0
    early: float = 0
    whole: float = 0
    beyond: float = 0

    @property
    def part(self):
        """The number of the part that the charge at hand begins with."""
        return min(self.collected + 1, self.parts)

    def is_due(self, today):
        """Return whether the charge at hand may be made on that day."""
        return not self.day or self.day <= today


def get_due(rows, total, residual, today, *, moved=None, limits=NO_LIMITS):
    """Return the :class:`Due` of an invoice on a day.

    :param rows: its parts, in any order
    :param total: what they divide; the last part takes what they leave of it
    :param residual: what is open of that
    :param date moved: the day to which somebody has moved the charge at hand: the first
        open part comes on it, the later ones not before it
    """
    pieces, collected = _get_open_pieces(rows, total, residual)
    charges = _get_charges(_move(pieces, moved), today, limits)
    first, second = [*charges, None, None][:2]
    return Due(
        amount=first.amount if first else 0,
        day=first and first.day,
        next_day=second and second.day,
        next_amount=second.amount if second else 0,
        collected=collected,
        parts=len(rows),
        late=first.late if first else 0,
        early=first.early if first else 0,
    )


def find_open(rows, total, residual):
    """Return the place of the first part, by date, of which something is open.

    It is the number of the parts when none is.
    """
    return _get_open_pieces(rows, total, residual)[1]


def _get_open_pieces(rows, total, residual):
    """Return (what is open of each part that is, how many are paid before these)."""
    ordered = sorted(rows, key=lambda row: row.date)
    # More than the parts divide can be open: the last one takes it.
    paid, planned, placed = max(total - residual, 0), 0, 0
    pieces, collected = [], None
    for number, row in enumerate(ordered, start=1):
        planned += row.amount
        upto = min(max(planned - paid, 0), residual)
        if number == len(ordered):
            # The last part takes whatever the others leave.
            upto = residual
        if upto <= placed:
            continue
        if collected is None:
            collected = number - 1
        pieces.append(Part(row.date, upto - placed))
        placed = upto
    return pieces, len(ordered) if collected is None else collected


def _move(pieces, moved):
    """Return the pieces with their days, once the first was moved to another one."""
    if not moved:
        return pieces
    first = [Part(moved, piece.amount) for piece in pieces[:1]]
    later = [Part(max(piece.day, moved), piece.amount) for piece in pieces[1:]]
    return first + later


def _get_charges(pieces, today, limits):
    """Return the charges that collect the pieces, all that has come by today as one."""
    charges, late = [], 0
    for piece in _join(pieces, today):
        amount = late + piece.amount
        fitting = amount - amount % limits.step
        if fitting < limits.minimum:
            fitting = 0
        if fitting:
            charges.append(Part(piece.day, fitting, late))
        late = amount - fitting
    return _add_tail(charges, late, pieces)


def _join(pieces, today):
    """Return the pieces, those of one day and all of the past together."""
    joined = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and max(last.day, today) >= piece.day:
            joined[-1] = Part(last.day, last.amount + piece.amount)
        else:
            joined.append(piece)
    return joined


def _add_tail(charges, tail, pieces):
    """Return the charges with what is left over at the end.

    No later one can take it: it goes with the last charge, or is one of its own when
    there is none, for whoever decides whether a provider takes it.
    """
    if not tail:
        return charges
    if not charges:
        return [Part(pieces[-1].day, tail)]
    last = charges[-1]
    early = tail if last.day < pieces[-1].day else 0
    return [*charges[:-1], Part(last.day, last.amount + tail, last.late, early)]
