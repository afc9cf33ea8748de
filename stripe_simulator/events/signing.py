"""Signs what is sent to a webhook endpoint."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from ..memory.objects import Event, WebhookEndpoint
from ..memory.store import Book
from ..shapes.event_shape import render

HEADERS = {
    "Accept": "*/*; q=0.5, application/xml",
    "Cache-Control": "no-cache",
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
}


def signed_request(
    book: Book,
    event: Event,
    endpoint: WebhookEndpoint,
    now: int,
    at: int | None = None,
) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a delivery.

    ``now`` (virtual time) decides which secrets are in use.  The signature is dated
    ``at``, real time by default: the receiver compares it with the clock on his wall.
    """
    shown = render(book, event, endpoint.api_version)
    body = json.dumps(shown, indent=2).encode()
    moment = int(time.time()) if at is None else at
    secrets = [s for s, ends in endpoint.secrets if ends is None or now < ends]
    return body, {**HEADERS, "Stripe-Signature": _signature(body, secrets, moment)}


def _signature(body: bytes, secrets: list[str], moment: int) -> str:
    signed = b"%d.%s" % (moment, body)
    values = [
        f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
        for secret in secrets
    ]
    # Test events also carry a signature of a scheme that nobody must trust.
    fake = f"v0={hashlib.sha256(signed).hexdigest()}"
    return ",".join([f"t={moment}", *values, fake])
