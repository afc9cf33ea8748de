"""The records that a provider gives after the charge: plain, frozen values.

Amounts are integers in minor currency units, times are unix seconds, currencies are ISO
codes in lower case. What a provider leaves out is empty.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """A list read from a provider.

    :param rows: the reports, in the order in which the provider gave them
    :param complete: whether the list was read to its end: only then does a missing row
        mean that there is none
    :param problem: why it was not, a code of the gateway; empty when it was
    """

    rows: tuple[Any, ...] = ()
    complete: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ChargeReport:
    """One charge as the provider knows it.

    :param object_ref: the payment intent
    :param tag: metadata ``autopay_tx``: the reference of our transaction
    :param database: metadata ``autopay_database``: who made the charge
    :param refunded_minor: what went back of it
    """

    object_ref: str
    charge_ref: str
    tag: str
    database: str
    amount_minor: int
    currency: str
    created_at: int
    status: str
    refunded_minor: int = 0
    disputed: bool = False
    livemode: bool = False


@dataclass(frozen=True, slots=True)
class ReversalReport:
    """Money that went back, or is asked back, after a charge had succeeded.

    :param kind: ``refund`` or ``dispute`` (a late return of a bank debit is one, too)
    :param ref: the provider's refund or dispute
    :param object_ref: the payment intent
    :param amount_minor: what goes back, not what was charged
    :param status: the provider's word
    :param reason: the provider's code for why; of a refund that failed: why it failed
    :param network_code: the card network's or bank's own code
    :param withdrawn: whether the provider has taken the money from us; None: it does
        not say, the status decides
    :param due_by: until when the provider takes our answer; 0 when it wants none
    """

    kind: str
    ref: str
    object_ref: str
    charge_ref: str
    amount_minor: int
    currency: str
    status: str
    reason: str
    network_code: str
    created_at: int
    livemode: bool
    withdrawn: bool | None = None
    due_by: int = 0
