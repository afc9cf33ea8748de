"""Disputes: charges that the customer, or his bank, wants back."""

from __future__ import annotations

from ..memory.errors import invalid
from ..memory.objects import Dispute
from ..money import disputing
from ..rules.endpoint import PAGING, Call, Endpoint
from ..shapes.dispute_shape import render
from .lists import page_of_charge


def retrieve(call: Call, dispute_id: str) -> dict:
    """GET /v1/disputes/{id}"""
    return render(call.book, _existing(call, dispute_id))


def close(call: Call, dispute_id: str) -> dict:
    """POST /v1/disputes/{id}/close: give the money up."""
    dispute = _existing(call, dispute_id)
    step = "close_inquiry" if dispute.inquiry else "lose"
    if dispute.status not in disputing.STEPS[step][0]:
        raise invalid("This dispute is already closed.", executed=True)
    disputing.take(call.sim, call.book, dispute, step)
    return render(call.book, dispute)


def list_(call: Call) -> dict:
    """GET /v1/disputes"""
    return page_of_charge(call, "disputes", _PATH, render)


def _existing(call: Call, dispute_id: str) -> Dispute:
    return call.need("disputes", dispute_id, "id", in_path=True)


_PATH = "/v1/disputes"
_LISTED = PAGING | {"charge", "created", "payment_intent"}
ENDPOINTS = (
    Endpoint("GET", _PATH, list_, "DisputeListParams", "dispute", _LISTED, many=True),
    Endpoint("GET", f"{_PATH}/{{}}", retrieve, "DisputeRetrieveParams", "dispute"),
    Endpoint("POST", f"{_PATH}/{{}}/close", close, "DisputeCloseParams", "dispute"),
)
