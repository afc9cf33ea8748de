"""The shape of a refund in the API."""

from __future__ import annotations

from ..memory.ids import derived
from ..memory.objects import Refund
from ..memory.store import Book

# Facts that are kept under the name that the API gives them.
_AS_KEPT = (
    *("amount", "charge", "created", "currency", "metadata", "payment_intent"),
    *("payment_method", "pending_reason", "reason", "status"),
)
# Fields that the API shows and nothing here ever sets.
_ABSENT = dict.fromkeys(
    (
        *("customer", "customer_account", "description", "receipt_number"),
        *("source_transfer_reversal", "transfer_reversal"),
    )
)
_ENDED_BADLY = ("failed", "canceled")


def render(book: Book, refund: Refund) -> dict:
    """Return the refund in Stripe's shape."""
    shown = {
        "id": refund.id,
        "object": "refund",
        **_ABSENT,
        **{name: getattr(refund, name) for name in _AS_KEPT},
        "balance_transaction": derived("txn", refund.id),
        "destination_details": _destination(refund),
    }
    if refund.status in _ENDED_BADLY:
        shown["failure_balance_transaction"] = derived("txn_back", refund.id)
    if refund.failure_reason:
        shown["failure_reason"] = refund.failure_reason
    return shown


def _destination(refund: Refund) -> dict:
    if refund.method_type != "card":
        return {refund.method_type: {}, "type": refund.method_type}
    card = {
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
        "type": "pending" if refund.status == "pending" else "refund",
    }
    return {"card": card, "type": "card"}
