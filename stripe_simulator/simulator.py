"""Everything one running simulator remembers."""

from __future__ import annotations

from contextlib import contextmanager

from .announcer import Announcer
from .clock import Clock
from .errors import lock_timeout
from .faults import FaultList
from .idempotency import IdempotencyStore
from .ledger import Ledger
from .request_log import RequestLog
from .store import Store


class Simulator:
    """The state behind the HTTP addresses."""

    def __init__(self, ledger_path: str | None = None):
        self.ledger = Ledger(ledger_path)
        self.announcer = Announcer()
        self.announcer.subscribe(self.ledger.record)
        self._start()

    def _start(self) -> None:
        self.clock = Clock()
        self.store = Store()
        self.idempotency = IdempotencyStore(self.clock)
        self.faults = FaultList()
        self.log = RequestLog()
        self.latency = 0.0
        self._locked: set[str] = set()

    def reset(self) -> None:
        """Forget everything; a ledger file keeps its lines."""
        self.ledger.reset(self.clock.now())
        self._start()

    @contextmanager
    def lock(self, object_id: str | None):
        """Hold an object against other requests; raise 429 when it is held."""
        if object_id is None:
            yield
            return
        if object_id in self._locked:
            raise lock_timeout(object_id)
        locked = self._locked
        locked.add(object_id)
        try:
            yield
        finally:
            locked.discard(object_id)

    def counts(self) -> dict:
        """Return how many of everything there are."""
        return {
            "objects": {
                f"{book.account}/{book.mode}": {
                    "customers": len(book.customers),
                    "payment_methods": len(book.payment_methods),
                    "payment_intents": len(book.payment_intents),
                    "charges": len(book.charges),
                }
                for book in self.store
            },
            "idempotency_keys": len(self.idempotency),
            "timers": len(self.clock),
            "faults": len(self.faults),
            "requests": self.log.total,
            "ledger_entries": len(self.ledger),
            "latency": self.latency,
        }
