"""Form-encoded bodies with nested keys: ``a[b][c]=``, ``a[]=``, ``a[0]=``."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from ..memory.errors import invalid

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")


def pairs(text: str | bytes) -> list[tuple[str, str]]:
    """Split a body or query string; raise a 400 when it is not form-encoded UTF-8."""
    try:
        if isinstance(text, bytes):
            text = text.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError) as error:
        raise invalid(
            "Invalid request (check that your POST content type is "
            "application/x-www-form-urlencoded and its characters are UTF-8)."
        ) from error


def nest(flat: list[tuple[str, str]]) -> dict:
    """Return the nested form: arrays with empty brackets as lists, the rest as dicts.

    Arrays with numbers (``a[0]``) stay dicts with digits as keys; only the declared
    type can tell them from an object.
    """
    tree: dict = {}
    for key, value in flat:
        match = _KEY.fullmatch(key)
        if not match:
            raise invalid(f"Invalid parameter name: {key}", code="parameter_unknown")
        _insert(tree, [match[1], *_PART.findall(match[2])], value, key)
    return tree


def _insert(tree: dict, path: list[str], value: str, key: str) -> None:
    items = path[-1] == ""
    *parents, last = path[:-1] if items else path
    if "" in parents:
        raise invalid(f"Arrays of objects need numbers: {key}", param=key)
    for part in parents:
        tree = tree.setdefault(part, {})
        if not isinstance(tree, dict):
            raise invalid(f"Conflicting parameters: {key}", param=key)
    wanted = list if items else str
    if not isinstance(tree.get(last, wanted()), wanted):
        raise invalid(f"Conflicting parameters: {key}", param=key)
    tree[last] = [*tree.get(last, ()), value] if items else value
