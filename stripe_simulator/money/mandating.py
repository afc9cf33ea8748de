"""Mandates: the customer's leave to debit his bank account."""

from __future__ import annotations

from ..memory.ids import new_id
from ..memory.objects import Mandate, PaymentMethod
from ..memory.simulator import Simulator
from ..memory.store import Book

STATUSES = ("active", "inactive", "pending")
# Why a debit came back, when it was because the customer had not allowed it.
NOT_AUTHORIZED = "debit_not_authorized"


def give(
    sim: Simulator,
    book: Book,
    method: PaymentMethod,
    acceptance: dict | None = None,
    single: dict | None = None,
) -> Mandate:
    """Return a new active mandate for the account.

    ``acceptance`` is how the customer agreed, as the API takes it; ``single`` the
    amount (minor units) and currency, if he agreed to one payment only.
    """
    now = sim.clock.now()
    given = acceptance or {"type": "offline"}
    mandate = Mandate(
        id=new_id("mandate"),
        created=now,
        payment_method=method.id,
        method_type=method.type,
        acceptance={"accepted_at": now, given["type"]: {}, **given},
        single=single,
    )
    return book.mandates.add(mandate)


def set_status(sim: Simulator, book: Book, mandate: Mandate, status: str) -> None:
    """Change the status of a mandate; raise ``ValueError`` when there is no such."""
    if status not in STATUSES:
        raise ValueError(f"The status is one of {', '.join(STATUSES)}.")
    if mandate.status == status:
        return
    before = {"status": mandate.status}
    mandate.status = status
    sim.tell(book, "mandate.updated", mandate, before)


def end_all(sim: Simulator, book: Book, method: PaymentMethod, reason: str) -> None:
    """End the mandates of an account whose debit came back as not authorized."""
    if reason != NOT_AUTHORIZED:
        return
    for mandate in book.mandates.within(method.id):
        set_status(sim, book, mandate, "inactive")
