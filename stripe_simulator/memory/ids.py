"""Identifiers that look like Stripe's."""

import random
import string

_LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """Return ``prefix_`` and ``length`` random letters and digits."""
    letters = random.choices(_LETTERS, k=length)  # noqa: S311 - guessing an id is harmless
    return f"{prefix}_{''.join(letters)}"


def derived(prefix: str, object_id: str) -> str:
    """Return the identifier of a companion object, without having to store it."""
    return f"{prefix}_{object_id.partition('_')[2]}"
