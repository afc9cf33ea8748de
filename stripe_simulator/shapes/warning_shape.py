"""The shape of an early fraud warning in the API."""

from __future__ import annotations

from ..memory.objects import FraudWarning
from ..memory.store import Book

_AS_KEPT = ("actionable", "charge", "created", "fraud_type", "payment_intent")


def render(book: Book, warning: FraudWarning) -> dict:
    """Return the warning in Stripe's shape."""
    return {
        "id": warning.id,
        "object": "radar.early_fraud_warning",
        **{name: getattr(warning, name) for name in _AS_KEPT},
        "livemode": book.livemode,
    }
