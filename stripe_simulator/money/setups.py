"""Saves a payment method for later, in the way in which the method behaves."""

from __future__ import annotations

from dataclasses import replace

from ..memory.behaviours import (
    AUTHENTICATION_ON_SESSION,
    AUTHENTICATION_REQUIRED,
    DECLINE,
    PROCESSING,
    SUCCESS,
    Behaviour,
)
from ..memory.documented import MANDATE_TYPES
from ..memory.errors import StripeError
from ..memory.objects import PaymentMethod, SetupIntent
from ..memory.simulator import Simulator
from ..memory.store import Book
from ..shapes import method_shape
from ..shapes.setup_shape import render
from . import mandating

# How a method is charged -> what it does when it is saved, unless it says so itself.
_WHEN_SAVED = {
    SUCCESS: SUCCESS,
    DECLINE: DECLINE,
    AUTHENTICATION_REQUIRED: AUTHENTICATION_REQUIRED,
    AUTHENTICATION_ON_SESSION: SUCCESS,
    PROCESSING: SUCCESS,
}
_NOT_AUTHENTICATED = Behaviour(kind=DECLINE, code="setup_intent_authentication_failure")


def confirm(
    sim: Simulator,
    book: Book,
    intent: SetupIntent,
    method: PaymentMethod,
    return_url: str | None,
) -> None:
    """Save the method; raises the 402 when the bank says no."""
    intent.payment_method = method.id
    intent.tries += 1
    intent.next_action = None
    behaviour = method.behaviour
    kind = behaviour.setup or _WHEN_SAVED[behaviour.kind]
    if kind == DECLINE:
        decline(sim, book, intent, behaviour)
    elif kind == AUTHENTICATION_REQUIRED:
        intent.status = "requires_action"
        intent.next_action = _next_action(intent, return_url)
        sim.tell(book, "setup_intent.requires_action", intent)
    else:
        _succeed(sim, book, intent, method)


def _next_action(intent: SetupIntent, return_url: str | None) -> dict:
    if not return_url:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure"}}
    url = f"https://hooks.stripe.com/3d_secure_2/hosted?setup_intent={intent.id}"
    redirect = {"return_url": return_url, "url": url}
    return {"type": "redirect_to_url", "redirect_to_url": redirect}


def _succeed(
    sim: Simulator, book: Book, intent: SetupIntent, method: PaymentMethod
) -> None:
    if method.type in MANDATE_TYPES:
        mandate = mandating.give(sim, book, method, intent.acceptance)
        intent.mandate = mandate.id
    if intent.customer and method.customer is None:
        method.customer = intent.customer
        book.payment_methods.join_group(method)
        sim.tell(book, "payment_method.attached", method)
    if method.behaviour.after_setup and intent.usage == "off_session":
        kind = method.behaviour.after_setup
        method.behaviour = replace(method.behaviour, kind=kind)
    intent.status, intent.last_setup_error = "succeeded", None
    sim.tell(book, "setup_intent.succeeded", intent)


def decline(
    sim: Simulator, book: Book, intent: SetupIntent, behaviour: Behaviour
) -> None:
    """Put the intent back to the start and raise the 402 that says why."""
    method = book.payment_methods.get(intent.payment_method)
    facts = {
        "advice_code": behaviour.advice_code,
        "code": behaviour.error_code,
        "decline_code": behaviour.shown_decline_code
        if behaviour is not _NOT_AUTHENTICATED
        else None,
        "message": behaviour.shown_message,
        "network_decline_code": behaviour.network_decline_code,
        "payment_method": method_shape.render(book, method),
        "type": "card_error",
    }
    error = {name: value for name, value in facts.items() if value is not None}
    intent.last_setup_error = error
    intent.status, intent.payment_method = "requires_payment_method", None
    intent.next_action = None
    sim.tell(book, "setup_intent.setup_failed", intent)
    rest = {**error, "setup_intent": render(book, intent)}
    message = rest.pop("message")
    raise StripeError(402, message, executed=True, should_retry=False, **rest)


def finish_authentication(
    sim: Simulator, book: Book, intent: SetupIntent, passed: bool
) -> None:
    """Let the customer pass or fail the authentication that the intent waits for.

    Raises ``ValueError`` when it waits for none.
    """
    if intent.status != "requires_action":
        raise ValueError(f"The setup intent is {intent.status}, not requires_action.")
    intent.next_action = None
    if passed:
        method = book.payment_methods.get(intent.payment_method)
        _succeed(sim, book, intent, method)
        return
    try:
        decline(sim, book, intent, _NOT_AUTHENTICATED)
    except StripeError:
        # Nobody waits for this answer: the intent says what became of it.
        return
