"""Customers."""

from __future__ import annotations

from ..memory.errors import missing_object
from ..memory.ids import new_id
from ..memory.objects import Customer
from ..memory.simulator import Simulator
from ..memory.store import Book
from ..rules.endpoint import PAGING, Call, Endpoint, names
from ..rules.metadata import merge
from ..shapes.customer_shape import FIELDS, render
from ..shapes.method_shape import ADDRESS, release
from .differences import differences
from .lists import page

_SIMULATED = names(" ".join((*FIELDS, "metadata")))


def existing(call: Call, customer_id: str, param: str = "customer") -> Customer:
    """Return the customer that a parameter names, unless it was deleted."""
    customer = call.need("customers", customer_id, param)
    if customer.deleted:
        raise missing_object("customer", customer_id, param, in_path=False)
    return customer


def create(call: Call) -> dict:
    """POST /v1/customers"""
    customer = Customer(
        id=new_id("cus", 14),
        created=call.now,
        fields=_fields(call.params),
        metadata=merge({}, call.params.get("metadata")),
    )
    call.book.customers.add(customer)
    call.sim.tell(call.book, "customer.created", customer)
    return render(call.book, customer)


def _fields(params: dict) -> dict:
    fields = {name: params[name] or None for name in FIELDS if name in params}
    if fields.get("address"):
        fields["address"] = {**dict.fromkeys(ADDRESS), **fields["address"]}
    return fields


def retrieve(call: Call, customer_id: str) -> dict:
    """GET /v1/customers/{id}"""
    return render(call.book, call.need("customers", customer_id, "id", in_path=True))


def update(call: Call, customer_id: str) -> dict:
    """POST /v1/customers/{id}"""
    customer = _live(call, customer_id)
    before = render(call.book, customer)
    customer.metadata = merge(customer.metadata, call.params.get("metadata"))
    customer.fields = {**customer.fields, **_fields(call.params)}
    after = render(call.book, customer)
    call.sim.tell(call.book, "customer.updated", customer, differences(before, after))
    return after


def delete(call: Call, customer_id: str) -> dict:
    """DELETE /v1/customers/{id}: its payment methods can never be charged again."""
    return remove(call.sim, call.book, _live(call, customer_id))


def remove(sim: Simulator, book: Book, customer: Customer) -> dict:
    """Delete the customer and let his payment methods go."""
    sim.tell(book, "customer.deleted", customer)
    for method in list(book.payment_methods.within(customer.id)):
        release(sim, book, method)
    customer.deleted = True
    return render(book, customer)


def _live(call: Call, customer_id: str) -> Customer:
    customer = call.need("customers", customer_id, "id", in_path=True)
    if customer.deleted:
        raise missing_object("customer", customer_id, "id", in_path=True)
    return customer


def list_(call: Call) -> dict:
    """GET /v1/customers"""
    email = call.params.get("email")

    def keep(customer: Customer) -> bool:
        return not customer.deleted and email in (None, customer.fields.get("email"))

    return page(call, "customers", "/v1/customers", render, keep=keep)


ENDPOINTS = (
    Endpoint(
        "POST", "/v1/customers", create, "CustomerCreateParams", "customer", _SIMULATED
    ),
    Endpoint(
        "GET",
        "/v1/customers",
        list_,
        "CustomerListParams",
        "customer",
        PAGING | {"created", "email"},
        many=True,
    ),
    Endpoint("GET", "/v1/customers/{}", retrieve, "CustomerRetrieveParams", "customer"),
    Endpoint(
        "POST",
        "/v1/customers/{}",
        update,
        "CustomerUpdateParams",
        "customer",
        _SIMULATED,
    ),
    Endpoint("DELETE", "/v1/customers/{}", delete, "CustomerDeleteParams", "customer"),
)
