"""The shape of any object."""

from __future__ import annotations

from collections.abc import Callable

from .. import objects
from ..store import Book
from ..versions import ApiVersion
from . import (
    charges,
    customers,
    disputes,
    fraud_warnings,
    intent_shape,
    mandates,
    method_shape,
    refunds,
    setup_shape,
)

_RENDER: dict[type, Callable[[Book, object], dict]] = {
    objects.Charge: charges.render,
    objects.Customer: customers.render,
    objects.Dispute: disputes.render,
    objects.FraudWarning: fraud_warnings.render,
    objects.Mandate: mandates.render,
    objects.PaymentIntent: intent_shape.render,
    objects.PaymentMethod: method_shape.render,
    objects.Refund: refunds.render,
    objects.SetupIntent: setup_shape.render,
    # Objects that the simulator does not know come in Stripe's shape already.
    dict: lambda book, item: item,
}

_OLDER: dict[type, Callable[[Book, object], dict]] = {
    objects.Charge: charges.render_with_refunds,
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
