"""The latest API requests, without secrets."""

from __future__ import annotations

from collections import deque

LENGTH = 20_000
REMOVED = "[removed]"
_SECRET_KEYS = frozenset(
    ("number", "cvc", "account_number", "iban", "client_secret", "token")
)


class RequestLog:
    """The last requests, oldest first; the count goes on."""

    def __init__(self):
        self._entries: deque[dict] = deque(maxlen=LENGTH)
        self.total = 0

    def add(self, entry: dict) -> None:
        """Keep an entry; its body must have been through ``without_secrets``."""
        self._entries.append(entry)
        self.total += 1

    def latest(self, limit: int | None = None) -> list[dict]:
        """Return the last ``limit`` entries, oldest of them first."""
        entries = list(self._entries)
        return entries if limit is None else entries[-limit:] if limit else []

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.total = 0

    def __len__(self) -> int:
        return len(self._entries)


def without_secrets(body: dict) -> dict:
    """Return a copy of nested parameters with numbers and secrets taken out."""
    return {
        key: REMOVED if key in _SECRET_KEYS else _clean(value)
        for key, value in body.items()
    }


def _clean(value: object) -> object:
    return without_secrets(value) if isinstance(value, dict) else value
