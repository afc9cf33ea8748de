"""Disputes: a customer, or his bank, takes the money of a charge back.

A bank debit that comes back after it had succeeded is a dispute too, lost on the day it
is opened.
"""

from __future__ import annotations

from ..memory.ids import new_id
from ..memory.objects import Charge, Dispute
from ..memory.simulator import Simulator
from ..memory.store import Book
from .blocking import block_account
from .mandating import end_all

DAY = 86_400
# How long the evidence of an answer may take, in seconds.
ANSWER_WITHIN = 9 * DAY

REASONS = (
    *("bank_cannot_process", "check_returned", "credit_not_processed"),
    *("customer_initiated", "debit_not_authorized", "duplicate", "fraudulent"),
    *("general", "incorrect_account_details", "insufficient_funds", "noncompliant"),
    *("product_not_received", "product_unacceptable", "subscription_canceled"),
    "unrecognized",
)
INQUIRY = "warning_needs_response"
OPEN = ("needs_response", "under_review")
OPEN_INQUIRY = (INQUIRY, "warning_under_review")
# Step -> (statuses from which it is taken, the status that it leads to).
STEPS = {
    "answer": (("needs_response",), "under_review"),
    "win": (OPEN, "won"),
    "lose": (OPEN, "lost"),
    "answer_inquiry": ((INQUIRY,), "warning_under_review"),
    "close_inquiry": (OPEN_INQUIRY, "warning_closed"),
    "escalate": (OPEN_INQUIRY, "needs_response"),
}
_ENDED = ("won", "lost", "warning_closed")


def open_(sim: Simulator, book: Book, charge: Charge, reason: str, **facts) -> Dispute:
    """Return a new dispute.

    ``facts``: ``amount`` (minor units; what is left by default), ``inquiry`` (the bank
    only asks and takes no money), ``network_code``, ``status`` and ``due_by``.  Raises
    ``ValueError`` when the charge cannot be disputed so.
    """
    left = _left(book, charge)
    dispute = _build(sim.clock.now(), charge, reason, left, facts)
    book.disputes.add(dispute)
    was_disputed, charge.disputed = charge.disputed, True
    sim.tell(book, "charge.dispute.created", dispute)
    if not was_disputed:
        sim.tell(book, "charge.updated", charge, {"disputed": False})
    if not dispute.inquiry:
        _withdraw(sim, book, charge, dispute, dispute.amount)
    return dispute


def _left(book: Book, charge: Charge) -> int:
    """Return how much of a charge neither went back nor was taken by a dispute."""
    disputes = book.disputes.within(charge.id)
    taken = sum(item.taken for item in disputes if item.reinstated is None)
    return charge.amount - charge.amount_refunded - taken


def _build(now: int, charge: Charge, reason: str, left: int, facts: dict) -> Dispute:
    amount = _check(charge, reason, left, facts.pop("amount", None))
    inquiry = facts.pop("inquiry", False)
    status = INQUIRY if inquiry else "needs_response"
    values = {"status": status, "due_by": now + ANSWER_WITHIN, **facts}
    return Dispute(
        id=new_id("dp"),
        created=now,
        charge=charge.id,
        payment_intent=charge.payment_intent,
        method_type=charge.method_type,
        brand=charge.method_details.get("brand"),
        amount=amount,
        currency=charge.currency,
        reason=reason,
        inquiry=inquiry,
        **values,
    )


def _check(charge: Charge, reason: str, left: int, amount: int | None) -> int:
    if reason not in REASONS:
        raise ValueError(f"Unknown reason of a dispute; one of {', '.join(REASONS)}.")
    if charge.status != "succeeded" or not charge.captured:
        raise ValueError(f"The charge is {charge.status}; no money can be disputed.")
    amount = left if amount is None else amount
    if not isinstance(amount, int) or not 0 < amount <= left:
        raise ValueError(f"Between 1 and {left} minor units can be disputed.")
    return amount


def _withdraw(
    sim: Simulator, book: Book, charge: Charge, dispute: Dispute, amount: int
) -> None:
    dispute.taken, dispute.withdrawn = amount, sim.clock.now()
    sim.move(book, charge, "dispute_withdrawn", amount, dispute=dispute.id)
    sim.tell(book, "charge.dispute.funds_withdrawn", dispute)


def take(sim: Simulator, book: Book, dispute: Dispute, step: str) -> None:
    """Take one of ``STEPS``; raise ``ValueError`` when it cannot be taken now."""
    if step not in STEPS:
        raise ValueError(f"Unknown step of a dispute; one of {', '.join(STEPS)}.")
    allowed, status = STEPS[step]
    if dispute.status not in allowed:
        raise ValueError(
            f"The dispute is {dispute.status}; '{step}' needs {' or '.join(allowed)}."
        )
    before = {"status": dispute.status}
    dispute.status = status
    charge = book.charges.get(dispute.charge)
    if step == "escalate":
        _escalate(sim, book, charge, dispute)
    if status == "won":
        _reinstate(sim, book, charge, dispute)
    ended = "closed" if status in _ENDED else "updated"
    sim.tell(book, f"charge.dispute.{ended}", dispute, before)


def _escalate(sim: Simulator, book: Book, charge: Charge, dispute: Dispute) -> None:
    """Take the money that the inquiry had left alone, and that is still there."""
    dispute.inquiry = False
    amount = min(dispute.amount, _left(book, charge))
    if amount:
        _withdraw(sim, book, charge, dispute, amount)


def _reinstate(sim: Simulator, book: Book, charge: Charge, dispute: Dispute) -> None:
    if not dispute.taken:
        return
    dispute.reinstated = sim.clock.now()
    sim.move(book, charge, "dispute_reinstated", dispute.taken, dispute=dispute.id)
    sim.tell(book, "charge.dispute.funds_reinstated", dispute)


def return_debit(
    sim: Simulator,
    book: Book,
    charge: Charge,
    reason: str,
    network_code: str | None = None,
) -> Dispute:
    """Let a debit that had succeeded come back: a dispute that nobody can answer.

    ``network_code`` is the bank's return code, such as ``R10`` or ``AM04``.  Raises
    ``ValueError`` when the charge is none of a bank account or has not succeeded.
    """
    if charge.method_type == "card":
        raise ValueError("Only debits of bank accounts are returned, this is a card.")
    facts = {"status": "lost", "due_by": 0, "network_code": network_code}
    dispute = open_(sim, book, charge, reason, **facts)
    sim.tell(book, "charge.dispute.closed", dispute)
    method = book.payment_methods.get(charge.payment_method)
    block_account(method, network_code)
    end_all(sim, book, method, reason)
    return dispute
