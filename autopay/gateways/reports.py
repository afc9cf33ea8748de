"""The records that a provider gives after the charge: plain, frozen values.

Amounts are integers in minor currency units, times are unix seconds, currencies are ISO
codes in lower case. What a provider leaves out is empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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


@dataclass(frozen=True, slots=True)
class MethodReport:
    """A saved payment method as its provider has it now.

    :param kind: FOUND, GONE, ABSENT or UNKNOWN of :mod:`gateways.base`
    :param expiry_date: last day on which it is valid; None: it does not expire
    :param problem: why there is no answer, for the log
    """

    kind: str
    ref: str
    customer_ref: str = ""
    type: str = ""
    last4: str = ""
    expiry_date: date | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MandateReport:
    """A mandate as its provider has it now.

    :param kind: as in :class:`MethodReport`; GONE means that it is inactive
    :param method_ref: the payment method it is for
    """

    kind: str
    ref: str
    method_ref: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class EventFacts:
    """The few facts of an event that are kept: no amounts, names or addresses.

    :param created_at: unix seconds, by the provider's clock
    :param account: the connected account it is about, empty for our own
    :param refs: {field of ``REF_FIELDS``: id} of the objects it names
    :param tag: value of metadata ``autopay_tx`` of the object
    :param database: value of metadata ``autopay_database`` of the object
    :param request_key: idempotency key of the request that caused it
    """

    ref: str
    type: str
    created_at: int
    livemode: bool
    account: str = ""
    refs: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""
    database: str = ""
    request_key: str = ""


@dataclass(frozen=True, slots=True)
class EndpointReport:
    """The outcome of a request about an endpoint.

    :param secret: what its messages are signed with; never shown in a repr
    :param refs: the endpoints found, when a list was asked for
    :param problem: empty, credentials, forbidden, absent, refused or unreachable
    :param message: the provider's sentence, for staff only
    """

    ref: str = ""
    secret: str = field(default="", repr=False)
    refs: Sequence[str] = ()
    problem: str = ""
    message: str = ""
