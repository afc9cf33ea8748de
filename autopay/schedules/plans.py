"""Dividing an amount into dated parts, and what is wrong with parts that were typed.

All amounts are whole numbers of the smallest unit of one currency, as in ``parts``.
"""

from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from .parts import Row

# Parts of one plan at most: ten years of months.
MAX_ROWS = 120
# How far ahead the last part may be, in years.
MAX_YEARS = 10

UNITS = ("week", "month")


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a plan.

    :param code: a key of ``words.plans.PROBLEM_SENTENCES``
    :param place: of which row, from 0; None of the whole
    :param amount: what it is about, in units
    """

    code: str
    place: int | None = None
    amount: int = 0


def divide_equally(total, count):
    """Return the amounts of so many equal parts; the last one takes the rounding."""
    share = total // count
    return [share] * (count - 1) + [total - share * (count - 1)]


def divide_by_amount(total, amount):
    """Return as many parts of this amount as fit, and what is left as the last."""
    full, rest = divmod(total, amount)
    return [amount] * full + [rest] * bool(rest)


def count_by_amount(total, amount):
    """Return how many parts that gives."""
    return -(-total // amount)


def get_dates(first, count, every, unit):
    """Return the days of so many parts, every so many weeks or months.

    Each is counted from the first: the 31st is the last day of shorter months, and the
    31st again afterwards.

    :param str unit: one of ``UNITS``
    """
    return [
        first + relativedelta(**{f"{unit}s": every * number}) for number in range(count)
    ]


def find_problems(rows, total, today, invoiced=None):
    """Return the :class:`Problem` of each row that cannot stay, and of the whole.

    :param rows: the :class:`Row` in the order in which they were given; a date may be
        missing
    :param total: what they have to add up to
    :param date invoiced: the invoice date, before which nothing is charged
    """
    if whole := _find_in_whole(rows, today, invoiced or today):
        return [whole]
    difference = total - sum(row.amount for row in rows)
    code = "less" if difference > 0 else "more"
    sums = [Problem(code, amount=difference)] if difference else []
    return [*_find_in_rows(rows, today, invoiced or today), *sums]


def _find_in_whole(rows, today, invoiced):
    """Return what is wrong with all rows: nothing else is told then; or None."""
    if invoiced > _get_last_day(today):
        # No day is right for any part.
        return Problem("invoiced_far")
    if not rows:
        return Problem("empty")
    return Problem("many", amount=len(rows)) if len(rows) > MAX_ROWS else None


def _find_in_rows(rows, today, invoiced):
    found, before = [], None
    for place, row in enumerate(rows):
        if code := _find_in_row(row, before, today, invoiced):
            found.append(Problem(code, place))
        before = row.date or before
    return found


def _find_in_row(row, before, today, invoiced):
    if not row.date:
        return "undated"
    checks = [
        ("past", row.date < today),
        ("early", row.date < invoiced),
        ("far", row.date > _get_last_day(today)),
        ("same_day", row.date == before),
        ("unordered", before and row.date < before),
        ("nothing", row.amount <= 0),
    ]
    return next((code for code, holds in checks if holds), None)


def _get_last_day(today):
    """Return the last day on which a part of a plan can be."""
    return today + relativedelta(years=MAX_YEARS)


def keep_paid(rows, total, residual, today):
    """Return the parts of a plan that are paid, as rows that come before all others.

    Of a part that is paid in part, what is paid.

    :param total: what the rows divide
    :param residual: what is open of it
    """
    left = max(total - residual, 0)
    kept = []
    for row in sorted(rows, key=lambda each: each.date):
        paid = min(row.amount, left)
        if paid <= 0:
            break
        # A part that was paid before its day was paid by today.
        kept.append(Row(min(row.date, today), paid))
        left -= paid
    return kept
