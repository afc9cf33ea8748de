"""Tells whoever listens what has happened to objects and to money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from .objects import Charge, Event
from .store import Book


@dataclass(frozen=True, slots=True)
class ChargeChanged:
    """A charge came into being (``before`` is ``None``) or changed its status."""

    book: Book
    charge: Charge
    before: str | None
    at: int


@dataclass(frozen=True, slots=True)
class MoneyMoved:
    """``amount`` of a charge went back to the customer, or came back from him.

    ``refs`` names the refund or the dispute: ``{"refund": "re_..."}``.
    """

    book: Book
    charge: Charge
    kind: str
    amount: int
    refs: dict[str, str]
    at: int


@dataclass(frozen=True, slots=True)
class Happened:
    """Something of which Stripe makes an event of this ``type``.

    ``before`` holds the attributes that changed, as they were.
    """

    book: Book
    type: str
    item: object
    before: dict | None
    at: int


@dataclass(frozen=True, slots=True)
class EventMade:
    """An event can be read, and sent to whoever wants events of its type."""

    book: Book
    event: Event


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Everything that was known is forgotten, and what was under way with it."""


class Announcer:
    """Passes each change to those who listen to its kind, in order of subscription."""

    def __init__(self):
        self._listeners: dict[type, list[Callable]] = defaultdict(list)

    def subscribe(self, kind: type, listener: Callable) -> None:
        """Call ``listener`` with every change of this kind from now on."""
        self._listeners[kind].append(listener)

    def announce(self, change: object) -> None:
        """Tell all who listen."""
        for listener in self._listeners[type(change)]:
            listener(change)
