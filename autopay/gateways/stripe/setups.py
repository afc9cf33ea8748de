"""Saves payment methods on Stripe's own page: Checkout Sessions of mode setup.

The page asks for cards and bank accounts, shows the mandate, and lets the bank ask its
customer (3-D Secure). A session that is complete is not yet a saved method: an account
that is verified by small deposits takes days
(https://docs.stripe.com/payments/ach-direct-debit/set-up-payment).
"""

import functools
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .. import base
from ..base import (
    Credentials,
    CustomerAnswer,
    CustomerOrder,
    SetupOrder,
    SetupOutcome,
    SetupSession,
)
from .answer import Answer, as_dict, as_text, id_of, mask
from .client import ask, get_client, get_options
from .methods import expiry_date
from .outcomes import METADATA_TAG, is_refusal, refused, unknown_after_repeat
from .session import is_safe

_logger = logging.getLogger(__name__)

RETRIES = 1  # repeats by the SDK itself, with the same idempotency key
MISMATCH = "answer_mismatch"
UNSAFE_ADDRESS = "unsafe_address"
# The method was saved and then taken away.
METHOD_GONE = "method_gone"
_EXPAND = ["setup_intent.payment_method"]

# Status of the session, then of its setup intent -> what the visit came to. A succeeded
# intent is a saved method whatever the session says.
# https://docs.stripe.com/payments/paymentintents/lifecycle
_STATES = {
    ("open", "requires_payment_method"): base.SETUP_OPEN,
    ("open", "requires_confirmation"): base.SETUP_OPEN,
    ("open", "requires_action"): base.SETUP_OPEN,
    ("open", "processing"): base.SETUP_OPEN,
    ("complete", "requires_action"): base.SETUP_WAITING,
    ("complete", "processing"): base.SETUP_WAITING,
    ("complete", "requires_payment_method"): base.SETUP_FAILED,
    ("complete", "requires_confirmation"): base.SETUP_FAILED,
    ("complete", "canceled"): base.SETUP_FAILED,
    **{
        (session, "succeeded"): base.SETUP_DONE
        for session in ("open", "complete", "expired")
    },
}


Step = Callable[[Any, str], SetupOutcome]


def _never_raises(step: Step) -> Step:
    """Turn every exception into an unknown outcome, whose text stays out of the log."""

    @functools.wraps(step)
    def call(setups: Any, ref: str) -> SetupOutcome:
        try:
            return step(setups, ref)
        except Exception as error:  # noqa: BLE001
            _log(step.__name__, error)
            return SetupOutcome(base.UNKNOWN, ref=ref, reason=base.RAISED)

    return call


