"""Early fraud warnings: a bank's word that a charge was fraud."""

from __future__ import annotations

from ..rules.endpoint import PAGING, Call, Endpoint
from ..shapes.warning_shape import render
from .lists import page_of_charge


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
