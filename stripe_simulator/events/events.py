"""Keeps an event of everything that Stripe makes one of."""

from __future__ import annotations

from copy import copy

from ..memory.announcer import EventMade, Happened
from ..memory.ids import new_id
from ..memory.objects import Event
from ..memory.simulator import Simulator

# How long Stripe shows events, in seconds.
KEPT_FOR = 30 * 86_400


class EventLog:
    """Turns each change into an event in the book of its account and mode."""

    def __init__(self, sim: Simulator):
        self._sim = sim
        sim.announcer.subscribe(Happened, self.record)

    def record(self, happened: Happened) -> None:
        """Keep an event with the object as it is now, and tell who sends events."""
        request_id, key = self._sim.cause
        event = Event(
            id=new_id("evt"),
            created=happened.at,
            type=happened.type,
            # The parts of an object are replaced and never changed in place, so that
            # a flat copy stays as it is.
            item=copy(happened.item),
            before=happened.before,
            request_id=request_id,
            idempotency_key=key,
        )
        happened.book.events.add(event)
        self._sim.announcer.announce(EventMade(happened.book, event))
