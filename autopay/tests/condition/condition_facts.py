"""The verdict of a condition on an invoice, found without the add-on's code."""

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NUMBER_TESTS = {
    "=": lambda value, low, high: value == low,
    "!=": lambda value, low, high: value != low,
    "<": lambda value, low, high: value < low,
    "<=": lambda value, low, high: value <= low,
    ">": lambda value, low, high: value > low,
    ">=": lambda value, low, high: value >= low,
    "between": lambda value, low, high: low <= value <= high,
}


@dataclass
class Line:
    """One line of an invoice; *groups* are its product's category and those above."""

    text: str
    product: int | None
    groups: set
    accounts: set


@dataclass
class Facts:
    """An invoice as it was made; records are ids."""

    total: Decimal
    due: Decimal
    currency: int
    lines: list
    reference: str
    journal: int
    salesperson: int | None
    tags: set
    terms: int | None
    series: set
    date: datetime.date | None
    due_date: datetime.date


@dataclass
class Row:
    """A condition; *values* are numbers, texts or ids, by its kind."""

    kind: str
    operator: str
    values: tuple
    currency: int = 0


class Judge:
    """Says whether conditions hold.

    :param dict rates: {currency id: [(date, Decimal rate)]}, oldest first
    """

    def __init__(self, today, rates):
        self.today = today
        self.rates = rates

    def holds(self, facts, row):
        """Return whether a condition holds for an invoice."""
        if row.kind in ("amount_total", "amount_due"):
            return self._has_amount(facts, row)
        if row.kind in ("age", "due_in", "overdue"):
            return self._has_days(facts, row)
        found = get_found(facts, row.kind)
        if row.kind in ("line_text", "reference"):
            return _has_text(found, row)
        return bool(found & set(row.values)) == (row.operator == "in")

    def _has_amount(self, facts, row):
        amount = facts.total if row.kind == "amount_total" else facts.due
        if facts.currency != row.currency:
            day = facts.date or self.today
            rate = self._get_rate(row.currency, day)
            amount = amount * rate / self._get_rate(facts.currency, day)
        amount = amount.quantize(CENT, ROUND_HALF_UP)
        limits = [
            Decimal(str(limit)).quantize(CENT, ROUND_HALF_UP) for limit in row.values
        ]
        return NUMBER_TESTS[row.operator](amount, *limits)

    def _get_rate(self, currency, day):
        rates = self.rates.get(currency, [(day, Decimal(1))])
        past = [rate for since, rate in rates if since <= day]
        return past[-1] if past else rates[0][1]

    def _has_days(self, facts, row):
        day = facts.date if row.kind == "age" else facts.due_date
        if not day:
            return row.operator == "!="
        days = (self.today - day).days
        if row.kind == "due_in":
            days = -days
        return NUMBER_TESTS[row.operator](days, *row.values)


def get_found(facts, kind):
    """Return what an invoice has of a kind, as a set."""
    lines = facts.lines
    found = {
        "line_text": {line.text for line in lines},
        "line_product": {line.product for line in lines},
        "category": set().union(*(line.groups for line in lines)),
        "analytic": set().union(*(line.accounts for line in lines)),
        "reference": {facts.reference},
        "journal": {facts.journal},
        "salesperson": {facts.salesperson},
        "tag": facts.tags,
        "currency": {facts.currency},
        "payment_term": {facts.terms},
        "series": facts.series,
    }
    return found[kind] - {None, ""}


def _has_text(found, row):
    wanted = [text.casefold() for text in row.values]
    if row.operator.endswith("contains"):
        has = any(each in text.casefold() for text in found for each in wanted)
    else:
        texts = [text.strip().casefold() for text in found]
        firsts = [text.split("\n")[0].strip() for text in texts]
        has = any(text in wanted for text in texts + firsts)
    return has != row.operator.startswith("not")
