"""Charges: the attempts to take the money of an intent."""

from __future__ import annotations

from collections.abc import Callable

from ..memory.objects import Charge
from ..memory.store import Book
from ..rules.endpoint import PAGING, Call, Endpoint
from ..shapes.charge_shape import render, render_with_refunds
from .lists import page


def retrieve(call: Call, charge_id: str) -> dict:
    """GET /v1/charges/{id}"""
    charge = call.need("charges", charge_id, "id", in_path=True)
    return _renderer(call)(call.book, charge)


def _renderer(call: Call) -> Callable[[Book, Charge], dict]:
    return render_with_refunds if call.version.lists_charges else render


def list_(call: Call) -> dict:
    """GET /v1/charges"""
    customer = call.params.get("customer")

    def keep(charge: Charge) -> bool:
        return customer in (None, charge.customer)

    return page(
        call,
        "charges",
        "/v1/charges",
        _renderer(call),
        group=call.params.get("payment_intent"),
        keep=keep,
    )


ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/charges",
        list_,
        "ChargeListParams",
        "charge",
        PAGING | {"created", "customer", "payment_intent"},
        many=True,
    ),
    Endpoint("GET", "/v1/charges/{}", retrieve, "ChargeRetrieveParams", "charge"),
)
