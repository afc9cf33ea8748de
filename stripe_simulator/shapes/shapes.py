"""The shape of any object."""

from __future__ import annotations

from collections.abc import Callable

from ..memory import objects
from ..memory.store import Book
from ..rules.versions import ApiVersion
from . import (
    charge_shape,
    customer_shape,
    dispute_shape,
    intent_shape,
    mandate_shape,
    method_shape,
    refund_shape,
    session_shape,
    setup_shape,
    warning_shape,
)

_RENDER: dict[type, Callable[[Book, object], dict]] = {
    objects.Charge: charge_shape.render,
    objects.CheckoutSession: session_shape.render,
    objects.Customer: customer_shape.render,
    objects.Dispute: dispute_shape.render,
    objects.FraudWarning: warning_shape.render,
    objects.Mandate: mandate_shape.render,
    objects.PaymentIntent: intent_shape.render,
    objects.PaymentMethod: method_shape.render,
    objects.Refund: refund_shape.render,
    objects.SetupIntent: setup_shape.render,
    # Objects that the simulator does not know come in Stripe's shape already.
    dict: lambda book, item: item,
}

_OLDER: dict[type, Callable[[Book, object], dict]] = {
    objects.Charge: charge_shape.render_with_refunds,
    objects.PaymentIntent: intent_shape.render_with_charges,
}


def render(book: Book, item: object) -> dict:
    """Return the object in Stripe's shape."""
    return _RENDER[type(item)](book, item)


def render_for(book: Book, item: object, version: ApiVersion) -> dict:
    """Return the object in the shape of a version, with the lists that older ones had
    as they are now."""
    older = _OLDER.get(type(item)) if version.lists_charges else None
    return older(book, item) if older else render(book, item)
