"""Events: what happened to objects in the last thirty days."""

from __future__ import annotations

from fnmatch import fnmatchcase

from ..events.events import KEPT_FOR
from ..memory.errors import invalid, missing_object
from ..memory.objects import Event
from ..rules.endpoint import PAGING, Call, Endpoint
from ..shapes.event_shape import render
from .lists import page

MAX_TYPES = 20


def retrieve(call: Call, event_id: str) -> dict:
    """GET /v1/events/{id}"""
    event = call.need("events", event_id, "id", in_path=True)
    if not _is_kept(call, event):
        raise missing_object("event", event_id, "id", in_path=True)
    return render(call.book, event)


def _is_kept(call: Call, event: Event) -> bool:
    return event.created > call.now - KEPT_FOR


def list_(call: Call) -> dict:
    """GET /v1/events"""
    patterns = _patterns(call.params)
    success = call.params.get("delivery_success")

    def keep(event: Event) -> bool:
        return (
            _is_kept(call, event)
            and any(fnmatchcase(event.type, pattern) for pattern in patterns)
            and success in (None, event.pending == 0)
        )

    return page(call, "events", "/v1/events", render, keep=keep)


def _patterns(params: dict) -> list[str]:
    if "type" in params and "types" in params:
        raise invalid("You may only specify one of these parameters: type, types.")
    types = params.get("types") or [params.get("type", "*")]
    if len(types) > MAX_TYPES:
        raise invalid(f"You may list up to {MAX_TYPES} types of event.", "types")
    return types


ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/events",
        list_,
        "EventListParams",
        "event",
        PAGING | {"created", "delivery_success", "type", "types"},
        many=True,
    ),
    Endpoint("GET", "/v1/events/{}", retrieve, "EventRetrieveParams", "event"),
)
