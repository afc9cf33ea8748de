"""Everything one running simulator remembers."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager

from .announcer import Announcer, ChargeChanged, Forgotten, Happened, MoneyMoved
from .clock import Clock
from .deliveries import DeliveryLog
from .errors import lock_timeout
from .faults import FaultList
from .idempotency import IdempotencyStore
from .ledger import Ledger
from .objects import Charge
from .request_log import RequestLog
from .store import Book, Store

_REST = (
    *("refunds", "disputes", "fraud_warnings", "setup_intents", "mandates"),
    *("checkout_sessions", "webhook_endpoints"),
)


class Simulator:
    """The state behind the HTTP addresses."""

    def __init__(self, ledger_path: str | None = None):
        self.ledger = Ledger(ledger_path)
        self.announcer = Announcer()
        self.announcer.subscribe(ChargeChanged, self.ledger.record)
        self.announcer.subscribe(MoneyMoved, self.ledger.record_movement)
        self._start()

    def _start(self) -> None:
        self.clock = Clock()
        self.store = Store()
        self.idempotency = IdempotencyStore(self.clock)
        self.faults = FaultList()
        self.log = RequestLog()
        self.deliveries = DeliveryLog()
        self.latency = 0.0
        # The deeds of the next visitors of the hosted pages, one for each page.
        self.deeds: deque[str] = deque()
        self._locked: set[str] = set()
        # Id and idempotency key of the request that is being executed.
        self.cause: tuple[str | None, str | None] = (None, None)

    @contextmanager
    def caused_by(self, request_id: str, idempotency_key: str | None):
        """Say to which request everything that happens now is due."""
        self.cause = (request_id, idempotency_key)
        try:
            yield
        finally:
            self.cause = (None, None)

    def reset(self) -> None:
        """Forget everything; a ledger file keeps its lines."""
        self.ledger.reset(self.clock.now())
        self._start()
        self.announcer.announce(Forgotten())

    def find(self, kind: str, object_id: str | None) -> tuple:
        """Return the book and the object, whatever its account; raise ``LookupError``
        with a sentence when there is none."""
        found = self.store.find(kind, object_id)
        if found is None:
            raise LookupError(f"There is no {kind[:-1]} {object_id}.")
        return found

    def tell(
        self, book: Book, type: str, item: object, before: dict | None = None
    ) -> None:
        """Announce what Stripe makes an event of; ``before`` holds the attributes that
        changed, as they were."""
        self.announcer.announce(Happened(book, type, item, before, self.clock.now()))

    def move(
        self, book: Book, charge: Charge, kind: str, amount: int, **refs: str
    ) -> None:
        """Announce that ``amount`` (minor units) of a charge moved back or forth."""
        moved = MoneyMoved(book, charge, kind, amount, refs, self.clock.now())
        self.announcer.announce(moved)

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
                    **_counts_of_rest(book),
                }
                for book in self.store
            },
            "idempotency_keys": len(self.idempotency),
            "timers": len(self.clock),
            "faults": len(self.faults),
            "requests": self.log.total,
            "ledger_entries": len(self.ledger),
            "latency": self.latency,
            "events": sum(len(book.events) for book in self.store),
            "deliveries": len(self.deliveries),
        }


def _counts_of_rest(book: Book) -> dict:
    """Return the sizes of the collections that hold something."""
    sizes = {name: len(getattr(book, name)) for name in _REST}
    return {name: size for name, size in sizes.items() if size}
