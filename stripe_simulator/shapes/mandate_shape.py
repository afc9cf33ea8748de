"""The shape of a mandate in the API."""

from __future__ import annotations

from ..memory.ids import derived
from ..memory.objects import Mandate
from ..memory.store import Book

_ABSENT_ACCEPTANCE = dict.fromkeys(("offline", "online"))


def render(book: Book, mandate: Mandate) -> dict:
    """Return the mandate in Stripe's shape."""
    kind = "single_use" if mandate.single else "multi_use"
    return {
        "id": mandate.id,
        "object": "mandate",
        "customer_acceptance": {**_ABSENT_ACCEPTANCE, **mandate.acceptance},
        "livemode": book.livemode,
        kind: mandate.single or {},
        "on_behalf_of": None,
        "payment_method": mandate.payment_method,
        "payment_method_details": _method_details(mandate),
        "status": mandate.status,
        "type": kind,
    }


def _method_details(mandate: Mandate) -> dict:
    details = {}
    if mandate.method_type == "sepa_debit":
        reference = derived("", mandate.id)[1:17].upper()
        url = f"https://hooks.stripe.com/adapter/sepa_debit/file/{reference}"
        details = {"reference": reference, "url": url}
    return {mandate.method_type: details, "type": mandate.method_type}
