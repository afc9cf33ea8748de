"""Tells whoever listens that an object has changed its state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .objects import Charge
from .store import Book


@dataclass(frozen=True, slots=True)
class ChargeChanged:
    """A charge came into being (``before`` is ``None``) or changed its status."""

    book: Book
    charge: Charge
    before: str | None
    at: int


class Announcer:
    """Passes each change to every listener, in order of subscription."""

    def __init__(self):
        self._listeners: list[Callable[[ChargeChanged], None]] = []

    def subscribe(self, listener: Callable[[ChargeChanged], None]) -> None:
        """Call ``listener`` with every change from now on."""
        self._listeners.append(listener)

    def announce(self, change: ChargeChanged) -> None:
        """Tell all listeners."""
        for listener in self._listeners:
            listener(change)
