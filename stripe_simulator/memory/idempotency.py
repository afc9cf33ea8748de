"""Idempotency keys, as Stripe documents them.

The first answer of an endpoint that had begun to work is given again for the same key
for 24 hours, whatever it was.  Nothing is kept of a request that was refused before
that, and a second request finds the key in use while the first is being worked on.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from dataclasses import dataclass

from .clock import Clock
from .errors import StripeError, invalid, key_in_use

LIFETIME = 24 * 3600
MAX_LENGTH = 255


@dataclass(slots=True)
class Stored:
    """The facts of a key; ``status`` is ``None`` while the work goes on."""

    fingerprint: bytes
    path: str
    created: int
    request_id: str
    status: int | None = None
    compressed: bytes = b""

    @property
    def body(self) -> bytes:
        """The body as it was sent."""
        return zlib.decompress(self.compressed)


class IdempotencyStore:
    """Keys by account and mode, oldest first."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._stored: OrderedDict[tuple, Stored] = OrderedDict()

    def begin(self, scope: tuple, fingerprint: bytes, path: str, request_id: str):
        """Return what is stored for the key, or ``None`` when the request is the first.

        Raises 409 while the first is being worked on, and ``idempotency_error`` when it
        was another request.
        """
        self._drop_expired()
        key = scope[-1]
        if len(key) > MAX_LENGTH:
            raise invalid(f"Idempotency-Key is longer than {MAX_LENGTH} characters.")
        known = self._stored.get(scope)
        if known is None:
            self._stored[scope] = Stored(
                fingerprint, path, self._clock.now(), request_id
            )
            return None
        if (known.fingerprint, known.path) != (fingerprint, path):
            raise _mismatch(key, known.path != path)
        if known.status is None:
            raise key_in_use(key)
        return known

    def finish(self, scope: tuple, status: int, body: bytes) -> None:
        """Keep the answer, unless everything was forgotten in between."""
        known = self._stored.get(scope)
        if known is None:
            return
        known.status = status
        known.compressed = zlib.compress(body, 1)

    def release(self, scope: tuple) -> None:
        """Forget the key: nothing was done under it."""
        self._stored.pop(scope, None)

    def _drop_expired(self) -> None:
        limit = self._clock.now() - LIFETIME
        while self._stored:
            scope, oldest = next(iter(self._stored.items()))
            if oldest.created > limit or oldest.status is None:
                return
            del self._stored[scope]

    def __len__(self) -> int:
        return len(self._stored)


def _mismatch(key: str, other_path: bool) -> StripeError:
    same = "endpoint" if other_path else "parameters"
    return StripeError(
        400,
        f"Keys for idempotent requests can only be used with the same {same} they were "
        f"first used with. Try using a key other than '{key}' if you meant to execute "
        "a different request.",
        type="idempotency_error",
    )
