"""Interprets Stripe's answers. No network and no SDK here.

Stripe's own description of its errors (docs.stripe.com/error-low-level) decides what is
definite: a PaymentIntent that can be read tells the truth, a refusal before execution
moved nothing, and everything else leaves the outcome unknown.
"""

import functools
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .. import base
from ..base import RAISED, ChargeOutcome, ChargeRequest
from .answer import (
    INTERRUPTED,
    NEVER_CONNECTED,
    UNREADABLE,
    Answer,
    as_dict,
    as_text,
    charge_ref,
    extract,
    mask,
    refusal_of,
)
from .decline_codes import AUTHENTICATION, CONFIGURATION, MISSING_PARAMS
from .declines import Classification, classify

_logger = logging.getLogger(__name__)

METADATA_TAG = "autopay_tx"

# Meanings of the status of a PaymentIntent whose amount, currency and mode are right.
# docs.stripe.com/payments/paymentintents/lifecycle
STATUSES = {
    "succeeded": base.SUCCEEDED,
    "processing": base.PENDING,
    "requires_action": base.ACTION_REQUIRED,
    "requires_confirmation": base.PREPARED,
    "requires_payment_method": base.PREPARED,  # unless an error says why: declined
    "canceled": base.CANCELED,
}
STOPS = {
    401: base.STOP_CREDENTIALS,
    403: base.STOP_CREDENTIALS,
    429: base.STOP_RATE_LIMIT,
}
# A status "requires_action" comes without an error of its own.
_ACTION_ERROR = {"code": "payment_intent_action_required"}


Step = Callable[[Any, ChargeRequest], ChargeOutcome]


def never_raises(step: Step) -> Step:
    """Turn every exception into an unknown outcome: money may have moved before it."""

    @functools.wraps(step)
    def call(gateway: Any, request: ChargeRequest) -> ChargeOutcome:
        try:
            outcome = step(gateway, request)
        except Exception as error:  # noqa: BLE001
            _log_exception(step.__name__, error)
            outcome = unknown(Answer(fault=RAISED, detail=type(error).__name__))
        return replace(outcome, object_ref=outcome.object_ref or request.object_ref)

    return call


def outcome_of_intent(
    request: ChargeRequest, livemode: bool, answer: Answer, intent: Mapping[str, Any]
) -> ChargeOutcome:
    """Return what a PaymentIntent says, provided it is the one that was asked for."""
    if not _is_intent(intent):
        return unknown(answer, code=UNREADABLE)
    difference = _difference(request, livemode, intent)
    if difference:
        return _mismatch(answer, intent, difference)
    if intent["status"] == "requires_capture":
        return _reserved(answer, intent)
    if _is_declined(answer, intent):
        return _declined(answer, intent)
    kind = STATUSES.get(intent["status"], base.UNKNOWN)
    if kind == base.ACTION_REQUIRED:
        return replace(_declined(answer, intent), kind=kind)
    code = "unknown_status" if kind == base.UNKNOWN else ""
    return _outcome(kind, answer, intent, code=code)


def refused(kind: str, answer: Answer) -> ChargeOutcome:
    """Return an outcome for a definite refusal that left no PaymentIntent to read."""
    result = classify(refusal_of(answer.error, {}))
    code = result.code or as_text(answer.error.get("type"))
    outcome = _with_decline(_outcome(kind, answer, {}, code=code), result)
    return replace(outcome, stop_reason=_stop_reason(answer) or outcome.stop_reason)


def unknown(answer: Answer, code: str = "", stop_reason: str = "") -> ChargeOutcome:
    """Return an outcome for everything that is not a definite answer."""
    error_code = as_text(answer.error.get("code") or answer.error.get("type"))
    code = code or answer.fault or error_code or "unknown_answer"
    outcome = _outcome(base.UNKNOWN, answer, {}, code=code)
    return replace(outcome, stop_reason=stop_reason or _stop_reason(answer))


def unknown_after_repeat(answer: Answer) -> ChargeOutcome:
    """Return an unknown outcome; a connection that broke twice is taken for down."""
    twice = answer.fault == INTERRUPTED
    return unknown(answer, stop_reason=base.STOP_UNREACHABLE if twice else "")


def absent(answer: Answer) -> ChargeOutcome:
    """Return the outcome for a complete list without the object."""
    return _outcome(base.ABSENT, answer, {})


def only(kinds: tuple[str, ...], outcome: ChargeOutcome) -> ChargeOutcome:
    """Return the outcome if it is one of these kinds, else the same as unknown."""
    if outcome.kind in (*kinds, base.UNKNOWN):
        return outcome
    code = outcome.code or outcome.kind
    return replace(outcome, kind=base.UNKNOWN, decline_class="", code=code)


def is_refusal(answer: Answer, statuses: tuple[int, ...]) -> bool:
    """Say whether Stripe refused the request itself, before doing anything."""
    if not answer.error or answer.error.get("type") == "idempotency_error":
        # A key used again with other parameters: the first request with it did run.
        return False
    return answer.status in statuses


def is_foreign(answer: Answer) -> bool:
    """Say whether the account that answers does not know a PaymentIntent we stored."""
    missing = answer.status == 404 and answer.error.get("code") == "resource_missing"
    return missing and answer.error.get("param") not in MISSING_PARAMS


