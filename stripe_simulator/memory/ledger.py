"""Every movement of money, in the order in which it happened; nothing is rewritten."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from .announcer import ChargeChanged, MoneyMoved

# (status before, status now) -> what it means for the money.
KINDS = {
    (None, "succeeded"): "charge",
    (None, "pending"): "submitted",
    ("pending", "succeeded"): "settled",
    ("pending", "failed"): "failed",
}
# The effect of each movement on the totals of its currency, in minor units.
EFFECTS = {
    "charge": {"charged": 1},
    "submitted": {"pending": 1},
    "settled": {"pending": -1, "charged": 1},
    "failed": {"pending": -1, "failed": 1},
    "refund": {"refunded": 1},
    "refund_undone": {"refunded": -1},
    "dispute_withdrawn": {"disputed": 1},
    "dispute_reinstated": {"disputed": -1},
}
RESET = "reset"


class Ledger:
    """Entries as lines of JSON, in memory and, if asked for, in a file."""

    def __init__(self, path: str | None = None):
        self._seq = 0
        self._clear()
        self._file = None
        if path:
            self._load(Path(path))
            self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - kept open

    def _clear(self) -> None:
        self._lines: list[bytes] = []
        self.totals: dict[str, dict[str, int]] = defaultdict(
            lambda: {"charged": 0, "pending": 0, "failed": 0}
        )

    def _load(self, path: Path) -> None:
        if not path.exists():
            return
        for line in path.read_bytes().splitlines():
            self._count(json.loads(line), line)

    def record(self, change: ChargeChanged) -> None:
        """Write down what a change of a charge means; most declines mean nothing."""
        kind = KINDS.get((change.before, change.charge.status))
        if kind and change.charge.captured:
            self._append(self._entry(kind, change))

    def record_movement(self, moved: MoneyMoved) -> None:
        """Write down money that went back after it had been taken."""
        entry = self._entry(moved.kind, moved)
        self._append({**entry, "amount": moved.amount, **moved.refs})

    def _entry(self, kind: str, change: ChargeChanged | MoneyMoved) -> dict:
        charge = change.charge
        return {
            "seq": self._seq + 1,
            "at": change.at,
            "kind": kind,
            "payment_intent": charge.payment_intent,
            "charge": charge.id,
            "customer": charge.customer,
            "payment_method": charge.payment_method,
            "amount": charge.amount,
            "currency": charge.currency,
            "metadata": charge.metadata,
            "livemode": change.book.livemode,
            "account": change.book.account,
            "idempotency_key": charge.idempotency_key,
        }

    def reset(self, at: int) -> None:
        """Start afresh; a file keeps what it holds and gains a line that says so."""
        if self._file:
            self._append({"seq": self._seq + 1, "at": at, "kind": RESET})
        else:
            self._seq = 0
            self._clear()

    def _append(self, entry: dict) -> None:
        line = json.dumps(entry, separators=(",", ":")).encode()
        if self._file:
            self._file.write(line + b"\n")
        self._count(entry, line)

    def _count(self, entry: dict, line: bytes) -> None:
        self._seq = entry["seq"]
        if entry["kind"] == RESET:
            self._clear()
            return
        self._lines.append(line)
        totals = self.totals[entry["currency"]]
        for name, sign in EFFECTS[entry["kind"]].items():
            # Refunds and disputes appear in the totals when there is one.
            totals[name] = totals.get(name, 0) + sign * entry["amount"]

    def to_json(self) -> bytes:
        """Return the entries since the last reset, and the totals by currency."""
        entries = b",".join(self._lines)
        totals = json.dumps(self.totals).encode()
        return b'{"entries":[' + entries + b'],"totals":' + totals + b"}"

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()

    def __len__(self) -> int:
        return len(self._lines)
