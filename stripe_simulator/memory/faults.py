"""Faults that were asked for, and which request meets which."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase

# The request is not executed.
BEFORE = (
    "refuse",
    "reset_before",
    "html_502_before",
    "conflict_409",
    "rate_limit_429",
    "lock_timeout_429",
    "error_500_before",
)
# The request is executed, and only its answer suffers.
AFTER = (
    "reset_after",
    "delay_after",
    "drip",
    "truncate",
    "garbage",
    "html_502_after",
    "error_500_after",
    "wrong_amount",
    "wrong_livemode",
)
KINDS = (*BEFORE, "delay_before", *AFTER)


@dataclass(frozen=True, slots=True)
class Probe:
    """The marks by which a fault is addressed."""

    method: str
    path: str
    idempotency_key: str | None
    payment_methods: frozenset[str]
    customers: frozenset[str]


@dataclass(slots=True)
class Fault:
    """A fault and the requests that it befalls.

    ``path`` and ``idempotency_key`` are patterns with ``*``.  The first ``nth - 1``
    matching requests are spared, then ``times`` are hit (``None``: all).  ``seconds``
    is how long a delay or a drip takes; ``amount`` (minor units) what ``wrong_amount``
    says; ``should_retry`` the ``Stripe-Should-Retry`` of a 429 or 409.
    """

    kind: str
    id: str = ""
    method: str | None = None
    path: str = "*"
    payment_method: str | None = None
    customer: str | None = None
    idempotency_key: str | None = None
    nth: int = 1
    times: int | None = 1
    seconds: float = 5.0
    amount: int | None = None
    should_retry: bool | None = None
    matched: int = field(default=0)
    hits: int = field(default=0)

    def matches(self, probe: Probe) -> bool:
        """Whether the request is one of those addressed."""
        return (
            self.method in (None, probe.method)
            and fnmatchcase(probe.path, self.path)
            and self._matches_key(probe.idempotency_key)
            and (
                not self.payment_method or self.payment_method in probe.payment_methods
            )
            and (not self.customer or self.customer in probe.customers)
        )

    def _matches_key(self, key: str | None) -> bool:
        return self.idempotency_key is None or fnmatchcase(
            key or "", self.idempotency_key
        )

    @property
    def is_due(self) -> bool:
        """Whether the request that was just counted is hit."""
        return self.matched >= self.nth and (
            self.times is None or self.hits < self.times
        )


def _check_numbers(values: dict) -> None:
    wanted = {"nth": int, "times": int | None, "seconds": int | float}
    for name, kind in wanted.items():
        value = values.get(name, 1)
        if not isinstance(value, kind) or (value is not None and value < 0):
            raise ValueError(f"'{name}' must be a number, not below zero.")


class FaultList:
    """The faults in force, in the order in which they were asked for."""

    def __init__(self):
        self._faults: dict[str, Fault] = {}
        self._numbers = itertools.count(1)

    def add(self, values: dict) -> Fault:
        """Add a fault; raise ``ValueError`` with a sentence when it makes no sense."""
        known = {item.name for item in fields(Fault)} - {"id", "matched", "hits"}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ValueError(f"Unknown fault key: {', '.join(unknown)}.")
        if values.get("kind") not in KINDS:
            raise ValueError(f"Unknown fault kind; one of {', '.join(KINDS)}.")
        _check_numbers(values)
        fault = Fault(**values, id=f"fault_{next(self._numbers)}")
        self._faults[fault.id] = fault
        return fault

    def remove(self, fault_id: str) -> bool:
        """Lift one fault; say whether it was there."""
        return self._faults.pop(fault_id, None) is not None

    def clear(self) -> None:
        """Lift all faults."""
        self._faults.clear()

    def pick(self, probe: Probe) -> Fault | None:
        """Count the request with every fault that matches it; return the first that is
        due.  At most one fault befalls a request."""
        chosen = None
        for fault in self._faults.values():
            if not fault.matches(probe):
                continue
            fault.matched += 1
            if chosen is None and fault.is_due:
                fault.hits += 1
                chosen = fault
        return chosen

    def to_list(self) -> list[dict]:
        """Return the faults with their counters."""
        return [asdict(fault) for fault in self._faults.values()]

    def __bool__(self) -> bool:
        return bool(self._faults)

    def __len__(self) -> int:
        return len(self._faults)
