"""Puts whole objects where the request asks for them with ``expand[]``."""

from __future__ import annotations

from .endpoint import Call
from .errors import invalid
from .resources import charges, customers, payment_intents, payment_methods

MAX_DEPTH = 4
_RENDER = {
    "charges": charges.render,
    "customers": customers.render,
    "payment_intents": payment_intents.render,
    "payment_methods": payment_methods.render,
}
# Object -> attribute that can be expanded -> the kind of object it names.
_EXPANDABLE = {
    "payment_intent": {
        "customer": "customers",
        "latest_charge": "charges",
        "payment_method": "payment_methods",
    },
    "charge": {"customer": "customers", "payment_intent": "payment_intents"},
    "payment_method": {"customer": "customers"},
}


def expand(call: Call, result: dict) -> dict:
    """Return ``result`` with the objects that the request wants; raise a 400 for what
    cannot be expanded."""
    for path in call.params.get("expand", ()):
        parts = path.split(".")
        if len(parts) > MAX_DEPTH:
            raise invalid("You cannot expand more than 4 levels of a property.")
        _expand(call, result, parts, path)
    return result


def _expand(call: Call, holder: dict, parts: list[str], path: str) -> None:
    if holder.get("object") == "list" and parts[0] == "data":
        for item in holder["data"]:
            _expand(call, item, parts[1:], path)
        return
    name = parts[0] if parts else ""
    kind = _EXPANDABLE.get(holder.get("object"), {}).get(name)
    if kind is None:
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    if isinstance(holder[name], str):
        item = getattr(call.book, kind).get(holder[name])
        holder[name] = _RENDER[kind](call.book, item)
    if parts[1:] and holder[name]:
        _expand(call, holder[name], parts[1:], path)
