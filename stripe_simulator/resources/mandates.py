"""Mandates: the customer's leave to debit his bank account."""

from __future__ import annotations

from ..rules.endpoint import Call, Endpoint
from ..shapes.mandate_shape import render


def retrieve(call: Call, mandate_id: str) -> dict:
    """GET /v1/mandates/{id}"""
    return render(call.book, call.need("mandates", mandate_id, "id", in_path=True))


ENDPOINTS = (
    Endpoint("GET", "/v1/mandates/{}", retrieve, "MandateRetrieveParams", "mandate"),
)
