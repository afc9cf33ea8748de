"""One charge seen from three sides: our attempt, the provider and the books."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...const.reconciliation import BOOKING_MINUTES, RECONCILIATION_KINDS
from ...gateways.reports import ChargeReport, Reading

TAKEN_STATUSES = ("succeeded", "pending")
SUCCEEDED = "succeeded"


@dataclass(slots=True)
class Case:
    """The facts about one charge. Times are unix seconds.

    :param attempt: the attempt's row, empty when there is none
    :param charge: what the provider reports; None when it reports nothing
    :param payments: the posted payments' rows
    :param asked: whether the provider was asked
    :param complete: whether the provider's list was read to its end
    :param returned_minor: what the books say went back
    :param open_reversals: refunds and disputes that are known, but not booked
    :param twice: whether its invoice was charged for more than its total
    """

    attempt: Mapping[str, Any] = field(default_factory=dict)
    charge: ChargeReport | None = None
    payments: list[Mapping[str, Any]] = field(default_factory=list)
    asked: bool = True
    complete: bool = True
    returned_minor: int = 0
    disputes: int = 0
    open_reversals: int = 0
    twice: bool = False
    now: int = 0

    @property
    def took(self) -> bool:
        """Whether money was taken, or is on its way, as the provider says.

        Of a provider that cannot be asked our own record is all there is.
        """
        if self.asked:
            return bool(self.charge)
        return self.attempt.get("state") == SUCCEEDED

    @property
    def charged_at(self) -> int:
        """When the charge was made, else when it was sent or reserved."""
        return self.charge.created_at if self.charge else self.attempt["sent_at"]

    @property
    def is_recent(self) -> bool:
        """Whether the charge may still be on its way into the books."""
        return self.now - self.charged_at < BOOKING_MINUTES * 60

    @property
    def charged_minor(self) -> int:
        """The amount taken, in minor units."""
        if self.charge:
            return self.charge.amount_minor
        return self.attempt["amount_minor"] if self.took else 0

    def is_relevant(self) -> bool:
        """Return whether any side knows of money."""
        state = self.attempt.get("state")
        return bool(self.charge or self.payments or state == SUCCEEDED)

    def kind(self) -> str:
        """Return the first kind of the table that holds."""
        return next(
            code for code, _label in RECONCILIATION_KINDS if PREDICATES[code](self)
        )


def _is_amount(case: Case) -> bool:
    wanted = (case.attempt["amount_minor"], case.attempt["currency"])
    charge = case.charge
    if charge and (charge.amount_minor, charge.currency) != wanted:
        return True
    paid = (case.attempt["amount"], case.attempt["currency"])
    return any((row["amount"], row["currency"]) != paid for row in case.payments)


def _is_reversal(case: Case) -> bool:
    if case.open_reversals:
        return True
    charge = case.charge
    if not charge:
        return False
    refunded = charge.refunded_minor and charge.refunded_minor > case.returned_minor
    return bool(refunded or (charge.disputed and not case.disputes))


def _is_open(case: Case) -> bool:
    if case.payments:
        return False
    waiting = case.attempt["state"] == "pending" and case.attempt["watched"]
    return waiting or case.is_recent


PREDICATES = {
    "orphan": lambda case: not case.attempt,
    "twice": lambda case: case.twice,
    "amount": _is_amount,
    "booked_twice": lambda case: len(case.payments) > 1,
    "unread": lambda case: case.asked and not case.complete and not case.charge,
    "booked_only": lambda case: case.payments and not case.took,
    "not_charged": lambda case: not case.took,
    "reversal": _is_reversal,
    "open": _is_open,
    "not_booked": lambda case: not case.payments,
    "matched": lambda _case: True,
}


def get_state(differences: int, reading: Reading | None) -> str:
    """Return the state of what was compared; a part of it never agrees."""
    if reading and not reading.complete:
        return "incomplete"
    return "differs" if differences else "agrees"


def get_amounts(case: Case) -> Iterator[tuple[str, str, float]]:
    """Yield (currency code, side, amount) of a case; charges in minor units."""
    if case.attempt and (case.took or case.attempt["state"] == "succeeded"):
        yield case.attempt["currency"], "attempts", case.attempt["amount"]
    if case.charge:
        yield case.charge.currency, "charges_minor", case.charge.amount_minor
    for row in case.payments:
        yield row["currency"], "payments", row["amount"]
