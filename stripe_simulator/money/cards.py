"""The behaviour of a card that is charged, with the customer present or without."""

from __future__ import annotations

from ..memory.behaviours import DECLINE, Behaviour
from ..memory.errors import StripeError
from ..memory.objects import PaymentIntent
from ..memory.simulator import Simulator
from ..memory.store import Book
from .aftermath import follow
from .attempts import (
    RISK_SCORES,
    Attempt,
    Session,
    announce,
    announce_intent,
    approved,
    fail,
    keep_method,
    make_charge,
)

_NOT_HANDLED = (
    "This payment required an authentication action to complete, but "
    "`error_on_requires_action` was set."
)


def succeed(attempt: Attempt, behaviour: Behaviour) -> None:
    """Take the money, or only reserve it when the intent is captured by hand."""
    intent = attempt.intent
    manual = intent.capture_method == "manual"
    charge = make_charge(
        attempt,
        status="succeeded",
        captured=not manual,
        outcome=approved(behaviour),
    )
    intent.status = "requires_capture" if manual else "succeeded"
    intent.amount_capturable = intent.amount if manual else 0
    intent.amount_received = 0 if manual else intent.amount
    intent.last_payment_error = None
    keep_method(attempt)
    announce(attempt.sim, attempt.book, charge, None)
    announce_intent(attempt.sim, attempt.book, intent)
    if not manual:
        follow(attempt.sim, attempt.book, charge, behaviour)


def _declined(behaviour: Behaviour) -> dict:
    blocked = behaviour.outcome_reason is not None
    code = behaviour.shown_decline_code or behaviour.error_code
    return {
        "advice_code": behaviour.advice_code,
        "network_advice_code": behaviour.network_advice_code,
        "network_decline_code": behaviour.network_decline_code,
        "network_status": "not_sent_to_network" if blocked else "declined_by_network",
        "reason": behaviour.outcome_reason or code,
        "risk_level": behaviour.risk_level,
        "risk_score": RISK_SCORES.get(behaviour.risk_level, 20),
        "seller_message": "Stripe blocked this payment."
        if blocked
        else "The bank did not accept the payment.",
        "type": "blocked" if blocked else "issuer_declined",
    }


def decline(attempt: Attempt, behaviour: Behaviour) -> None:
    """Let the bank, or Stripe before it, say no; raises the 402."""
    charge = make_charge(
        attempt,
        status="failed",
        captured=False,
        outcome=_declined(behaviour),
        failure_code=behaviour.error_code,
        failure_message=behaviour.shown_message,
    )
    announce(attempt.sim, attempt.book, charge, None)
    fail(attempt, behaviour, charge)


def authenticate(attempt: Attempt, behaviour: Behaviour) -> None:
    """Ask the customer to prove who he is; raises the 402 when he is not there."""
    session = attempt.session
    if session.off_session:
        return decline(attempt, _needs_authentication("authentication_required"))
    if session.error_on_requires_action:
        needs = _needs_authentication("authentication_not_handled", _NOT_HANDLED)
        return fail(attempt, needs, None)
    intent = attempt.intent
    intent.status = "requires_action"
    intent.next_action = _next_action(intent, session)
    intent.mandate = session.mandate
    return announce_intent(attempt.sim, attempt.book, intent)


def authenticate_on_session(attempt: Attempt, behaviour: Behaviour) -> None:
    """Succeed off session, ask the customer on session."""
    if attempt.session.off_session:
        return succeed(attempt, behaviour)
    return authenticate(attempt, behaviour)


def _needs_authentication(decline_code: str, message: str | None = None) -> Behaviour:
    return Behaviour(
        kind=DECLINE,
        code="authentication_required",
        decline_code=decline_code,
        message=message,
    )


def _next_action(intent: PaymentIntent, session: Session) -> dict:
    if not session.return_url:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure"}}
    return {
        "type": "redirect_to_url",
        "redirect_to_url": {
            "return_url": session.return_url,
            "url": f"{session.origin}/c/3ds/{intent.id}",
        },
    }


def is_asked_for(intent: PaymentIntent) -> bool:
    """Whether the bank waits for the customer to say that it is he."""
    return intent.status == "requires_action"


def finish_authentication(
    sim: Simulator, book: Book, intent: PaymentIntent, passed: bool
) -> None:
    """Let the customer pass or fail the authentication that the intent waits for.

    Raises ``ValueError`` when it waits for none.
    """
    if not is_asked_for(intent):
        raise ValueError(f"The payment intent is {intent.status}, not requires_action.")
    method = book.payment_methods.get(intent.payment_method)
    attempt = Attempt(sim, book, intent, method, Session(mandate=intent.mandate), None)
    intent.next_action = None
    try:
        if not passed:
            code = "payment_intent_authentication_failure"
            fail(attempt, Behaviour(kind=DECLINE, code=code), None)
        elif method.behaviour.decline_code:
            decline(attempt, method.behaviour)
        else:
            succeed(attempt, method.behaviour)
    except StripeError:
        # Nobody waits for this answer: the intent says what became of it.
        return
