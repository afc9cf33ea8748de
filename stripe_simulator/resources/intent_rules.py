"""Rules that must hold before a payment intent is confirmed."""

from __future__ import annotations

from ..memory.errors import StripeError, invalid
from ..memory.objects import PaymentIntent, PaymentMethod, SetupIntent
from ..money.attempts import Session
from ..rules import currencies
from ..rules.endpoint import Call
from ..shapes.intent_shape import shape, types

SPENT = (
    "The provided PaymentMethod was previously used with a PaymentIntent without "
    "Customer attachment, shared with a connected account without Customer attachment, "
    "or was detached from a Customer. It may not be used again. To use a PaymentMethod "
    "multiple times, you must attach it to a Customer first."
)


def check_method(call: Call, intent: PaymentIntent, method: PaymentMethod) -> None:
    known = call.book.payment_intents.get(intent.id) is not None
    extra = {"payment_intent": shape(call, intent)} if known else None
    brand = method.details.get("brand")
    currencies.check_method(intent.amount, intent.currency, method.type, brand)
    if method.spent:
        raise invalid(SPENT, executed=True, extra=extra)
    if method.customer is not None and method.customer != intent.customer:
        raise _not_owner(intent, method, extra)
    allowed = types(intent)
    if method.type not in allowed:
        raise invalid(
            f"The PaymentMethod provided ({method.type}) is not allowed for this "
            f"PaymentIntent. It can be paid in {intent.currency} with one of the "
            f"following types: {', '.join(allowed)}.",
            "payment_method",
            "payment_intent_incompatible_payment_method",
            executed=True,
            extra=extra,
        )


def _not_owner(intent: PaymentIntent, method: PaymentMethod, extra: dict | None):
    if intent.customer is None:
        return invalid(
            f"The `payment_method` parameter supplied {method.id} belongs to the "
            f"Customer {method.customer}. Please include the Customer in the "
            "`customer` parameter on the PaymentIntent.",
            "payment_method",
            "parameter_missing",
            executed=True,
            extra=extra,
        )
    return invalid(
        f"The PaymentMethod {method.id} does not belong to the Customer you supplied "
        f"{intent.customer}. Please use this PaymentMethod with the Customer that it "
        "belongs to instead.",
        "payment_method",
        executed=True,
        extra=extra,
    )


def read_session(call: Call, intent: PaymentIntent) -> Session:
    params = call.params
    session = Session(
        off_session=bool(params.get("off_session")),
        error_on_requires_action=params.get("error_on_requires_action", False),
        return_url=params.get("return_url"),
        mandate=params.get("mandate"),
        origin=call.origin,
    )
    need_return_url("PaymentIntent", intent, session.return_url)
    return session


def need_return_url(
    name: str, intent: PaymentIntent | SetupIntent, return_url: str | None
) -> None:
    """Raise a 400 when the customer might be sent away and could not come back."""
    if return_url or not _may_redirect(intent):
        return
    raise invalid(
        f"This {name} is configured to accept payment methods enabled in your "
        "Dashboard. Because some of these payment methods might redirect your customer "
        "off of your page, you must provide a `return_url`. If you don't want to "
        "accept redirect-based payment methods, set "
        "`automatic_payment_methods[enabled]` to `true` and "
        "`automatic_payment_methods[allow_redirects]` to `never`.",
        "return_url",
    )


def _may_redirect(intent: PaymentIntent | SetupIntent) -> bool:
    automatic = intent.automatic
    if intent.allowed_types or not automatic or not automatic["enabled"]:
        return False
    return automatic["allow_redirects"] != "never"


def check_not_blocked(call: Call, intent: PaymentIntent, method: PaymentMethod) -> None:
    blocked = (method.details.get("status_details") or {}).get("blocked")
    if blocked:
        raise StripeError(
            400,
            "This bank account is blocked because of an earlier return "
            f"({blocked['network_code']}) and cannot be debited.",
            code="payment_method_bank_account_blocked",
            executed=True,
            extra={"payment_intent": shape(call, intent)},
        )
