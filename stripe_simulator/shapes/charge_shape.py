"""The shape of a charge in the API."""

from __future__ import annotations

from ..memory.ids import derived
from ..memory.objects import Charge
from ..memory.store import Book
from ..rules.endpoint import DEFAULT_LIMIT
from . import refund_shape

# Facts of a card that Stripe repeats on the charge.
_CARD_FACTS = (
    *("brand", "checks", "country", "exp_month", "exp_year", "fingerprint"),
    *("funding", "last4", "regulated_status", "wallet"),
)
_US_BANK_FACTS = (
    *("account_holder_type", "account_type", "bank_name", "fingerprint", "last4"),
    "routing_number",
)
_SEPA_FACTS = ("bank_code", "branch_code", "country", "fingerprint", "last4")
_FACTS = {
    "card": _CARD_FACTS,
    "us_bank_account": _US_BANK_FACTS,
    "sepa_debit": _SEPA_FACTS,
    "bacs_debit": ("fingerprint", "last4", "sort_code"),
    "au_becs_debit": ("bsb_number", "fingerprint", "last4"),
}

# Facts that are kept under the name that the API gives them.
_AS_KEPT = (
    *("amount", "amount_refunded", "billing_details", "captured", "created"),
    *("currency", "customer", "description", "disputed", "failure_code"),
    *("failure_message", "metadata", "outcome", "payment_intent", "payment_method"),
    "receipt_email",
    *("statement_descriptor_suffix", "status"),
)
# Fields that the API shows and nothing here ever sets.
_ABSENT = {
    **dict.fromkeys(
        (
            *("application", "application_fee", "application_fee_amount"),
            *("calculated_statement_descriptor", "failure_balance_transaction"),
            *("on_behalf_of", "receipt_number", "receipt_url", "review", "shipping"),
            *("source", "source_transfer", "statement_descriptor", "transfer_data"),
            "transfer_group",
        )
    ),
    "fraud_details": {},
}


def render(book: Book, charge: Charge) -> dict:
    """Return the charge in Stripe's shape."""
    return {
        "id": charge.id,
        "object": "charge",
        **_ABSENT,
        **{name: getattr(charge, name) for name in _AS_KEPT},
        "amount_captured": charge.amount if _is_taken(charge) else 0,
        "balance_transaction": _balance_transaction(charge),
        "livemode": book.livemode,
        "paid": charge.status == "succeeded",
        "payment_method_details": _method_details(charge),
        "refunded": charge.amount_refunded == charge.amount,
    }


def render_with_refunds(book: Book, charge: Charge) -> dict:
    """Return the charge with its refunds, as versions before 2022-11-15 showed it and
    later ones do when asked to."""
    return {**render(book, charge), "refunds": list_refunds(book, charge.id)}


def list_refunds(book: Book, charge_id: str) -> dict:
    """Return the latest refunds of a charge in Stripe's list shape."""
    made = book.refunds.within(charge_id)[::-1]
    return {
        "object": "list",
        "data": [refund_shape.render(book, refund) for refund in made[:DEFAULT_LIMIT]],
        "has_more": len(made) > DEFAULT_LIMIT,
        "url": f"/v1/charges/{charge_id}/refunds",
    }


def _is_taken(charge: Charge) -> bool:
    return charge.captured and charge.status == "succeeded"


def _balance_transaction(charge: Charge) -> str | None:
    return derived("txn", charge.id) if _is_taken(charge) else None


def _method_details(charge: Charge) -> dict:
    details = charge.method_details
    facts = {name: details[name] for name in _FACTS[charge.method_type]}
    if charge.method_type == "card":
        facts["amount_authorized"] = (
            None if charge.status == "failed" else charge.amount
        )
        facts["network"] = facts["brand"]
        facts["three_d_secure"] = None
    facts["mandate"] = charge.mandate
    return {charge.method_type: facts, "type": charge.method_type}
