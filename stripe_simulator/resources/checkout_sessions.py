"""Checkout Sessions that save a payment method (``mode=setup``) on a hosted page."""

from __future__ import annotations

import re

from ..memory.errors import StripeError, invalid
from ..memory.ids import new_id
from ..memory.objects import CheckoutSession, SetupIntent
from ..money import visits
from ..rules import currencies
from ..rules.endpoint import PAGING, Call, Endpoint, names
from ..rules.metadata import merge
from ..shapes.intent_shape import DEBITS
from ..shapes.session_shape import FIELDS, render
from ..shapes.setup_shape import KNOWN_TYPES
from . import customers
from .lists import page

# How long a session may stay open, in seconds.
SHORTEST, LONGEST = 30 * 60, 24 * 3600
_URL = re.compile(r"https?://[^\s/]+\S*")
_REFERENCE_LENGTH = 200
_INTENT_DATA = ("description", "metadata")


def create(call: Call) -> dict:
    """POST /v1/checkout/sessions"""
    _check_mode(call.params)
    _check_urls(call.params)
    _check_texts(call.params)
    session = _build(call)
    intent = _build_intent(call, session)
    session.setup_intent = intent.id
    call.book.setup_intents.add(intent)
    call.book.checkout_sessions.add(session)
    call.sim.tell(call.book, "setup_intent.created", intent)
    visits.expire_later(call.sim, call.book, session)
    return render(call.book, session)


def _check_mode(params: dict) -> None:
    mode = params.get("mode")
    if mode is None:
        raise invalid("Missing required param: mode.", "mode", "parameter_missing")
    if mode != "setup":
        raise invalid(
            f"Stripe knows the mode '{mode}', this simulator simulates 'setup' only.",
            "mode",
            "parameter_not_simulated",
        )
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid(
            "This simulator serves the hosted page only.",
            "ui_mode",
            "parameter_not_simulated",
        )


def _check_urls(params: dict) -> None:
    if "success_url" not in params:
        raise invalid(
            "Missing required param: success_url.", "success_url", "parameter_missing"
        )
    for name in ("success_url", "cancel_url"):
        if name in params and not _URL.fullmatch(params[name]):
            raise invalid("Not a valid URL", name, "url_invalid")


def _check_texts(params: dict) -> None:
    if len(params.get("client_reference_id", "")) > _REFERENCE_LENGTH:
        raise invalid(
            f"Invalid string: must be at most {_REFERENCE_LENGTH} characters",
            "client_reference_id",
        )
    if "customer" in params and "customer_email" in params:
        raise invalid(
            "You may only specify one of these parameters: customer, customer_email.",
            "customer",
        )
    unknown = set(params.get("setup_intent_data", ())) - set(_INTENT_DATA)
    if unknown:
        name = f"setup_intent_data[{min(unknown)}]"
        raise invalid(
            f"Stripe knows the parameter '{name}', this simulator does not simulate "
            "it.",
            name,
            "parameter_not_simulated",
        )


def _build(call: Call) -> CheckoutSession:
    params = call.params
    session = CheckoutSession(
        id=new_id(f"cs_{call.book.mode}", 58),
        created=call.now,
        expires_at=_end(call),
        origin=call.origin,
        success_url=params["success_url"],
        types=_offered(params),
        fields={name: params[name] for name in FIELDS if name in params},
        metadata=merge({}, params.get("metadata")),
    )
    if "customer" in params:
        session.customer = customers.existing(call, params["customer"]).id
    return session


def _end(call: Call) -> int:
    end = call.params.get("expires_at", call.now + LONGEST)
    if end < call.now + SHORTEST:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout "
            "Session creation.",
            "expires_at",
        )
    if end > call.now + LONGEST:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout "
            "Session creation.",
            "expires_at",
        )
    return end


def _offered(params: dict) -> list[str]:
    """Return the types that the page offers: those of the currency, filtered."""
    named = _named_types(params)
    currency = _read_currency(params, named)
    possible = ("card", DEBITS.get(currency)) if currency else KNOWN_TYPES
    excluded = params.get("excluded_payment_method_types") or ()
    allowed = set(named or KNOWN_TYPES).difference(excluded)
    offered = [name for name in possible if name in allowed]
    if not offered:
        raise invalid(
            "No valid payment method types for this Checkout Session. Please ensure "
            "that you have activated payment methods compatible with your chosen "
            "currency.",
            "currency" if currency else None,
        )
    return offered


def _named_types(params: dict) -> list[str]:
    older = params.get("payment_method_types")
    return older or params.get("allowed_payment_method_types") or []


def _read_currency(params: dict, named: list[str]) -> str:
    currency = params.get("currency", "").lower()
    if not currency and not named:
        raise invalid(
            "You must provide `currency` in `setup` mode when the types of payment "
            "method are not set.",
            "currency",
            "parameter_missing",
        )
    if currency and currency not in currencies.ALL:
        raise invalid(f"Invalid currency: {currency}.", "currency")
    return currency


def _build_intent(call: Call, session: CheckoutSession) -> SetupIntent:
    data = call.params.get("setup_intent_data") or {}
    return SetupIntent(
        id=new_id("seti"),
        created=call.now,
        usage="off_session",
        customer=session.customer,
        description=data.get("description"),
        metadata=merge({}, data.get("metadata")),
        allowed_types=session.types,
        payment_method_options=session.fields.get("payment_method_options") or {},
        session=session.id,
    )


# === EXPIRE, READ === #


def expire(call: Call, session_id: str) -> dict:
    """POST /v1/checkout/sessions/{id}/expire"""
    session = _existing(call, session_id)
    if session.status != "open":
        raise _not_open(session)
    visits.expire(call.sim, call.book, session)
    return render(call.book, session)


def _not_open(session: CheckoutSession) -> StripeError:
    return invalid(
        'Only Checkout Sessions with a status in ["open"] can be expired. This '
        f"Checkout Session has a status of `{session.status}`.",
        executed=True,
    )


def retrieve(call: Call, session_id: str) -> dict:
    """GET /v1/checkout/sessions/{id}"""
    return render(call.book, _existing(call, session_id))


def list_(call: Call) -> dict:
    """GET /v1/checkout/sessions"""
    customer, status = (call.params.get(name) for name in ("customer", "status"))
    if customer is not None:
        call.need("customers", customer, "customer")

    def keep(session: CheckoutSession) -> bool:
        return status in (None, session.status)

    return page(call, "checkout_sessions", _PATH, render, group=customer, keep=keep)


def _existing(call: Call, session_id: str) -> CheckoutSession:
    return call.need("checkout_sessions", session_id, "session", in_path=True)


_PATH = "/v1/checkout/sessions"
_ONE = f"{_PATH}/{{}}"
_KIND = "checkout.session"
ENDPOINTS = (
    Endpoint(
        "POST",
        _PATH,
        create,
        "checkout.SessionCreateParams",
        _KIND,
        names(
            " ".join(FIELDS)
            + " customer expires_at metadata mode setup_intent_data success_url ui_mode"
        ),
        intent_params=True,
    ),
    Endpoint(
        "GET",
        _PATH,
        list_,
        "checkout.SessionListParams",
        _KIND,
        PAGING | {"created", "customer", "status"},
        many=True,
    ),
    Endpoint("GET", _ONE, retrieve, "checkout.SessionRetrieveParams", _KIND),
    Endpoint(
        "POST",
        f"{_ONE}/expire",
        expire,
        "checkout.SessionExpireParams",
        _KIND,
        locks=True,
    ),
)
