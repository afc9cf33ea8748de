"""One attempt to charge a payment method, and what is common to all of them."""

from __future__ import annotations

from dataclasses import dataclass

from ..memory.announcer import ChargeChanged
from ..memory.behaviours import Behaviour
from ..memory.errors import StripeError
from ..memory.ids import new_id
from ..memory.objects import Charge, PaymentIntent, PaymentMethod
from ..memory.simulator import Simulator
from ..memory.store import Book
from ..shapes import method_shape
from ..shapes.intent_shape import render as render_intent

# (status before, status now) -> the event that Stripe makes of a charge.
CHARGE_EVENTS = {
    (None, "succeeded"): "charge.succeeded",
    (None, "pending"): "charge.pending",
    (None, "failed"): "charge.failed",
    ("pending", "succeeded"): "charge.succeeded",
    ("pending", "failed"): "charge.failed",
}
# Status that an intent has taken -> the event.
INTENT_EVENTS = {
    "requires_payment_method": "payment_intent.payment_failed",
    "requires_action": "payment_intent.requires_action",
    "requires_capture": "payment_intent.amount_capturable_updated",
    "processing": "payment_intent.processing",
    "succeeded": "payment_intent.succeeded",
    "canceled": "payment_intent.canceled",
}

RISK_SCORES = {"normal": 20, "elevated": 70, "highest": 95}


@dataclass(frozen=True, slots=True)
class Session:
    """Under which circumstances a confirmation is made.

    ``origin`` is the simulator's own address, which serves the page of the bank.
    """

    off_session: bool = False
    error_on_requires_action: bool = False
    return_url: str | None = None
    mandate: str | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to charge one method for one intent."""

    sim: Simulator
    book: Book
    intent: PaymentIntent
    method: PaymentMethod
    session: Session
    idempotency_key: str | None


def make_charge(attempt: Attempt, **facts) -> Charge:
    """Return a new charge of the intent, kept in the book but not yet announced."""
    intent, method = attempt.intent, attempt.method
    charge = Charge(
        id=new_id("py" if method.type != "card" else "ch"),
        created=attempt.sim.clock.now(),
        amount=intent.amount,
        currency=intent.currency,
        payment_intent=intent.id,
        customer=intent.customer,
        payment_method=method.id,
        method_type=method.type,
        method_details=method.details,
        billing_details=method.billing_details,
        metadata=intent.metadata,
        description=intent.description,
        mandate=attempt.session.mandate,
        statement_descriptor_suffix=intent.statement_descriptor_suffix,
        receipt_email=intent.receipt_email,
        idempotency_key=attempt.idempotency_key,
        **facts,
    )
    intent.latest_charge = charge.id
    return attempt.book.charges.add(charge)


def announce(sim: Simulator, book: Book, charge: Charge, before: str | None) -> None:
    """Tell whoever listens that the charge is new or has left the status ``before``."""
    sim.announcer.announce(ChargeChanged(book, charge, before, sim.clock.now()))
    event = CHARGE_EVENTS.get((before, charge.status))
    if event:
        sim.tell(book, event, charge)


def announce_intent(sim: Simulator, book: Book, intent: PaymentIntent) -> None:
    """Tell whoever listens what became of the intent."""
    sim.tell(book, INTENT_EVENTS[intent.status], intent)


def keep_method(attempt: Attempt) -> None:
    """Save a method of nobody with the customer if asked to; it is used up if not."""
    intent, method = attempt.intent, attempt.method
    if method.customer is not None:
        return
    if intent.customer and intent.setup_future_usage:
        method.customer = intent.customer
        attempt.book.payment_methods.join_group(method)
        attempt.sim.tell(attempt.book, "payment_method.attached", method)
        return
    method.spent = True


def approved(behaviour: Behaviour) -> dict:
    """Return the outcome of a charge that the bank has let through."""
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": behaviour.risk_level,
        "risk_score": RISK_SCORES.get(behaviour.risk_level, 20),
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def fail(attempt: Attempt, behaviour: Behaviour, charge: Charge | None) -> None:
    """Put the intent back to the start and raise the 402 that says why."""
    if attempt.method.customer is None:
        attempt.method.spent = True
    facts = {
        "advice_code": behaviour.advice_code,
        "charge": charge.id if charge else None,
        "code": behaviour.error_code,
        "decline_code": behaviour.shown_decline_code,
        "message": behaviour.shown_message,
        "network_advice_code": behaviour.network_advice_code,
        "network_decline_code": behaviour.network_decline_code,
        "type": "card_error",
    }
    method = set_failed(attempt.book, attempt.intent, attempt.method, facts)
    announce_intent(attempt.sim, attempt.book, attempt.intent)
    rest = {k: v for k, v in facts.items() if k not in ("message", "code", "type")}
    rest["payment_intent"] = render_intent(attempt.book, attempt.intent)
    rest["payment_method"] = method
    raise StripeError(
        402,
        facts["message"],
        type="card_error",
        code=facts["code"],
        executed=True,
        should_retry=False,
        extra=rest,
    )


def set_failed(
    book: Book, intent: PaymentIntent, method: PaymentMethod, facts: dict
) -> dict:
    """Write the error on the intent, and return the method in Stripe's shape."""
    shown = method_shape.render(book, method)
    error = {key: value for key, value in facts.items() if value is not None}
    intent.last_payment_error = {**error, "payment_method": shown}
    intent.status = "requires_payment_method"
    intent.payment_method = None
    intent.next_action = None
    return shown
