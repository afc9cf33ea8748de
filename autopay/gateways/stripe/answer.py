"""One answer of Stripe as plain values, and the few facts of it that are kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .declines import Refusal

# Why there is no answer to read.
NEVER_CONNECTED = "connection_failed"
INTERRUPTED = "connection_interrupted"
UNREADABLE = "unreadable_answer"

_SECRETS = (
    (re.compile(r"\b(sk|rk|pk)_(live|test)_\w+"), r"\1_\2_****"),
    (re.compile(r"\bwhsec_\w+"), "whsec_****"),
    (re.compile(r"_secret_\w+"), "_secret_****"),
    # Card numbers have 13 to 19 digits.
    (re.compile(r"(?<!\w)(?:\d[ -]?){9,15}(\d{4})(?!\w)"), r"****\1"),
)
_TEXT_LENGTH = 500
_ADVICE = ["advice_code", "network_decline_code", "network_advice_code"]
_ERROR = ["type", "code", "param", "message"]
_DECLINE = ["decline_code", *_ADVICE]
_CHARGE_OUTCOME = ["type", "reason", "network_status", *_ADVICE]
_INTENT = ["id", "status", "amount", "amount_received", "currency", "livemode"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one call.

    :param body: the object, empty when the call failed
    :param error: Stripe's ``error`` object, empty when there is none
    :param status: HTTP status, 0 when no answer came
    :param fault: why there is nothing to read, empty when there is
    :param detail: the class of the exception behind the fault
    """

    body: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=dict)
    status: int = 0
    request_id: str = ""
    fault: str = ""
    detail: str = ""

    @property
    def failed_intent(self) -> Mapping[str, Any]:
        """The PaymentIntent inside an error, empty when there is none."""
        return as_dict(self.error.get("payment_intent"))

    def error_of(self, intent: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return this answer's error, else the last one the intent remembers."""
        return self.error or as_dict(intent.get("last_payment_error"))


def answer_of_error(
    body: Any, status: int | None, request_id: str | None, detail: str
) -> Answer:
    """Return an answer other than 200.

    :param body: its parsed JSON, None when it could not be parsed
    :param detail: class of the SDK's exception, kept when the body says nothing
    """
    error = as_dict(as_dict(body).get("error"))
    return Answer(
        error=error,
        status=status or 0,
        request_id=request_id or "",
        fault="" if error else UNREADABLE,
        detail="" if error else detail,
    )


def refusal_of(error: Mapping[str, Any], intent: Mapping[str, Any]) -> Refusal:
    """Return everything an error and the charge behind it say about a refusal."""
    outcome = _charge_outcome(intent)
    advice = {key: as_text(error.get(key) or outcome.get(key)) for key in _ADVICE}
    return Refusal(
        code=as_text(error.get("code")),
        decline_code=as_text(error.get("decline_code")),
        error_type=as_text(error.get("type")),
        param=as_text(error.get("param")),
        outcome_type=as_text(outcome.get("type")),
        outcome_reason=as_text(outcome.get("reason")),
        network_status=as_text(outcome.get("network_status")),
        **advice,
    )


def charge_ref(intent: Mapping[str, Any]) -> str:
    """Return the id of the latest charge, expanded or not."""
    return id_of(intent.get("latest_charge"))


def extract(answer: Answer, intent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of an answer: flat, small, JSON-able and without secrets."""
    error = answer.error_of(intent)
    kept = {
        **_pick(intent, _INTENT),
        "charge": charge_ref(intent),
        **_pick(_charge_outcome(intent), _CHARGE_OUTCOME, "outcome_"),
        **_pick(error, _ERROR, "error_"),
        **_pick(error, _DECLINE),
        "http_status": answer.status,
        "request_id": answer.request_id,
        "fault": answer.fault,
        "detail": answer.detail,
    }
    return {key: value for key, value in kept.items() if value or value is False}


def canonical(params: Any) -> Any:
    """Return parameters in one order: a JSON column does not keep the order of keys."""
    if not isinstance(params, Mapping):
        return params
    return {key: canonical(params[key]) for key in sorted(params)}


def mask(text: str) -> str:
    """Return a text without keys, client secrets and card or account numbers."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text[:_TEXT_LENGTH]


def as_dict(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, empty when the value is none."""
    return value if isinstance(value, Mapping) else {}


def as_text(value: Any) -> str:
    """Return a JSON text, empty when the value is none."""
    return value if isinstance(value, str) else ""


def id_of(value: Any) -> str:
    """Return the id of an object, given whole or by its id, or an empty text."""
    return as_text(value) or as_text(as_dict(value).get("id"))


def _charge_outcome(intent: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_dict(as_dict(intent.get("latest_charge")).get("outcome"))


def _pick(
    source: Mapping[str, Any], keys: list[str], prefix: str = ""
) -> dict[str, Any]:
    picked = {prefix + key: source.get(key) for key in keys}
    return {
        key: mask(value) if isinstance(value, str) else value
        for key, value in picked.items()
        if isinstance(value, str | int)
    }
