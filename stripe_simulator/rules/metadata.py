"""Stripe's rules for metadata."""

from __future__ import annotations

from ..memory.errors import invalid

MAX_KEYS, MAX_KEY, MAX_VALUE = 50, 40, 500


def merge(current: dict, change: dict | str | None) -> dict:
    """Return metadata after ``change``: an empty value unsets a key, an empty string
    all of them.  Raises a 400 beyond Stripe's limits."""
    if change is None:
        return current
    if change == "":
        return {}
    for key, value in change.items():
        _check(key, value)
    merged = {k: v for k, v in {**current, **change}.items() if v != ""}
    if len(merged) > MAX_KEYS:
        raise invalid(
            f"Metadata can have up to {MAX_KEYS} keys, you supplied {len(merged)}.",
            "metadata",
        )
    return merged


def _check(key: str, value: str) -> None:
    if len(key) > MAX_KEY:
        raise invalid(
            f"Metadata keys can have up to {MAX_KEY} characters, you supplied one with "
            f"{len(key)}.",
            "metadata",
        )
    if len(value) > MAX_VALUE:
        raise invalid(
            f"Metadata values can have up to {MAX_VALUE} characters, you supplied one "
            f"with {len(value)}.",
            f"metadata[{key}]",
        )