def is_page(answer: Answer) -> bool:
    """Say whether an answer is a page of a list that can be followed to its end."""
    intents, more = answer.body.get("data"), answer.body.get("has_more")
    listed = isinstance(intents, list) and isinstance(more, bool)
    return listed and not (more and not intents)


def tagged(page: Answer, tags: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the PaymentIntent of a page with these tags, empty when there is none.

    All of them count: another database that charges through the same account may have
    given out the same reference.
    """
    intents = [as_dict(item) for item in page.body["data"]]
    return next((intent for intent in intents if _has_tags(intent, tags)), {})


def _is_intent(intent: Mapping[str, Any]) -> bool:
    return intent.get("object") == "payment_intent" and all(
        isinstance(intent.get(key), str) for key in ("id", "status")
    )


def _has_tags(intent: Mapping[str, Any], tags: Mapping[str, str]) -> bool:
    return tags.items() <= as_dict(intent.get("metadata")).items()


def _tag_of(intent: Mapping[str, Any]) -> str:
    return as_text(as_dict(intent.get("metadata")).get(METADATA_TAG))


def _difference(
    request: ChargeRequest, livemode: bool, intent: Mapping[str, Any]
) -> str:
    pairs = {
        "id": (request.object_ref or intent["id"], intent["id"]),
        "amount": (request.amount_minor, intent.get("amount")),
        "currency": (request.currency, intent.get("currency")),
        "livemode": (livemode, intent.get("livemode")),
        "metadata": (request.metadata_tag, _tag_of(intent)),
    }
    if intent["status"] == "succeeded":
        received = intent.get("amount_received")
        pairs["amount_received"] = (request.amount_minor, received)
    return ", ".join(name for name, (asked, got) in pairs.items() if asked != got)


def _is_declined(answer: Answer, intent: Mapping[str, Any]) -> bool:
    if intent["status"] == "canceled":
        # Stripe cancels an intent that was confirmed too often: this try was declined.
        return bool(answer.error)
    error = answer.error_of(intent)
    return intent["status"] == "requires_payment_method" and bool(error)


def _declined(answer: Answer, intent: Mapping[str, Any]) -> ChargeOutcome:
    error = answer.error_of(intent) or _ACTION_ERROR
    result = classify(refusal_of(error, intent))
    authentication = result.rule.decline_class == AUTHENTICATION
    kind = base.ACTION_REQUIRED if authentication else base.DECLINED
    return _with_decline(_outcome(kind, answer, intent, code=result.code), result)


def _mismatch(
    answer: Answer, intent: Mapping[str, Any], difference: str
) -> ChargeOutcome:
    outcome = _outcome(base.UNKNOWN, answer, intent, code="answer_mismatch")
    wrong_mode = "livemode" in difference
    return replace(
        outcome,
        mismatch=True,
        message=f"The provider's answer differs from the request: {difference}.",
        stop_reason=base.STOP_CREDENTIALS if wrong_mode else "",
    )


def _reserved(answer: Answer, intent: Mapping[str, Any]) -> ChargeOutcome:
    # We always ask for automatic capture. Money held but not taken is neither paid nor
    # declined, and the hold lapses by itself: releasing the invoice could charge twice,
    # booking it could book nothing. A person decides.
    outcome = _outcome(base.UNKNOWN, answer, intent, code="requires_capture")
    return replace(
        outcome,
        mismatch=True,
        decline_class=CONFIGURATION,
        message="The amount is reserved at the provider but not captured.",
    )


def _outcome(
    kind: str, answer: Answer, intent: Mapping[str, Any], code: str = ""
) -> ChargeOutcome:
    error = answer.error_of(intent)
    refusal = refusal_of(error, intent)
    received = intent.get("amount_received") if kind == base.SUCCEEDED else None
    return ChargeOutcome(
        kind=kind,
        object_ref=as_text(intent.get("id")),
        charge_ref=charge_ref(intent),
        amount_minor=received or intent.get("amount"),
        code=code,
        network_code=refusal.network_decline_code,
        advice_code=refusal.advice_code or refusal.network_advice_code,
        message=mask(as_text(error.get("message"))),
        response=extract(answer, intent),
    )


def _with_decline(outcome: ChargeOutcome, result: Classification) -> ChargeOutcome:
    rule = result.rule
    hints = {
        "unrecognised": not result.recognised,
        "staff": rule.staff,
    }
    said = {key: value for key, value in hints.items() if value}
    return replace(
        outcome,
        decline_class=rule.decline_class,
        stop_reason=base.STOP_CREDENTIALS if rule.stops_provider else "",
        retry_limit=rule.retry_limit,
        wait_hours=rule.wait_hours,
        response={**outcome.response, **said},
    )


def _stop_reason(answer: Answer) -> str:
    if answer.fault == NEVER_CONNECTED:
        return base.STOP_UNREACHABLE
    if is_foreign(answer):
        return base.STOP_CREDENTIALS
    # The object is busy, not the account.
    if answer.error.get("code") == "lock_timeout":
        return ""
    return STOPS.get(answer.status, "")


def _log_exception(step: str, error: Exception) -> None:
    # The text of an exception may repeat what was sent: only its class is logged.
    place = "".join(traceback.format_tb(error.__traceback__))
    _logger.error("Stripe: %s raised %s\n%s", step, type(error).__name__, place)
