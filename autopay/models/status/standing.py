"""How an invoice on autopay stands, as a plain value."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts that are kept of an invoice for lists, searches and counts.

    :param code: a key of ``const.invoice.STANDINGS``; False when it is none of autopay
    :param reason: the code of the ``Blocker``; False when it would be charged
    :param day: when it is charged next; False when that cannot be said
    :param amount: what is charged then, in the invoice's currency (major units)
    """

    code: str | bool = False
    reason: str | bool = False
    day: datetime.date | bool = False
    amount: float = 0.0

    @property
    def values(self):
        """The columns of the invoice: text, text, date, number."""
        return (
            self.code or None,
            self.reason or None,
            self.day or None,
            self.amount,
        )
