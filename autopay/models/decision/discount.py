"""The early-payment discount on an invoice, as a plain value."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Discount:
    """The part of an invoice that need not be paid when it is charged in time.

    :param amount: in the invoice's currency (major units)
    :param last_day: the last day on which it holds, or held
    :param lost: what it was, in the same, when its last day is over
    """

    amount: float = 0.0
    last_day: datetime.date | bool = False
    lost: float = 0.0

    def __bool__(self):
        """Return whether there is any."""
        return bool(self.amount)


NO_DISCOUNT = Discount()
