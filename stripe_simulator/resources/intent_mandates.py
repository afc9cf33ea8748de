"""Under which mandate a payment intent debits a bank account."""

from __future__ import annotations

from dataclasses import replace

from ..memory.documented import MANDATE_TYPES
from ..memory.errors import StripeError, invalid
from ..memory.objects import Mandate, PaymentIntent, PaymentMethod
from ..money import mandating
from ..money.attempts import Session
from ..rules.endpoint import Call
from .intent_rules import check_not_blocked


def under_mandate(
    call: Call, intent: PaymentIntent, method: PaymentMethod, session: Session
) -> Session:
    """Return the session with the mandate of the debit, or raise Stripe's refusal.

    An account that nobody ever gave a mandate for is debited without one: methods made
    by an admin, and test methods that were attached without a setup, have none.
    """
    check_not_blocked(call, intent, method)
    mandate = _chosen(call, intent, method, session)
    if mandate is None:
        return session
    if mandate.payment_method != method.id or mandate.status != "active":
        raise _refused(mandate)
    return replace(session, mandate=mandate.id)


def _chosen(
    call: Call, intent: PaymentIntent, method: PaymentMethod, session: Session
) -> Mandate | None:
    if session.mandate:
        return call.need("mandates", session.mandate, "mandate")
    if method.type not in MANDATE_TYPES:
        return None
    if call.params.get("mandate_data"):
        return _given(call, intent, method)
    return _lasting(call, method)


def _given(call: Call, intent: PaymentIntent, method: PaymentMethod) -> Mandate:
    """Return a new mandate: for this payment only, unless the method is to be kept."""
    single = {"amount": intent.amount, "currency": intent.currency}
    return mandating.give(
        call.sim,
        call.book,
        method,
        call.params["mandate_data"].get("customer_acceptance"),
        None if intent.setup_future_usage else single,
    )


def _lasting(call: Call, method: PaymentMethod) -> Mandate | None:
    known = call.book.mandates.within(method.id)
    lasting = [item for item in known if item.single is None]
    active = [item for item in lasting if item.status == "active"]
    return (active or lasting or [None])[-1]


def _refused(mandate: Mandate) -> StripeError:
    return invalid(
        f"The mandate {mandate.id} cannot be used for this payment: it is "
        f"{mandate.status} or belongs to another payment method.",
        "mandate",
        "payment_intent_mandate_invalid",
        executed=True,
    )
