"""Fields of a payment intent that are kept as they are given."""

from __future__ import annotations

import re

from ..memory.errors import invalid
from ..memory.objects import PaymentIntent, SetupIntent
from ..rules.endpoint import Call
from ..shapes.method_shape import ADDRESS

# Parameter -> attribute, where the value is kept as it is; empty means none.
_PLAIN = {
    "description": "description",
    "receipt_email": "receipt_email",
    "setup_future_usage": "setup_future_usage",
    "shipping": "shipping",
    "statement_descriptor": "statement_descriptor",
    "statement_descriptor_suffix": "statement_descriptor_suffix",
    "capture_method": "capture_method",
    "confirmation_method": "confirmation_method",
    "allowed_payment_method_types": "allowed_types",
    "excluded_payment_method_types": "excluded_types",
    "payment_method_types": "allowed_types",
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DESCRIPTOR = re.compile(r"[^<>\\'\"*]{1,22}")


def automatic(call: Call) -> dict | None:
    """Return how the intent chooses methods by itself, in Stripe's shape."""
    given = call.params.get("automatic_payment_methods")
    if given is not None:
        return {"allow_redirects": "always", **given}
    named = "payment_method_types" in call.params
    if named or not call.version.automatic_methods:
        return None
    return {"allow_redirects": "always", "enabled": True}


def set_plain(intent: PaymentIntent, params: dict) -> None:
    """Put what the request says on the intent."""
    check_texts(params)
    merge_options(intent, params)
    for name, attribute in _PLAIN.items():
        if name in params:
            setattr(intent, attribute, params[name] or None)
    if params.get("shipping"):
        lines = params["shipping"].get("address") or {}
        address = {**dict.fromkeys(ADDRESS), **lines}
        intent.shipping = {**params["shipping"], "address": address}


def merge_options(intent: PaymentIntent | SetupIntent, params: dict) -> None:
    """Keep the options by type of method; empty takes those of a type away."""
    given = params.get("payment_method_options")
    if given is None:
        return
    merged = {**intent.payment_method_options, **(given or {})}
    intent.payment_method_options = {
        name: options for name, options in merged.items() if options
    }


def check_texts(params: dict) -> None:
    """Raise a 400 for an address or a descriptor that Stripe would not take."""
    email = params.get("receipt_email")
    if email and not _EMAIL.fullmatch(email):
        raise invalid(
            f"Invalid email address: {email}", "receipt_email", "email_invalid"
        )
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        if params.get(name) and not _DESCRIPTOR.fullmatch(params[name]):
            raise invalid(
                "A statement descriptor has at most 22 characters and none of "
                "< > \\ ' \" *.",
                name,
            )
