"""Which endpoint answers at which address."""

from __future__ import annotations

from urllib.parse import unquote

from ..memory.errors import StripeError
from ..resources import (
    charges,
    checkout_sessions,
    customers,
    disputes,
    events,
    fraud_warnings,
    mandates,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
    webhook_endpoints,
)
from ..rules.endpoint import Endpoint

_MODULES = (
    customers,
    payment_methods,
    payment_intents,
    setup_intents,
    checkout_sessions,
    mandates,
    charges,
    refunds,
    disputes,
    fraud_warnings,
    events,
    webhook_endpoints,
)


def _table() -> dict[tuple, list[tuple[list[str], Endpoint]]]:
    table: dict[tuple, list] = {}
    for module in _MODULES:
        for endpoint in module.ENDPOINTS:
            parts = endpoint.path.strip("/").split("/")
            table.setdefault((endpoint.method, len(parts)), []).append(
                (parts, endpoint)
            )
    return table


_TABLE = _table()


def find(method: str, path: str) -> tuple[Endpoint, list[str]]:
    """Return the endpoint and the ids in the path; raise Stripe's 404."""
    given = path.strip("/").split("/")
    for parts, endpoint in _TABLE.get((method, len(given)), ()):
        if all(part in ("{}", own) for part, own in zip(parts, given, strict=True)):
            ids = [own for part, own in zip(parts, given, strict=True) if part == "{}"]
            return endpoint, [unquote(object_id) for object_id in ids]
    raise StripeError(
        404,
        f"Unrecognized request URL ({method}: {path}). Please see "
        "https://stripe.com/docs.",
    )
