"""Customers."""

from __future__ import annotations

from ..endpoint import PAGING, Call, Endpoint, names
from ..errors import missing_object
from ..ids import derived, new_id
from ..metadata import merge
from ..objects import Customer
from ..simulator import Simulator
from ..store import Book
from .differences import differences
from .lists import page
from .method_shape import release

# Kept and given back; Stripe gives them no meaning that matters here.
_FIELDS = ("address", "description", "email", "name", "phone", "shipping")
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_SIMULATED = names(" ".join((*_FIELDS, "metadata")))


def render(book: Book, customer: Customer) -> dict:
    """Return the customer in Stripe's shape."""
    if customer.deleted:
        return {"id": customer.id, "object": "customer", "deleted": True}
    return {
        "id": customer.id,
        "object": "customer",
        **{name: customer.fields.get(name) for name in _FIELDS},
        "balance": 0,
        "created": customer.created,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "discount": None,
        "invoice_prefix": derived("", customer.id)[1:9].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": book.livemode,
        "metadata": customer.metadata,
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
        "test_clock": None,
    }


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
    fields = {name: params[name] or None for name in _FIELDS if name in params}
    if fields.get("address"):
        fields["address"] = {**dict.fromkeys(_ADDRESS), **fields["address"]}
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