class StripeSetups:
    """The page of one Stripe account. See :class:`base.Setups` for what is promised."""

    def __init__(self, credentials: Credentials) -> None:
        """Connect to nothing yet.

        :raise ValueError: when the key is missing or the address is not acceptable
        """
        self._livemode = credentials.livemode
        v1 = get_client(credentials).v1
        self._sessions = v1.checkout.sessions
        self._customers = v1.customers

    def create_customer(self, order: CustomerOrder) -> CustomerAnswer:
        """Make a customer, once for each key."""
        try:
            params: Any = {"name": order.name, "metadata": dict(order.metadata)}
            if order.email:
                params["email"] = order.email
            options = get_options(RETRIES, order.key)
            answer = ask(lambda: self._customers.create(params, options))
        except Exception as error:  # noqa: BLE001
            _log("create_customer", error)
            return CustomerAnswer(base.UNKNOWN, code=base.RAISED)
        return self._read_customer(answer)

    def create_session(self, order: SetupOrder) -> SetupSession:
        """Make the page, once for each key."""
        try:
            params = _build_params(order)
            options = get_options(RETRIES, order.key)
            answer = ask(lambda: self._sessions.create(params, options))
            return self._read_created(order, answer)
        except Exception as error:  # noqa: BLE001
            _log("create_session", error)
            return SetupSession(base.UNKNOWN, code=base.RAISED)

    @_never_raises
    def read_session(self, ref: str) -> SetupOutcome:
        """Ask what became of a visit."""
        params: Any = {"expand": _EXPAND}
        options = get_options(RETRIES)
        return self._outcome(
            ref, ask(lambda: self._sessions.retrieve(ref, params, options))
        )

    @_never_raises
    def expire_session(self, ref: str) -> SetupOutcome:
        """Close the page; a session that is over already is read instead.

        No idempotency key: closing twice changes nothing, while a stored answer would
        be given again for a day.
        """
        params: Any = {"expand": _EXPAND}
        options = get_options(RETRIES)
        answer = ask(lambda: self._sessions.expire(ref, params, options))
        if is_refusal(answer, statuses=(400,)):
            return self.read_session(ref)
        return self._outcome(ref, answer)

    # === PRIVATE === #

    def _read_customer(self, answer: Answer) -> CustomerAnswer:
        body = answer.body
        ref = as_text(body.get("id"))
        right = body.get("object"), body.get("livemode")
        if ref and right == ("customer", self._livemode):
            return CustomerAnswer(base.PREPARED, ref)
        if body:
            return CustomerAnswer(base.UNKNOWN, code=MISMATCH)
        said = _said_of(answer)
        param = as_text(answer.error.get("param"))
        return CustomerAnswer(
            said.kind, "", said.code, param, said.message, said.stop_reason
        )

    def _read_created(self, order: SetupOrder, answer: Answer) -> SetupSession:
        if not answer.body:
            return _not_created(answer)
        session = answer.body
        ref, url = as_text(session.get("id")), as_text(session.get("url"))
        expected = {
            "id": (ref or str, session.get("id")),
            "object": ("checkout.session", session.get("object")),
            "mode": ("setup", session.get("mode")),
            "livemode": (self._livemode, session.get("livemode")),
            "reference": (order.reference, session.get("client_reference_id")),
            "customer": (order.customer_ref, id_of(session.get("customer"))),
        }
        if difference := _differences(expected):
            return _mismatched(ref, MISMATCH, _sentence(difference))
        if not is_safe(url):
            return _mismatched(ref, UNSAFE_ADDRESS, "The page has no https address.")
        end = session.get("expires_at")
        return SetupSession(
            base.PREPARED, ref, url, end if isinstance(end, int) else None
        )

    def _outcome(self, ref: str, answer: Answer) -> SetupOutcome:
        session = answer.body
        if not session:
            return _unread(ref, answer)
        intent = as_dict(session.get("setup_intent"))
        outcome = _facts(session, intent)
        if problem := self._problem(ref, session, intent):
            return _doubtful(replace(outcome, ref=ref), problem)
        if session["status"] == "expired" and intent["status"] != "succeeded":
            return replace(outcome, state=base.SETUP_EXPIRED)
        state = _STATES.get((session["status"], intent["status"]), base.UNKNOWN)
        if state == base.UNKNOWN:
            return replace(outcome, state=state, reason="unknown_status")
        return _with_method(replace(outcome, state=state), intent)

    def _problem(
        self, ref: str, session: Mapping[str, Any], intent: Mapping[str, Any]
    ) -> str:
        """Return in what an answer is not the session asked for, empty when it is."""
        pairs = {
            "id": (ref, session.get("id")),
            "object": ("checkout.session", session.get("object")),
            "mode": ("setup", session.get("mode")),
            "livemode": (self._livemode, session.get("livemode")),
            "setup_intent": ("setup_intent", intent.get("object")),
            "status": (str, type(session.get("status"))),
            "setup_intent.status": (str, type(intent.get("status"))),
            "customer": (id_of(session.get("customer")), id_of(intent.get("customer"))),
        }
        return _differences(pairs)


def _differences(pairs: Mapping[str, tuple[Any, Any]]) -> str:
    return ", ".join(name for name, (asked, got) in pairs.items() if asked != got)


def _sentence(difference: str) -> str:
    return f"The provider's answer differs from the request: {difference}."


def _build_params(order: SetupOrder) -> Any:
    tags = {METADATA_TAG: order.reference, **order.metadata}
    params: dict[str, Any] = {
        "mode": "setup",
        "currency": order.currency.lower(),
        "customer": order.customer_ref,
        "client_reference_id": order.reference,
        "success_url": order.success_url,
        "metadata": tags,
        "setup_intent_data": {"description": order.reference, "metadata": tags},
    }
    optional: dict[str, Any] = {
        "cancel_url": order.cancel_url,
        "allowed_payment_method_types": list(order.method_types),
        "custom_text": order.text and {"submit": {"message": order.text}},
        "branding_settings": order.display_name
        and {"display_name": order.display_name},
        "locale": order.locale,
        "expires_at": order.expires_at,
    }
    params.update({name: value for name, value in optional.items() if value})
    return params


