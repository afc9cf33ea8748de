"""The objects of every account, live and test kept apart."""

from __future__ import annotations

import itertools
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Generic, TypeVar

T = TypeVar("T")

_order = itertools.count(1)
_by_seq = attrgetter("seq")


class Collection(Generic[T]):
    """Objects of one kind, in order of creation, and grouped by one attribute."""

    def __init__(self, group: str | None = None):
        self._by_id: dict[str, T] = {}
        self._all: list[T] = []
        self._groups: dict[str, list[T]] = defaultdict(list)
        self._group = attrgetter(group) if group else None

    def add(self, item: T) -> T:
        """Keep a new object."""
        item.seq = next(_order)
        self._by_id[item.id] = item
        self._all.append(item)
        self.join_group(item)
        return item

    def join_group(self, item: T) -> None:
        """Put the object where its group is now; it must be in none."""
        key = self._group(item) if self._group else None
        if key is not None:
            insort(self._groups[key], item, key=_by_seq)

    def leave_group(self, item: T) -> None:
        """Take the object out of its group, before the group changes."""
        key = self._group(item) if self._group else None
        if key is not None:
            self._groups[key].remove(item)

    def remove(self, item: T) -> None:
        """Forget the object."""
        self.leave_group(item)
        del self._by_id[item.id]
        self._all.remove(item)

    def get(self, object_id: str) -> T | None:
        """Return the object, or ``None``."""
        return self._by_id.get(object_id)

    def within(self, group: str | None = None) -> list[T]:
        """Return all objects, or those of a group, oldest first; not to be changed."""
        return self._all if group is None else self._groups.get(group, [])

    def __iter__(self) -> Iterator[T]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def position(items: list[T], item: T) -> int:
    """Return where ``item`` is, or would be, in a list ordered by creation."""
    return bisect_left(items, item.seq, key=_by_seq)


@dataclass(eq=False)
class Book:
    """Everything of one account in one mode."""

    account: str
    livemode: bool
    customers: Collection = field(default_factory=Collection)
    payment_methods: Collection = field(default_factory=lambda: Collection("customer"))
    payment_intents: Collection = field(default_factory=lambda: Collection("customer"))
    charges: Collection = field(default_factory=lambda: Collection("payment_intent"))
    refunds: Collection = field(default_factory=lambda: Collection("charge"))
    disputes: Collection = field(default_factory=lambda: Collection("charge"))
    fraud_warnings: Collection = field(default_factory=lambda: Collection("charge"))
    setup_intents: Collection = field(default_factory=lambda: Collection("customer"))
    checkout_sessions: Collection = field(
        default_factory=lambda: Collection("customer")
    )
    mandates: Collection = field(default_factory=lambda: Collection("payment_method"))
    events: Collection = field(default_factory=Collection)
    webhook_endpoints: Collection = field(default_factory=Collection)

    @property
    def mode(self) -> str:
        """``live`` or ``test``."""
        return "live" if self.livemode else "test"


class Store:
    """The books of all accounts."""

    def __init__(self):
        self._books: dict[tuple[str, bool], Book] = {}

    def book(self, account: str, livemode: bool) -> Book:
        """Return the book of an account and mode, empty at first."""
        key = (account, livemode)
        if key not in self._books:
            self._books[key] = Book(account, livemode)
        return self._books[key]

    def __iter__(self) -> Iterator[Book]:
        return iter(list(self._books.values()))

    def find(self, kind: str, object_id: str):
        """Return the book and the object, whatever its account; ``None`` if absent."""
        for book in self:
            item = getattr(book, kind).get(object_id)
            if item is not None:
                return book, item
        return None
