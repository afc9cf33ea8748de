"""Saves a payment method for later, in the way in which the method behaves."""

from __future__ import annotations

from dataclasses import replace

from ..memory.behaviours import (
    AUTHENTICATION_ON_SESSION,
    AUTHENTICATION_REQUIRED,
    DAY,
    DECLINE,
    DEPOSITS,
    PROCESSING,
    SUCCESS,
    Behaviour,
)
from ..memory.documented import MANDATE_TYPES
from ..memory.errors import INVALID, StripeError
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
_BY_DEPOSIT = "verify_with_microdeposits"
# How long the customer has to read the code of a deposit, in seconds.
DEPOSIT_LIFETIME = 10 * DAY
DEPOSIT_TIMEOUT = Behaviour(
    kind=DECLINE,
    code="payment_method_microdeposit_verification_timeout",
    message="The bank account was not verified in time.",
)
_NOT_AUTHENTICATED = Behaviour(kind=DECLINE, code="setup_intent_authentication_failure")


def confirm(
    sim: Simulator,
    book: Book,
    intent: SetupIntent,
    method: PaymentMethod,
    way_back: tuple[str | None, str],
) -> None:
    """Save the method; raises the 402 when the bank says no.

    ``way_back`` is where the customer returns to after he was sent away, if he can be,
    and the simulator's own address, which serves the pages he is sent to.
    """
    intent.payment_method = method.id
    intent.tries += 1
    intent.next_action, intent.mandate, intent.last_setup_error = None, None, None
    behaviour = method.behaviour
    kind = behaviour.setup or _WHEN_SAVED[behaviour.kind]
    if kind == DECLINE:
        decline(sim, book, intent, behaviour)
    elif kind in (AUTHENTICATION_REQUIRED, DEPOSITS):
        intent.status = "requires_action"
        if kind == DEPOSITS:
            _await_deposit(sim, book, intent, method, way_back[1])
        else:
            intent.next_action = _next_action(intent, *way_back)
        sim.tell(book, "setup_intent.requires_action", intent)
    else:
        succeed(sim, book, intent)


def _next_action(intent: SetupIntent, return_url: str | None, origin: str) -> dict:
    if not return_url:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure"}}
    redirect = {"return_url": return_url, "url": f"{origin}/c/3ds/{intent.id}"}
    return {"type": "redirect_to_url", "redirect_to_url": redirect}


def succeed(sim: Simulator, book: Book, intent: SetupIntent) -> None:
    """Save the method that the intent names, under a mandate if it needs one."""
    method = book.payment_methods.get(intent.payment_method)
    if method.type in MANDATE_TYPES:
        _activate_mandate(sim, book, intent, method)
    if intent.customer and method.customer is None:
        method.customer = intent.customer
        book.payment_methods.join_group(method)
        sim.tell(book, "payment_method.attached", method)
    if method.behaviour.after_setup and intent.usage == "off_session":
        kind = method.behaviour.after_setup
        method.behaviour = replace(method.behaviour, kind=kind)
    intent.status, intent.last_setup_error = "succeeded", None
    intent.next_action = None
    sim.tell(book, "setup_intent.succeeded", intent)


def _activate_mandate(
    sim: Simulator, book: Book, intent: SetupIntent, method: PaymentMethod
) -> None:
    if intent.mandate is None:
        mandate = mandating.give(sim, book, method, intent.acceptance)
        intent.mandate = mandate.id
        return
    mandate = book.mandates.get(intent.mandate)
    mandating.set_status(sim, book, mandate, "active")


def decline(
    sim: Simulator, book: Book, intent: SetupIntent, behaviour: Behaviour
) -> None:
    """Put the intent back to the start and raise the 402 that says why."""
    method = book.payment_methods.get(intent.payment_method)
    is_card = method.type == "card"
    facts = {
        "advice_code": behaviour.advice_code,
        "code": behaviour.error_code,
        "decline_code": behaviour.shown_decline_code
        if is_card and behaviour is not _NOT_AUTHENTICATED
        else None,
        "message": behaviour.shown_message,
        "network_decline_code": behaviour.network_decline_code,
        "payment_method": method_shape.render(book, method),
        "type": "card_error" if is_card else INVALID,
    }
    error = {name: value for name, value in facts.items() if value is not None}
    intent.last_setup_error = error
    intent.status, intent.payment_method = "requires_payment_method", None
    intent.next_action = None
    if intent.mandate:
        mandate = book.mandates.get(intent.mandate)
        mandating.set_status(sim, book, mandate, "inactive")
    sim.tell(book, "setup_intent.setup_failed", intent)
    rest = {**error, "setup_intent": render(book, intent)}
    message = rest.pop("message")
    raise StripeError(402, message, executed=True, should_retry=False, **rest)


def fail(sim: Simulator, book: Book, intent: SetupIntent, behaviour: Behaviour) -> None:
    """Decline with nobody waiting for the answer: the intent says what became of it."""
    try:
        decline(sim, book, intent, behaviour)
    except StripeError:
        return


# === LATER === #


def is_asked_for(intent: SetupIntent) -> bool:
    """Whether the bank waits for the customer to say that it is he."""
    return intent.status == "requires_action" and not is_deposit_awaited(intent)


def finish_authentication(
    sim: Simulator, book: Book, intent: SetupIntent, passed: bool
) -> None:
    """Let the customer pass or fail the authentication that the intent waits for.

    Raises ``ValueError`` when it waits for none.
    """
    if not is_asked_for(intent):
        raise ValueError(f"The setup intent is {intent.status}, not requires_action.")
    if passed:
        succeed(sim, book, intent)
    else:
        fail(sim, book, intent, _NOT_AUTHENTICATED)


def is_deposit_awaited(intent: SetupIntent) -> bool:
    """Whether the intent waits for the code of a small deposit."""
    return (intent.next_action or {}).get("type") == _BY_DEPOSIT


def _await_deposit(
    sim: Simulator, book: Book, intent: SetupIntent, method: PaymentMethod, origin: str
) -> None:
    """Send a deposit and wait for its code; the mandate is pending until then."""
    number = intent.tries
    mandate = mandating.give(sim, book, method, intent.acceptance)
    mandate.status, intent.mandate = "pending", mandate.id
    facts = {
        "arrival_date": sim.clock.now() + DAY,
        "hosted_verification_url": f"{origin}/c/deposits/{intent.id}",
        "microdeposit_type": "descriptor_code",
    }
    intent.next_action = {"type": _BY_DEPOSIT, _BY_DEPOSIT: facts}

    def end() -> None:
        if is_deposit_awaited(intent) and intent.tries == number:
            fail(sim, book, intent, DEPOSIT_TIMEOUT)

    sim.clock.after(DEPOSIT_LIFETIME, end)