def _not_created(answer: Answer) -> SetupSession:
    said = _said_of(answer)
    return SetupSession(
        kind=said.kind,
        code=said.code,
        param=as_text(answer.error.get("param")),
        message=said.message,
        stop_reason=said.stop_reason,
    )


def _said_of(answer: Answer) -> base.ChargeOutcome:
    """Return a definite no, or that nothing is known."""
    definite = is_refusal(answer, statuses=(400, 401, 402, 403, 404))
    return refused(base.REFUSED, answer) if definite else unknown_after_repeat(answer)


def _mismatched(ref: str, code: str, message: str) -> SetupSession:
    return SetupSession(base.UNKNOWN, ref, code=code, message=message, mismatch=True)


def _get_safe(url: str) -> str:
    """Return the address of a page to which customers may be sent, or ""."""
    return url if is_safe(url) else ""


def _unread(ref: str, answer: Answer) -> SetupOutcome:
    said = unknown_after_repeat(answer)
    missing = answer.status == 404 and bool(answer.error)
    return SetupOutcome(
        base.ABSENT if missing else base.UNKNOWN,
        ref=ref,
        reason=said.code,
        message=said.message,
        stop_reason=said.stop_reason,
    )


def _facts(session: Mapping[str, Any], intent: Mapping[str, Any]) -> SetupOutcome:
    """Return what a session and its intent say, whatever state it is in."""
    error = as_dict(intent.get("last_setup_error"))
    action = as_dict(intent.get("next_action"))
    deposits = as_dict(action.get("verify_with_microdeposits"))
    return SetupOutcome(
        base.UNKNOWN,
        ref=as_text(session.get("id")),
        reference=as_text(session.get("client_reference_id")),
        metadata=as_dict(session.get("metadata")),
        customer_ref=id_of(session.get("customer")),
        setup_ref=as_text(intent.get("id")),
        verify_url=_get_safe(as_text(deposits.get("hosted_verification_url"))),
        reason=as_text(error.get("decline_code") or error.get("code")),
        message=mask(as_text(error.get("message"))),
        intent={key: intent[key] for key in intent if key != "client_secret"},
    )


def _with_method(outcome: SetupOutcome, intent: Mapping[str, Any]) -> SetupOutcome:
    """Return the outcome with the method that is saved, or being verified."""
    if outcome.state not in (base.SETUP_DONE, base.SETUP_WAITING):
        return outcome
    method = as_dict(intent.get("payment_method"))
    kind = as_text(method.get("type"))
    details = as_dict(method.get(kind))
    found = replace(
        outcome,
        method_ref=as_text(method.get("id")),
        method_type=kind,
        mandate_ref=id_of(intent.get("mandate")),
        fingerprint=as_text(details.get("fingerprint")),
        expiry_date=expiry_date(details),
        label=as_text(details.get("brand") or details.get("bank_name")),
        last4=as_text(details.get("last4")),
    )
    return _checked(found, method) if outcome.state == base.SETUP_DONE else found


def _checked(outcome: SetupOutcome, method: Mapping[str, Any]) -> SetupOutcome:
    """Return a done outcome as it is if its method can be charged."""
    if not (outcome.method_ref and outcome.method_type):
        return _doubtful(outcome, "payment_method")
    owner = id_of(method.get("customer"))
    if not owner:
        return replace(outcome, state=base.SETUP_FAILED, reason=METHOD_GONE)
    if owner != outcome.customer_ref:
        return _doubtful(outcome, "payment_method.customer")
    return outcome


def _doubtful(outcome: SetupOutcome, difference: str) -> SetupOutcome:
    return replace(
        outcome,
        state=base.UNKNOWN,
        reason=MISMATCH,
        message=_sentence(difference),
        mismatch=True,
    )


def _log(step: str, error: Exception) -> None:
    # The text of an exception may repeat what was sent: only its class is logged.
    _logger.error("Stripe: %s raised %s", step, type(error).__name__)
