"""What happens when a payment method is charged, and when a debit settles."""

from __future__ import annotations

from dataclasses import dataclass

from .announcer import ChargeChanged
from .behaviours import (
    AUTHENTICATION_ON_SESSION,
    AUTHENTICATION_REQUIRED,
    DEBIT_FAILED,
    DECLINE,
    MESSAGES,
    NO_FUNDS_AT_BANK,
    PROCESSING,
    SUCCESS,
    Behaviour,
)
from .endpoint import Call
from .errors import StripeError
from .ids import new_id
from .objects import Charge, PaymentIntent, PaymentMethod
from .resources import payment_methods
from .resources.intent_shape import render as render_intent
from .simulator import Simulator
from .store import Book

# Returns after which Stripe refuses to debit the account again, and why.
BLOCKING_RETURNS = {
    "R02": "bank_account_closed",
    "R03": "bank_account_invalid_details",
    "R04": "bank_account_invalid_details",
    "R16": "bank_account_frozen",
    "R20": "bank_account_restricted",
    **dict.fromkeys(("R05", "R07", "R08", "R10", "R11"), "debit_not_authorized"),
    **dict.fromkeys(("R29", "R31"), "debit_not_authorized"),
}
_RISK_SCORES = {"normal": 20, "elevated": 70, "highest": 95}
_NOT_HANDLED = (
    "This payment required an authentication action to complete, but "
    "`error_on_requires_action` was set."
)


@dataclass(frozen=True, slots=True)
class Session:
    """Under which circumstances a confirmation is made."""

    off_session: bool = False
    error_on_requires_action: bool = False
    return_url: str | None = None
    mandate: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to charge one method for one intent."""

    sim: Simulator
    book: Book
    intent: PaymentIntent
    method: PaymentMethod
    session: Session
    idempotency_key: str | None


def confirm(
    call: Call, intent: PaymentIntent, method: PaymentMethod, session: Session
) -> None:
    """Charge the method for the intent, as it behaves.

    Raises the 402 of a decline; the intent and its charge then say so too.
    """
    method.tries += 1
    behaviour = method.behaviour.for_try(method.tries)
    intent.payment_method = method.id
    intent.confirms += 1
    intent.next_action = None
    attempt = Attempt(
        call.sim, call.book, intent, method, session, call.idempotency_key
    )
    _KINDS[behaviour.kind](attempt, behaviour)


# === CARDS === #


def _succeed(attempt: Attempt, behaviour: Behaviour) -> None:
    intent = attempt.intent
    manual = intent.capture_method == "manual"
    charge = _charge(
        attempt,
        status="succeeded",
        captured=not manual,
        outcome=_approved(behaviour),
    )
    intent.status = "requires_capture" if manual else "succeeded"
    intent.amount_capturable = intent.amount if manual else 0
    intent.amount_received = 0 if manual else intent.amount
    intent.last_payment_error = None
    _keep_method(attempt)
    _announce(attempt.sim, attempt.book, charge, None)


def _keep_method(attempt: Attempt) -> None:
    """Save a method of nobody with the customer if asked to; it is used up if not."""
    intent, method = attempt.intent, attempt.method
    if method.customer is not None:
        return
    if intent.customer and intent.setup_future_usage:
        method.customer = intent.customer
        attempt.book.payment_methods.join_group(method)
        return
    method.spent = True


def _approved(behaviour: Behaviour) -> dict:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": behaviour.risk_level,
        "risk_score": _RISK_SCORES.get(behaviour.risk_level, 20),
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


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
        "risk_score": _RISK_SCORES.get(behaviour.risk_level, 20),
        "seller_message": "Stripe blocked this payment."
        if blocked
        else "The bank did not accept the payment.",
        "type": "blocked" if blocked else "issuer_declined",
    }


def _decline(attempt: Attempt, behaviour: Behaviour) -> None:
    charge = _charge(
        attempt,
        status="failed",
        captured=False,
        outcome=_declined(behaviour),
        failure_code=behaviour.error_code,
        failure_message=behaviour.shown_message,
    )
    _announce(attempt.sim, attempt.book, charge, None)
    _fail(attempt, behaviour, charge)


def _fail(attempt: Attempt, behaviour: Behaviour, charge: Charge | None) -> None:
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
    method = _set_failed(attempt.book, attempt.intent, attempt.method, facts)
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


def _set_failed(
    book: Book, intent: PaymentIntent, method: PaymentMethod, facts: dict
) -> dict:
    """Write the error on the intent, and return the method in Stripe's shape."""
    shown = payment_methods.render(book, method)
    error = {key: value for key, value in facts.items() if value is not None}
    intent.last_payment_error = {**error, "payment_method": shown}
    intent.status = "requires_payment_method"
    intent.payment_method = None
    intent.next_action = None
    return shown


