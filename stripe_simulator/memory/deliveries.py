"""Deliveries of events to webhook endpoints, and what became of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from .objects import Event, WebhookEndpoint
from .store import Book

# The ways in which a due delivery is handled.
SEND, HOLD, DROP = "send", "hold", "drop"
MODES = (SEND, HOLD, DROP)

# States of a delivery.
WAITING, HELD, RETRYING = "waiting", "held", "retrying"
DELIVERED, FAILED, DROPPED = "delivered", "failed", "dropped"
OPEN = (WAITING, HELD, RETRYING)


@dataclass(slots=True, eq=False)
class Delivery:
    """One event on its way to one endpoint.

    ``attempts`` holds, of each try, the virtual time, the HTTP status (``None`` when
    there was no answer), the error and the beginning of the answer.
    """

    id: str
    book: Book
    event: Event
    endpoint: WebhookEndpoint
    state: str = WAITING
    due: int | None = None
    attempts: list[dict] = field(default_factory=list)

    def to_dict(self) -> dict:
        """Return what an admin may know of it."""
        return {
            "id": self.id,
            "event": self.event.id,
            "type": self.event.type,
            "endpoint": self.endpoint.id,
            "url": self.endpoint.url,
            "state": self.state,
            "due": self.due,
            "attempts": self.attempts,
        }


class DeliveryLog:
    """All deliveries, oldest first, and what is done with those that are due."""

    def __init__(self):
        self.mode = SEND
        self._deliveries: dict[str, Delivery] = {}
        self._numbers = itertools.count(1)

    def add(self, book: Book, event: Event, endpoint: WebhookEndpoint) -> Delivery:
        """Return a new delivery."""
        delivery = Delivery(f"dlv_{next(self._numbers)}", book, event, endpoint)
        self._deliveries[delivery.id] = delivery
        event.pending += 1
        return delivery

    def finish(self, delivery: Delivery, state: str) -> None:
        """End the delivery; only ``DELIVERED`` counts as taken by the endpoint."""
        if state == DELIVERED and delivery.state != DELIVERED:
            delivery.event.pending -= 1
        delivery.state, delivery.due = state, None

    def select(self, ids: Iterable[str] | None, states: tuple) -> list[Delivery]:
        """Return the deliveries with these ids (or of the events with these ids), in
        their order; without ``ids`` all that are in one of ``states``."""
        if ids is None:
            return [item for item in self if item.state in states]
        return [delivery for name in ids for delivery in self._named(name)]

    def _named(self, name: str) -> list[Delivery]:
        found = [item for item in self if name in (item.id, item.event.id)]
        if not found:
            raise LookupError(f"There is no delivery {name}.")
        return found

    def __iter__(self):
        return iter(list(self._deliveries.values()))

    def __len__(self) -> int:
        return len(self._deliveries)
