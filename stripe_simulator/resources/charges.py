"""Charges: the attempts to take the money of an intent."""

from __future__ import annotations

from ..endpoint import PAGING, Call, Endpoint
from ..ids import derived
from ..objects import Charge
from ..store import Book
from .lists import page

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
}


def render(book: Book, charge: Charge) -> dict:
    """Return the charge in Stripe's shape."""
    return {
        "id": charge.id,
        "object": "charge",
        "amount": charge.amount,
        "amount_captured": charge.amount if _is_taken(charge) else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": _balance_transaction(charge),
        "billing_details": charge.billing_details,
        "calculated_statement_descriptor": None,
        "captured": charge.captured,
        "created": charge.created,
        "currency": charge.currency,
        "customer": charge.customer,
        "description": charge.description,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": charge.failure_code,
        "failure_message": charge.failure_message,
        "fraud_details": {},
        "livemode": book.livemode,
        "metadata": charge.metadata,
        "on_behalf_of": None,
        "outcome": charge.outcome,
        "paid": charge.status == "succeeded",
        "payment_intent": charge.payment_intent,
        "payment_method": charge.payment_method,
        "payment_method_details": _method_details(charge),
        "receipt_email": charge.receipt_email,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": charge.statement_descriptor_suffix,
        "status": charge.status,
        "transfer_data": None,
        "transfer_group": None,
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


def retrieve(call: Call, charge_id: str) -> dict:
    """GET /v1/charges/{id}"""
    return render(call.book, call.need("charges", charge_id, "id", in_path=True))


def list_(call: Call) -> dict:
    """GET /v1/charges"""
    customer = call.params.get("customer")

    def keep(charge: Charge) -> bool:
        return customer in (None, charge.customer)

    return page(
        call,
        "charges",
        "/v1/charges",
        render,
        group=call.params.get("payment_intent"),
        keep=keep,
    )


ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/charges",
        list_,
        "ChargeListParams",
        PAGING | {"created", "customer", "payment_intent"},
    ),
    Endpoint("GET", "/v1/charges/{}", retrieve, "ChargeRetrieveParams"),
)
