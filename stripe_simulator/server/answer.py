"""An answer before it goes on the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from ..memory.errors import StripeError


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers of an answer.

    ``keep``: it belongs to the idempotency key of the request.
    """

    status: int
    body: bytes
    headers: dict = field(default_factory=dict)
    keep: bool = False
    content_type: str = "application/json"

    def with_headers(self, **headers: str) -> Answer:
        """Return the answer with more headers, ``Like_This`` for ``Like-This``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


def success(result: dict) -> Answer:
    """Return the 200 of an endpoint that did its work."""
    return Answer(200, dump(result), keep=True)


def failure(error: StripeError, request_id: str) -> Answer:
    """Return an error in Stripe's shape."""
    headers = {}
    if error.should_retry is not None:
        headers["Stripe-Should-Retry"] = str(error.should_retry).lower()
    body = dump(error.body(request_id))
    return Answer(error.status, body, headers, keep=error.executed)


def html_502() -> Answer:
    """Return what a proxy in front of Stripe says when it gets no answer."""
    page = b"<html><head><title>502 Bad Gateway</title></head><body>\r\n"
    page += b"<center><h1>502 Bad Gateway</h1></center>\r\n</body></html>\r\n"
    return Answer(502, page, content_type="text/html")


def dump(value: dict) -> bytes:
    """Return compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()
