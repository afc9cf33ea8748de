"""Refunds: money of a charge that goes back to the customer."""

from __future__ import annotations

from ..memory.errors import StripeError, invalid
from ..memory.objects import Charge, Refund
from ..memory.store import Book
from ..money import refunding
from ..rules import currencies
from ..rules.endpoint import PAGING, Call, Endpoint, names
from ..rules.metadata import merge
from ..shapes.dispute_shape import is_refundable
from ..shapes.refund_shape import render
from .lists import page_of_charge

# === CREATE === #


def create(call: Call) -> dict:
    """POST /v1/refunds"""
    charge = _named_charge(call)
    _check_refundable(charge, _open_disputes(call.book, charge))
    left = charge.amount - charge.amount_refunded
    amount = call.params.get("amount", left)
    _check_amount(charge, amount, left)
    refund = refunding.start(
        call.sim,
        call.book,
        charge,
        amount,
        reason=call.params.get("reason"),
        metadata=merge({}, call.params.get("metadata")),
    )
    return render(call.book, refund)


def _named_charge(call: Call) -> Charge:
    params = call.params
    if "charge" in params and "payment_intent" in params:
        raise invalid(
            "You may only specify one of these parameters: charge, payment_intent."
        )
    if "charge" in params:
        return call.need("charges", params["charge"], "charge")
    if "payment_intent" not in params:
        raise invalid(
            "One of the following params should be provided for this request: "
            "payment_intent or charge.",
            code="parameter_missing",
        )
    intent = call.need("payment_intents", params["payment_intent"], "payment_intent")
    charge = call.book.charges.get(intent.latest_charge)
    if charge is None or charge.status == "failed":
        raise invalid(
            f"This PaymentIntent ({intent.id}) does not have a successful charge to "
            "refund.",
            "payment_intent",
            executed=True,
        )
    return charge


def _open_disputes(book: Book, charge: Charge) -> list:
    found = book.disputes.within(charge.id)
    return [dispute for dispute in found if not is_refundable(dispute)]


def _check_refundable(charge: Charge, disputes: list) -> None:
    if disputes:
        raise _refused(
            f"Charge {charge.id} has been charged back; cannot issue a refund.",
            "charge_disputed",
        )
    if charge.status == "pending":
        # Stripe keeps such a refund until the debit has succeeded.
        raise _refused(
            "Stripe can refund a charge that is pending, this simulator cannot.",
            "parameter_not_simulated",
        )
    if charge.status != "succeeded" or not charge.captured:
        raise _refused(
            f"Charge {charge.id} has no money that could be refunded.",
            "charge_not_refundable",
        )
    if charge.amount_refunded == charge.amount:
        raise _refused(
            f"Charge {charge.id} has already been refunded.", "charge_already_refunded"
        )


def _check_amount(charge: Charge, amount: int, left: int) -> None:
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount <= left:
        return
    of_what = (
        "unrefunded amount on charge" if charge.amount_refunded else "charge amount"
    )
    asked, rest = (currencies.shown(n, charge.currency) for n in (amount, left))
    raise _refused(
        f"Refund amount ({asked}) is greater than {of_what} ({rest})", None, "amount"
    )


def _refused(message: str, code: str | None, param: str | None = None) -> StripeError:
    return invalid(message, param, code, executed=True)


# === READ, UPDATE, CANCEL === #


def retrieve(call: Call, refund_id: str) -> dict:
    """GET /v1/refunds/{id}"""
    return render(call.book, _existing(call, refund_id))


def update(call: Call, refund_id: str) -> dict:
    """POST /v1/refunds/{id}: its metadata only."""
    refund = _existing(call, refund_id)
    before = {"metadata": refund.metadata}
    refund.metadata = merge(refund.metadata, call.params.get("metadata"))
    call.sim.tell(call.book, "refund.updated", refund, before)
    return render(call.book, refund)


def cancel(call: Call, refund_id: str) -> dict:
    """POST /v1/refunds/{id}/cancel: while it waits for the customer only."""
    refund = _existing(call, refund_id)
    if refund.status != "requires_action":
        raise invalid(
            f"You cannot cancel a refund with a status of {refund.status}; only a "
            "refund that requires action can be canceled.",
            executed=True,
        )
    refunding.settle(call.sim, call.book, refund, "canceled")
    return render(call.book, refund)


def list_(call: Call) -> dict:
    """GET /v1/refunds"""
    return page_of_charge(call, "refunds", _PATH, render)


def _existing(call: Call, refund_id: str) -> Refund:
    return call.need("refunds", refund_id, "id", in_path=True)


_PATH = "/v1/refunds"
_LISTED = PAGING | {"charge", "created", "payment_intent"}
ENDPOINTS = (
    Endpoint(
        "POST",
        _PATH,
        create,
        "RefundCreateParams",
        "refund",
        names("amount charge metadata payment_intent reason"),
    ),
    Endpoint("GET", _PATH, list_, "RefundListParams", "refund", _LISTED, many=True),
    Endpoint("GET", f"{_PATH}/{{}}", retrieve, "RefundRetrieveParams", "refund"),
    Endpoint(
        "POST",
        f"{_PATH}/{{}}",
        update,
        "RefundUpdateParams",
        "refund",
        names("metadata"),
    ),
    Endpoint("POST", f"{_PATH}/{{}}/cancel", cancel, "RefundCancelParams", "refund"),
)
