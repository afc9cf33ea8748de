"""The fields that an update has changed."""

from __future__ import annotations


def differences(before: dict, after: dict) -> dict:
    """Return the attributes of ``before`` that ``after`` has not or has otherwise, as
    the ``previous_attributes`` of an event show them."""
    changed = {}
    for name, old in before.items():
        new = after.get(name)
        if old == new:
            continue
        both = isinstance(old, dict) and isinstance(new, dict)
        changed[name] = differences(old, new) if both else old
    return changed
