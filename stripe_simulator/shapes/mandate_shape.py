"""The shape of a mandate in the API."""

from __future__ import annotations

from ..memory.ids import derived
from ..memory.objects import Mandate
from ..memory.store import Book

_BACS = {
    "display_name": None,
    "network_status": "accepted",
    "revocation_reason": None,
    "service_user_number": None,
}
# Type of method -> what its mandate shows.
_SHOWN = {
    "sepa_debit": ("reference", "url"),
    "bacs_debit": ("reference", "url", *_BACS),
    "au_becs_debit": ("url",),
}
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
    kind = mandate.method_type
    reference = derived("", mandate.id)[1:17].upper()
    url = f"https://hooks.stripe.com/adapter/{kind}/file/{reference}"
    facts = {"reference": reference, "url": url, **_BACS}
    shown = _SHOWN.get(kind, ())
    return {kind: {name: facts[name] for name in shown}, "type": kind}
