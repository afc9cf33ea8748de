"""The behaviour of a bank account: debited over days, and the bank may return it."""

from __future__ import annotations

from ..memory.behaviours import DEBIT_FAILED, NO_FUNDS, RETURN_MESSAGES, Behaviour
from ..memory.errors import INVALID
from ..memory.objects import Charge, PaymentIntent
from ..memory.simulator import Simulator
from ..memory.store import Book
from .aftermath import follow
from .attempts import (
    Attempt,
    announce,
    announce_intent,
    approved,
    keep_method,
    make_charge,
    set_failed,
)
from .blocking import block_account
from .mandating import end_all


def submit(attempt: Attempt, behaviour: Behaviour) -> None:
    """Hand the debit to the bank, which answers days later."""
    intent, sim, book = attempt.intent, attempt.sim, attempt.book
    charge = make_charge(
        attempt, status="pending", captured=True, outcome=approved(behaviour)
    )
    intent.status = "processing"
    intent.last_payment_error = None
    keep_method(attempt)
    announce(sim, book, charge, None)
    announce_intent(sim, book, intent)
    if behaviour.settle_after is None:
        return

    def settle_then() -> None:
        settle(
            sim,
            book,
            intent,
            behaviour.outcome,
            behaviour.failure_code,
            behaviour.network_decline_code,
        )

    sim.clock.after(behaviour.settle_after, settle_then)


def settle(
    sim: Simulator,
    book: Book,
    intent: PaymentIntent,
    outcome: str,
    failure_code: str | None = None,
    network_code: str | None = None,
) -> bool:
    """End a debit with ``succeeded`` or ``failed``; say whether there was one to end.

    ``network_code`` is the bank's return code, such as ``R01``.
    """
    if intent.status != "processing":
        return False
    charge = book.charges.get(intent.latest_charge)
    if outcome == "succeeded":
        charge.status = "succeeded"
        intent.status = "succeeded"
        intent.amount_received = intent.amount
    else:
        _return_debit(sim, book, intent, charge, failure_code, network_code)
    announce(sim, book, charge, "pending")
    announce_intent(sim, book, intent)
    if outcome == "succeeded":
        method = book.payment_methods.get(charge.payment_method)
        follow(sim, book, charge, method.behaviour)
    return True


def _return_debit(
    sim: Simulator,
    book: Book,
    intent: PaymentIntent,
    charge: Charge,
    failure_code: str | None,
    network_code: str | None,
) -> None:
    code = failure_code or NO_FUNDS
    message = RETURN_MESSAGES.get(code, DEBIT_FAILED)
    charge.status = "failed"
    charge.failure_code, charge.failure_message = code, message
    charge.outcome = _returned(charge.outcome, code, network_code)
    method = book.payment_methods.get(charge.payment_method)
    block_account(method, network_code)
    end_all(sim, book, method, code)
    facts = {
        "charge": charge.id,
        "code": code,
        "message": message,
        "network_decline_code": network_code,
        "type": "card_error" if method.type == "card" else INVALID,
    }
    set_failed(book, intent, method, facts)


def _returned(outcome: dict, code: str, network_code: str | None) -> dict:
    return {
        **outcome,
        "network_decline_code": network_code,
        "network_status": "declined_by_network",
        "reason": code,
        "seller_message": "The bank returned the debit.",
        "type": "issuer_declined",
    }


def withdraw(sim: Simulator, book: Book, intent: PaymentIntent) -> None:
    """Take back the open charge of an intent that is being cancelled."""
    charge = book.charges.get(intent.latest_charge)
    if charge is None or charge.status == "failed":
        return
    before, charge.status = charge.status, "failed"
    announce(sim, book, charge, before)
