"""The parts of a statement, without ORM."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ...const.statement import MAX_PAPER_ROWS
from .period import Period


@dataclass(frozen=True)
class Row:
    """A document of a statement; *amount* is what it added to the customer's debt."""

    move: Any
    kind: str
    date: date
    reference: str
    due_date: date | None
    amount: float
    balance: float
    # The customer's payment, of which there is a receipt.
    payment_id: int | None = None

    @property
    def is_invoice(self):
        return self.move.move_type != "entry"


@dataclass(frozen=True)
class Account:
    """A customer's debt in a currency, before, between and after."""

    currency: Any
    opening: float
    rows: list
    closing: float

    @property
    def charged(self):
        return self.currency.round(sum(max(row.amount, 0.0) for row in self.rows))

    @property
    def credited(self):
        return self.currency.round(-sum(min(row.amount, 0.0) for row in self.rows))


@dataclass(frozen=True)
class Statement:
    """The accounts of a customer with a company, one for each currency."""

    payer: Any
    company: Any
    period: Period
    accounts: list

    @property
    def is_too_long_for_paper(self):
        return sum(len(account.rows) for account in self.accounts) > MAX_PAPER_ROWS
