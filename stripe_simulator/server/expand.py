"""Puts whole objects where the request asks for them with ``expand[]``."""

from __future__ import annotations

from ..memory.errors import invalid
from ..rules.endpoint import Call
from ..shapes import (
    charge_shape,
    customer_shape,
    intent_shape,
    mandate_shape,
    method_shape,
    setup_shape,
)

MAX_DEPTH = 4
_RENDER = {
    "charge": charge_shape.render,
    "customer": customer_shape.render,
    "mandate": mandate_shape.render,
    "payment_intent": intent_shape.render,
    "payment_method": method_shape.render,
    "setup_intent": setup_shape.render,
}
_CHARGE = {"charge": "charge", "payment_intent": "payment_intent"}
# Object -> attribute that can be expanded -> the kind of object it names.
_EXPANDABLE = {
    "payment_intent": {
        "customer": "customer",
        "latest_charge": "charge",
        "payment_method": "payment_method",
    },
    "charge": {
        "customer": "customer",
        "payment_intent": "payment_intent",
        "refunds": "list",
    },
    "list": {},
    "payment_method": {"customer": "customer"},
    "customer": {},
    "refund": {**_CHARGE, "payment_method": "payment_method"},
    "dispute": _CHARGE,
    "radar.early_fraud_warning": _CHARGE,
    "mandate": {"payment_method": "payment_method"},
    "setup_intent": {
        "customer": "customer",
        "mandate": "mandate",
        "payment_method": "payment_method",
    },
    "checkout.session": {"customer": "customer", "setup_intent": "setup_intent"},
    "event": {},
    "webhook_endpoint": {},
}


def check(paths: list[str], returned: str, many: bool) -> None:
    """Raise a 400 for what cannot be expanded, before anything is done."""
    for path in paths:
        parts = path.split(".")
        if many and parts.pop(0) != "data":
            raise _refused(path)
        if not 0 < len(parts) <= MAX_DEPTH:
            raise invalid("You cannot expand more than 4 levels of a property.")
        kind = returned
        for name in parts:
            if name not in _EXPANDABLE[kind]:
                raise _refused(path)
            kind = _EXPANDABLE[kind][name]


def _refused(path: str):
    return invalid(f"This property cannot be expanded ({path}).", "expand")


def expand(call: Call, result: dict) -> dict:
    """Return ``result`` with the objects that the request wants."""
    for path in call.params.get("expand", ()):
        parts = path.removeprefix("data.").split(".")
        for item in result["data"] if result.get("object") == "list" else [result]:
            _fill(call, item, parts)
    return result


def _fill(call: Call, holder: dict, parts: list[str]) -> None:
    name, *rest = parts
    kind = _EXPANDABLE[holder["object"]][name]
    if kind == "list":
        holder[name] = charge_shape.list_refunds(call.book, holder["id"])
        return
    if isinstance(holder[name], str):
        item = getattr(call.book, f"{kind}s").get(holder[name])
        holder[name] = _RENDER[kind](call.book, item)
    if rest and holder[name]:
        _fill(call, holder[name], rest)
