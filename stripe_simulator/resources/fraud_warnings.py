"""Early fraud warnings: a bank's word that a charge was fraud."""

from __future__ import annotations

from ..endpoint import PAGING, Call, Endpoint
from ..objects import FraudWarning
from ..store import Book
from .lists import page_of_charge

_AS_KEPT = ("actionable", "charge", "created", "fraud_type", "payment_intent")


def render(book: Book, warning: FraudWarning) -> dict:
    """Return the warning in Stripe's shape."""
    return {
        "id": warning.id,
        "object": "radar.early_fraud_warning",
        **{name: getattr(warning, name) for name in _AS_KEPT},
        "livemode": book.livemode,
    }


def retrieve(call: Call, warning_id: str) -> dict:
    """GET /v1/radar/early_fraud_warnings/{id}"""
    return render(
        call.book, call.need("fraud_warnings", warning_id, "id", in_path=True)
    )


def list_(call: Call) -> dict:
    """GET /v1/radar/early_fraud_warnings"""
    return page_of_charge(call, "fraud_warnings", _PATH, render)


_PATH = "/v1/radar/early_fraud_warnings"
_KIND = "radar.early_fraud_warning"
ENDPOINTS = (
    Endpoint(
        "GET",
        _PATH,
        list_,
        "radar.EarlyFraudWarningListParams",
        _KIND,
        PAGING | {"charge", "created", "payment_intent"},
        many=True,
    ),
    Endpoint(
        "GET", f"{_PATH}/{{}}", retrieve, "radar.EarlyFraudWarningRetrieveParams", _KIND
    ),
)
