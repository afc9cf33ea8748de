"""Pages of objects, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..memory.errors import invalid
from ..memory.store import position
from ..rules.endpoint import DEFAULT_LIMIT, Call

MAX_LIMIT = 100
_COMPARE = {
    "gt": lambda created, bound: created > bound,
    "gte": lambda created, bound: created >= bound,
    "lt": lambda created, bound: created < bound,
    "lte": lambda created, bound: created <= bound,
}


def page(
    call: Call,
    kind: str,
    url: str,
    render: Callable,
    *,
    group: str | None = None,
    keep: Callable = lambda item: True,
) -> dict:
    """Return one page of the objects of ``kind`` in Stripe's list shape.

    ``group`` narrows the search to the objects of a customer or intent, ``keep`` to
    those that fulfil it besides the ``created`` filter of the request.
    """
    limit = _limit(call.params)
    items = getattr(call.book, kind).within(group)
    backwards = "ending_before" in call.params
    found = []
    for item in _candidates(call, kind, items):
        if _created_fits(item, call.params.get("created")) and keep(item):
            found.append(item)
        if len(found) > limit:
            break
    chosen = found[:limit]
    if backwards:
        chosen.reverse()
    return {
        "object": "list",
        "data": [render(call.book, item) for item in chosen],
        "has_more": len(found) > limit,
        "url": url,
    }


def page_of_charge(call: Call, kind: str, url: str, render: Callable) -> dict:
    """Return one page of what became of charges, by charge or payment intent."""
    intent = call.params.get("payment_intent")

    def keep(item: object) -> bool:
        return intent in (None, item.payment_intent)

    group = call.params.get("charge")
    return page(call, kind, url, render, group=group, keep=keep)


def _limit(params: dict) -> int:
    limit = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= MAX_LIMIT:
        raise invalid(
            f"This value must be between 1 and {MAX_LIMIT}.",
            "limit",
            "parameter_invalid_integer",
        )
    return limit


def _candidates(call: Call, kind: str, items: list) -> Iterable:
    """Yield objects in the order in which the page is filled."""
    if "ending_before" in call.params:
        start = call.need(kind, call.params["ending_before"], "ending_before")
        index = position(items, start)
        beyond = index + (index < len(items) and items[index] is start)
        return iter(items[beyond:])
    if "starting_after" in call.params:
        start = call.need(kind, call.params["starting_after"], "starting_after")
        return reversed(items[: position(items, start)])
    return reversed(items)


def _created_fits(item, created: dict | int | None) -> bool:
    if created is None:
        return True
    if isinstance(created, int):
        return item.created == created
    return all(_COMPARE[name](item.created, bound) for name, bound in created.items())
