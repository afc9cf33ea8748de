"""A clock that runs with real time and can be moved forward."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable


class Clock:
    """Virtual time in whole seconds since 1970, and actions that fall due in it.

    Actions run when somebody looks: at the start of each request, and when the clock is
    moved.  State is only ever seen through requests, so nobody can tell the difference.
    """

    def __init__(self):
        self._offset = 0.0
        self._pinned: int | None = None
        # When the action that is hurried would have run; the clock does not show it.
        self._ahead: int | None = None
        self._timers: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def now(self) -> int:
        """Return the virtual time; inside an action, the time at which it was due."""
        if self._pinned is not None:
            return self._pinned
        return int(time.time() + self._offset)

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Run ``action`` once ``seconds`` of virtual time have passed."""
        start = self.now() if self._ahead is None else self._ahead
        due = start + int(seconds)
        heapq.heappush(self._timers, (due, next(self._order), action))

    def advance(self, seconds: float) -> None:
        """Move the clock forward and run what falls due, in order."""
        self._offset += seconds
        self.run_due()

    def hurry(self, seconds: float) -> None:
        """Run now what falls due within so many seconds, in order; the clock stays.

        What an action begins is hurried with it, as if it had run when it was due.
        """
        limit = self.now() + int(seconds)
        while self._timers and self._timers[0][0] <= limit:
            self._ahead, _order, action = heapq.heappop(self._timers)
            try:
                action()
            finally:
                self._ahead = None

    def run_due(self) -> None:
        """Run every action whose time has come."""
        now = self.now()
        while self._timers and self._timers[0][0] <= now:
            due, _order, action = heapq.heappop(self._timers)
            self._pinned = due
            try:
                action()
            finally:
                self._pinned = None

    def __len__(self) -> int:
        return len(self._timers)
