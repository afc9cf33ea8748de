"""The shape of a dispute in the API."""

from __future__ import annotations

from ..memory.ids import derived
from ..memory.objects import Dispute
from ..memory.store import Book

# Facts that are kept under the name that the API gives them.
_AS_KEPT = (
    *("amount", "charge", "created", "currency", "metadata", "payment_intent"),
    *("reason", "status"),
)
_EVIDENCE = (
    *("access_activity_log", "billing_address", "cancellation_policy"),
    *("cancellation_policy_disclosure", "cancellation_rebuttal"),
    *("customer_communication", "customer_email_address", "customer_name"),
    *("customer_purchase_ip", "customer_signature"),
    *("duplicate_charge_documentation", "duplicate_charge_explanation"),
    *("duplicate_charge_id", "product_description", "receipt", "refund_policy"),
    *("refund_policy_disclosure", "refund_refusal_explanation", "service_date"),
    *("service_documentation", "shipping_address", "shipping_carrier"),
    *("shipping_date", "shipping_documentation", "shipping_tracking_number"),
    *("uncategorized_file", "uncategorized_text"),
)


def render(book: Book, dispute: Dispute) -> dict:
    """Return the dispute in Stripe's shape."""
    shown = {
        "id": dispute.id,
        "object": "dispute",
        **{name: getattr(dispute, name) for name in _AS_KEPT},
        "balance_transactions": _transactions(dispute),
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": _evidence_details(dispute),
        "is_charge_refundable": is_refundable(dispute),
        "livemode": book.livemode,
        "payment_method_details": _method_details(dispute),
    }
    if dispute.method_type != "card":
        shown["network_reason_code"] = dispute.network_code
    return shown


def is_refundable(dispute: Dispute) -> bool:
    """Whether the dispute lets the charge be refunded."""
    return dispute.inquiry or dispute.status == "won"


def _evidence_details(dispute: Dispute) -> dict:
    return {
        "due_by": dispute.due_by,
        "enhanced_eligibility": {},
        "has_evidence": False,
        "past_due": False,
        "submission_count": int("under_review" in dispute.status),
        "submission_method": "not_submitted",
    }


def _method_details(dispute: Dispute) -> dict:
    if dispute.method_type != "card":
        return {"type": dispute.method_type}
    card = {
        "brand": dispute.brand,
        "case_type": "inquiry" if dispute.inquiry else "chargeback",
        "network": dispute.brand,
        "network_reason_code": dispute.network_code,
    }
    return {"card": card, "type": "card"}


def _transactions(dispute: Dispute) -> list[dict]:
    """Return what the dispute has done to the balance of the account."""
    rows = (("", dispute.withdrawn, -1), ("back", dispute.reinstated, 1))
    return [
        _transaction(dispute, suffix, at, sign * dispute.taken)
        for suffix, at, sign in rows
        if at is not None
    ]


def _transaction(dispute: Dispute, suffix: str, at: int, amount: int) -> dict:
    return {
        "id": derived("txn", dispute.id) + suffix,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": at,
        "balance_type": "payments",
        "created": at,
        "currency": dispute.currency,
        "description": f"Chargeback for {dispute.charge}",
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "net": amount,
        "reporting_category": "dispute" if amount < 0 else "dispute_reversal",
        "source": dispute.id,
        "status": "available",
        "type": "adjustment",
    }
