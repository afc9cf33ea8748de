"""The shape of a payment intent in the API."""

from __future__ import annotations

import hashlib

from ..objects import PaymentIntent
from ..store import Book
from . import charges

# Bank debits that can be paid in a currency, besides cards.
DEBITS = {"usd": "us_bank_account", "eur": "sepa_debit"}


def render(book: Book, intent: PaymentIntent) -> dict:
    """Return the intent in the shape of the SDK's API version."""
    return {
        "id": intent.id,
        "object": "payment_intent",
        "allowed_payment_method_types": intent.allowed_types,
        "amount": intent.amount,
        "amount_capturable": intent.amount_capturable,
        "amount_details": {"tip": {}},
        "amount_received": intent.amount_received,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": intent.automatic,
        "canceled_at": intent.canceled_at,
        "cancellation_reason": intent.cancellation_reason,
        "capture_method": intent.capture_method,
        "client_secret": _client_secret(intent.id),
        "confirmation_method": intent.confirmation_method,
        "created": intent.created,
        "currency": intent.currency,
        "customer": intent.customer,
        "customer_account": None,
        "description": intent.description,
        "excluded_payment_method_types": intent.excluded_types,
        "last_payment_error": intent.last_payment_error,
        "latest_charge": intent.latest_charge,
        "livemode": book.livemode,
        "metadata": intent.metadata,
        "next_action": intent.next_action,
        "on_behalf_of": None,
        "payment_method": intent.payment_method,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": types(intent),
        "processing": None,
        "receipt_email": intent.receipt_email,
        "review": None,
        "setup_future_usage": intent.setup_future_usage,
        "shipping": intent.shipping,
        "source": None,
        "statement_descriptor": intent.statement_descriptor,
        "statement_descriptor_suffix": intent.statement_descriptor_suffix,
        "status": intent.status,
        "transfer_data": None,
        "transfer_group": None,
    }


def render_with_charges(book: Book, intent: PaymentIntent) -> dict:
    """Return the intent as versions before 2022-11-15 showed it."""
    made = [charges.render(book, item) for item in book.charges.within(intent.id)]
    listed = {
        "object": "list",
        "data": made[::-1],
        "has_more": False,
        "url": f"/v1/charges?payment_intent={intent.id}",
    }
    return {**render(book, intent), "charges": listed}


def types(intent: PaymentIntent) -> list[str]:
    """Return the types of payment method with which the intent can be paid."""
    possible = ["card"]
    if intent.currency in DEBITS:
        possible.append(DEBITS[intent.currency])
    if intent.allowed_types:
        possible = [name for name in possible if name in intent.allowed_types]
    return [name for name in possible if name not in (intent.excluded_types or ())]


def _client_secret(intent_id: str) -> str:
    digest = hashlib.blake2b(intent_id.encode(), digest_size=13).hexdigest()
    return f"{intent_id}_secret_{digest}"
