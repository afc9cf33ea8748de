"""Gives money of a charge back, and takes note when it does not arrive."""

from __future__ import annotations

from ..memory.behaviours import REFUND_FAILS, REFUND_PENDING, SETTLE_AFTER
from ..memory.ids import new_id
from ..memory.objects import Charge, Refund
from ..memory.simulator import Simulator
from ..memory.store import Book

# How long Stripe's test cards take to change the status of a refund, in seconds.
DELAY = 180
# Status -> what may become of it.  A refund that arrived can still come back.
OUTCOMES = {
    "pending": ("succeeded", "failed", "canceled", "requires_action"),
    "requires_action": ("succeeded", "failed", "canceled"),
    "succeeded": ("failed",),
}
_UNDOING = ("failed", "canceled")


def start(sim: Simulator, book: Book, charge: Charge, amount: int, **facts) -> Refund:
    """Return a new refund of ``amount`` (minor units), which must not be more than
    what is left; ``facts`` are ``reason`` and ``metadata``."""
    method = book.payment_methods.get(charge.payment_method)
    is_debit = charge.method_type in SETTLE_AFTER
    waits = is_debit or method.behaviour.refund == REFUND_PENDING
    refund = Refund(
        id=new_id("re" if charge.method_type == "card" else "pyr"),
        created=sim.clock.now(),
        charge=charge.id,
        payment_intent=charge.payment_intent,
        payment_method=charge.payment_method,
        method_type=charge.method_type,
        amount=amount,
        currency=charge.currency,
        status="pending" if waits else "succeeded",
        pending_reason="processing" if waits else None,
        **facts,
    )
    book.refunds.add(refund)
    before = _set_refunded(charge, charge.amount_refunded + amount)
    sim.move(book, charge, "refund", amount, refund=refund.id)
    sim.tell(book, "refund.created", refund)
    sim.tell(book, "charge.refunded", charge, before)
    _plan(sim, book, refund, method.behaviour.refund)
    return refund


def _set_refunded(charge: Charge, amount: int) -> dict:
    """Set how much went back; return the attributes that changed, as they were."""
    before = {"amount_refunded": charge.amount_refunded}
    was_whole = charge.amount_refunded == charge.amount
    charge.amount_refunded = amount
    if was_whole != (amount == charge.amount):
        before["refunded"] = was_whole
    return before


def _plan(sim: Simulator, book: Book, refund: Refund, behaviour: str | None) -> None:
    """Let the refund end by itself in virtual time, if it is not over."""
    if behaviour == REFUND_FAILS:
        after, ending = DELAY, ("failed", "expired_or_canceled_card")
    elif refund.status == "pending":
        after, ending = SETTLE_AFTER.get(refund.method_type, DELAY), ("succeeded",)
    else:
        return
    status = refund.status

    def end() -> None:
        # Somebody may have ended it by hand in between.
        if refund.status == status:
            settle(sim, book, refund, *ending)

    sim.clock.after(after, end)


def settle(
    sim: Simulator,
    book: Book,
    refund: Refund,
    outcome: str,
    failure_reason: str | None = None,
) -> None:
    """Let the refund become ``outcome``; raise ``ValueError`` when it cannot."""
    allowed = OUTCOMES.get(refund.status, ())
    if outcome not in allowed:
        raise ValueError(
            f"The refund is {refund.status} and cannot become {outcome}; "
            f"possible: {', '.join(allowed) or 'nothing'}."
        )
    before = {"status": refund.status, "pending_reason": refund.pending_reason}
    refund.status, refund.pending_reason = outcome, None
    if outcome == "failed":
        refund.failure_reason = failure_reason or "unknown"
    sim.tell(book, "refund.updated", refund, before)
    sim.tell(book, "charge.refund.updated", refund, before)
    if outcome in _UNDOING:
        _undo(sim, book, refund)


def _undo(sim: Simulator, book: Book, refund: Refund) -> None:
    """Count the money as not given back."""
    charge = book.charges.get(refund.charge)
    before = _set_refunded(charge, charge.amount_refunded - refund.amount)
    sim.move(book, charge, "refund_undone", refund.amount, refund=refund.id)
    if refund.status == "failed":
        sim.tell(book, "refund.failed", refund)
    sim.tell(book, "charge.updated", charge, before)
