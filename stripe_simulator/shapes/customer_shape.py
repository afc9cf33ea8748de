"""The shape of a customer in the API."""

from __future__ import annotations

from ..memory.ids import derived
from ..memory.objects import Customer
from ..memory.store import Book

# Kept and given back; Stripe gives them no meaning that matters here.
FIELDS = ("address", "description", "email", "name", "phone", "shipping")


def render(book: Book, customer: Customer) -> dict:
    """Return the customer in Stripe's shape."""
    if customer.deleted:
        return {"id": customer.id, "object": "customer", "deleted": True}
    return {
        "id": customer.id,
        "object": "customer",
        **{name: customer.fields.get(name) for name in FIELDS},
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
