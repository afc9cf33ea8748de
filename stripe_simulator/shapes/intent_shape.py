"""The shape of a payment intent in the API."""

from __future__ import annotations

import hashlib

from ..memory.objects import PaymentIntent
from ..memory.store import Book
from ..rules.endpoint import Call
from . import charge_shape

# Bank debits that can be paid in a currency, besides cards.
DEBITS = {
    "usd": "us_bank_account",
    "eur": "sepa_debit",
    "gbp": "bacs_debit",
    "aud": "au_becs_debit",
}

# Facts that are kept under the name that the API gives them.
_AS_KEPT = (
    *("amount", "amount_capturable", "amount_received", "canceled_at"),
    *("cancellation_reason", "capture_method", "confirmation_method", "created"),
    *("currency", "customer", "description", "last_payment_error", "latest_charge"),
    *("metadata", "next_action", "payment_method", "payment_method_options"),
    "receipt_email",
    *("setup_future_usage", "shipping", "statement_descriptor"),
    *("statement_descriptor_suffix", "status"),
)
# Fields that the API shows and nothing here ever sets.
_ABSENT = {
    **dict.fromkeys(
        (
            *("application", "application_fee_amount", "customer_account"),
            *("on_behalf_of", "payment_method_configuration_details", "processing"),
            *("review", "source", "transfer_data", "transfer_group"),
        )
    ),
    "amount_details": {"tip": {}},
}


def render(book: Book, intent: PaymentIntent) -> dict:
    """Return the intent in the shape of the SDK's API version."""
    return {
        "id": intent.id,
        "object": "payment_intent",
        **_ABSENT,
        **{name: getattr(intent, name) for name in _AS_KEPT},
        "allowed_payment_method_types": intent.allowed_types,
        "automatic_payment_methods": intent.automatic,
        "client_secret": client_secret(intent.id),
        "excluded_payment_method_types": intent.excluded_types,
        "livemode": book.livemode,
        "payment_method_types": types(intent),
    }


def render_with_charges(book: Book, intent: PaymentIntent) -> dict:
    """Return the intent as versions before 2022-11-15 showed it."""
    made = [
        charge_shape.render_with_refunds(book, item)
        for item in book.charges.within(intent.id)
    ]
    listed = {
        "object": "list",
        "data": made[::-1],
        "has_more": False,
        "url": f"/v1/charges?payment_intent={intent.id}",
    }
    return {**render(book, intent), "charges": listed}


def shape(call: Call, intent: PaymentIntent) -> dict:
    """Return the intent in the shape of the version that the request names."""
    chosen = render_with_charges if call.version.lists_charges else render
    return chosen(call.book, intent)


def types(intent: PaymentIntent) -> list[str]:
    """Return the types of payment method with which the intent can be paid."""
    possible = ["card"]
    if intent.currency in DEBITS:
        possible.append(DEBITS[intent.currency])
    if intent.allowed_types:
        possible = [name for name in possible if name in intent.allowed_types]
    return [name for name in possible if name not in (intent.excluded_types or ())]


def client_secret(intent_id: str) -> str:
    """Return the secret with which a browser may finish the intent."""
    digest = hashlib.blake2b(intent_id.encode(), digest_size=13).hexdigest()
    return f"{intent_id}_secret_{digest}"
