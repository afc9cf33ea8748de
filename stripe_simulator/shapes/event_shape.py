"""The shape of an event in the API."""

from __future__ import annotations

from ..memory.objects import Event
from ..memory.store import Book
from ..rules.versions import ApiVersion
from . import shapes


def render(book: Book, event: Event, version: str | None = None) -> dict:
    """Return the event in Stripe's shape; ``version`` is that of the receiver."""
    shown = ApiVersion(version)
    data = {"object": shapes.render_for(book, event.item, shown)}
    if event.before is not None:
        data["previous_attributes"] = event.before
    return {
        "id": event.id,
        "object": "event",
        "api_version": shown.name,
        "created": event.created,
        "data": data,
        "livemode": book.livemode,
        "pending_webhooks": event.pending,
        "request": {"id": event.request_id, "idempotency_key": event.idempotency_key},
        "type": event.type,
    }