# === AUTHENTICATION === #


def _authenticate(attempt: Attempt, behaviour: Behaviour) -> None:
    session = attempt.session
    if session.off_session:
        return _decline(attempt, _needs_authentication("authentication_required"))
    if session.error_on_requires_action:
        needs = _needs_authentication("authentication_not_handled", _NOT_HANDLED)
        return _fail(attempt, needs, None)
    intent = attempt.intent
    intent.status = "requires_action"
    intent.next_action = _next_action(intent, session)
    intent.mandate = session.mandate
    return None


def _authenticate_on_session(attempt: Attempt, behaviour: Behaviour) -> None:
    if attempt.session.off_session:
        return _succeed(attempt, behaviour)
    return _authenticate(attempt, behaviour)


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
            "url": f"https://hooks.stripe.com/3d_secure_2/hosted?intent={intent.id}",
        },
    }


def finish_authentication(
    sim: Simulator, book: Book, intent: PaymentIntent, passed: bool
) -> None:
    """Let the customer pass or fail the authentication that the intent waits for.

    Raises ``ValueError`` when it waits for none.
    """
    if intent.status != "requires_action":
        raise ValueError(f"The payment intent is {intent.status}, not requires_action.")
    method = book.payment_methods.get(intent.payment_method)
    attempt = Attempt(sim, book, intent, method, Session(mandate=intent.mandate), None)
    intent.next_action = None
    try:
        if not passed:
            code = "payment_intent_authentication_failure"
            _fail(attempt, Behaviour(kind=DECLINE, code=code), None)
        elif method.behaviour.decline_code:
            _decline(attempt, method.behaviour)
        else:
            _succeed(attempt, method.behaviour)
    except StripeError:
        # Nobody waits for this answer: the intent says what became of it.
        return


# === BANK DEBITS === #


def _submit(attempt: Attempt, behaviour: Behaviour) -> None:
    intent, sim, book = attempt.intent, attempt.sim, attempt.book
    charge = _charge(
        attempt, status="pending", captured=True, outcome=_approved(behaviour)
    )
    intent.status = "processing"
    intent.last_payment_error = None
    _keep_method(attempt)
    _announce(sim, book, charge, None)
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
        _return_debit(book, intent, charge, failure_code, network_code)
    _announce(sim, book, charge, "pending")
    return True


def _return_debit(
    book: Book,
    intent: PaymentIntent,
    charge: Charge,
    failure_code: str | None,
    network_code: str | None,
) -> None:
    code = failure_code or "insufficient_funds"
    message = (
        NO_FUNDS_AT_BANK
        if code == "insufficient_funds"
        else MESSAGES.get(code, DEBIT_FAILED)
    )
    charge.status = "failed"
    charge.failure_code, charge.failure_message = code, message
    charge.outcome = {
        **charge.outcome,
        "network_decline_code": network_code,
        "network_status": "declined_by_network",
        "reason": code,
        "seller_message": "The bank returned the debit.",
        "type": "issuer_declined",
    }
    method = book.payment_methods.get(charge.payment_method)
    _block_account(method, network_code)
    facts = {
        "charge": charge.id,
        "code": code,
        "message": message,
        "network_decline_code": network_code,
        "type": "card_error" if method.type == "card" else "invalid_request_error",
    }
    _set_failed(book, intent, method, facts)


def _block_account(method: PaymentMethod, network_code: str | None) -> None:
    reason = BLOCKING_RETURNS.get(network_code)
    if method.type == "us_bank_account" and reason:
        blocked = {"network_code": network_code, "reason": reason}
        method.details = {**method.details, "status_details": {"blocked": blocked}}


def withdraw(sim: Simulator, book: Book, intent: PaymentIntent) -> None:
    """Take back the open charge of an intent that is being cancelled."""
    charge = book.charges.get(intent.latest_charge)
    if charge is None or charge.status == "failed":
        return
    before, charge.status = charge.status, "failed"
    _announce(sim, book, charge, before)


# === BOTH === #


def _charge(attempt: Attempt, **facts) -> Charge:
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


def _announce(sim: Simulator, book: Book, charge: Charge, before: str | None) -> None:
    sim.announcer.announce(ChargeChanged(book, charge, before, sim.clock.now()))


_KINDS = {
    SUCCESS: _succeed,
    DECLINE: _decline,
    AUTHENTICATION_REQUIRED: _authenticate,
    AUTHENTICATION_ON_SESSION: _authenticate_on_session,
    PROCESSING: _submit,
}
