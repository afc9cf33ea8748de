"""Answers as faults leave them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from ..memory import errors
from ..memory.faults import Fault
from .answer import Answer, dump, failure, html_502

GARBAGE = b"<html>upstream says: OK</html>"
_ADDED = 100


def instead(fault: Fault, request_id: str, key: str | None) -> Answer | None:
    """Return the answer to a request that the fault keeps from being executed."""
    make = _INSTEAD.get(fault.kind)
    return make(fault, request_id, key) if make else None


def _error(make: Callable[[str | None], errors.StripeError]) -> Callable:
    def build(fault: Fault, request_id: str, key: str | None) -> Answer:
        error = make(key)
        if fault.should_retry is not None:
            error.should_retry = fault.should_retry
        return replace(failure(error, request_id), keep=False)

    return build


_INSTEAD = {
    "html_502_before": lambda fault, request_id, key: html_502(),
    "conflict_409": _error(errors.key_in_use),
    "rate_limit_429": _error(lambda key: errors.rate_limited()),
    "lock_timeout_429": _error(lambda key: errors.lock_timeout("the object")),
    "error_500_before": _error(lambda key: errors.server_error()),
}


def spoil(fault: Fault, answer: Answer) -> Answer:
    """Return the answer to an executed request as the fault lets it arrive."""
    change = _SPOIL.get(fault.kind)
    return change(fault, answer) if change else answer


def _wrong_amount(fault: Fault, answer: Answer) -> Answer:
    def change(body: dict) -> None:
        if "amount" not in body:
            return
        wrong = body["amount"] + _ADDED if fault.amount is None else fault.amount
        body["amount"] = wrong
        if body.get("amount_received"):
            body["amount_received"] = wrong

    return _edited(answer, change)


def _wrong_livemode(fault: Fault, answer: Answer) -> Answer:
    def change(body: dict) -> None:
        if "livemode" in body:
            body["livemode"] = not body["livemode"]

    return _edited(answer, change)


def _edited(answer: Answer, change: Callable[[dict], None]) -> Answer:
    body = json.loads(answer.body)
    change(body)
    return replace(answer, body=dump(body))


_SPOIL = {
    "garbage": lambda fault, answer: replace(answer, status=200, body=GARBAGE),
    "html_502_after": lambda fault, answer: html_502(),
    "wrong_amount": _wrong_amount,
    "wrong_livemode": _wrong_livemode,
}
