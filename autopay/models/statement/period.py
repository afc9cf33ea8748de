from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from ...const.statement import DEFAULT_MONTHS, MAX_STATEMENT_YEARS

MONTH = relativedelta(months=1)
YEAR = relativedelta(years=1)
DAY = relativedelta(days=1)


@dataclass(frozen=True)
class Period:
    """The days of a statement, the first and the last of them included."""

    first: date
    last: date

    @property
    def is_reversed(self):
        return self.last < self.first

    @property
    def is_too_long(self):
        # Counted from the last day: 29 February has no namesake five years before.
        if self.last.year <= MAX_STATEMENT_YEARS:
            return False
        return self.first <= self.last - relativedelta(years=MAX_STATEMENT_YEARS)


def get_default_period(today):
    """Return the period of whoever names none."""
    return Period(today.replace(day=1) - MONTH * (DEFAULT_MONTHS - 1), today)


def get_known_periods(today):
    """Return the periods that are asked for most, as {code: Period}."""
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    return {
        "this_month": Period(month, month + MONTH - DAY),
        "last_month": Period(month - MONTH, month - DAY),
        "this_year": Period(year, year + YEAR - DAY),
        "last_year": Period(year - YEAR, year - DAY),
    }
