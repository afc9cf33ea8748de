"""Payment intents: create, confirm, update, cancel, retrieve, list."""

from __future__ import annotations

from ..memory.errors import invalid, unexpected_state
from ..memory.ids import new_id
from ..memory.objects import PaymentIntent, PaymentMethod
from ..money import charging, debits
from ..money.attempts import announce_intent
from ..rules import currencies
from ..rules.endpoint import PAGING, Call, Endpoint, names
from ..rules.metadata import merge
from ..shapes.intent_shape import render, shape
from . import customers, payment_methods
from .intent_fields import automatic, check_texts, set_plain
from .intent_mandates import under_mandate
from .intent_rules import check_method, read_session
from .lists import page

CONFIRM_LIMIT = 20
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELABLE = (*CONFIRMABLE, "requires_capture")

# Parameters that make sense only when the intent is confirmed as it is created.
_WITH_CONFIRM = (
    *("error_on_requires_action", "mandate", "mandate_data", "off_session"),
    "return_url",
)
# Fields that may still be changed once the money has moved or the intent is closed.
_ALWAYS_CHANGEABLE = frozenset(("description", "metadata", "receipt_email", "expand"))


# === CREATE AND UPDATE === #


def create(call: Call) -> dict:
    """POST /v1/payment_intents"""
    intent = _build(call)
    method = _named_method(call, intent)
    if not call.params.get("confirm"):
        _refuse_without_confirm(call.params)
        _add(call, intent)
        return shape(call, intent)
    if method is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment "
            "method.",
            "payment_method",
            "parameter_missing",
        )
    session = under_mandate(call, intent, method, read_session(call, intent))
    _add(call, intent)
    charging.confirm(call, intent, method, session)
    return shape(call, intent)


def _add(call: Call, intent: PaymentIntent) -> None:
    call.book.payment_intents.add(intent)
    call.sim.tell(call.book, "payment_intent.created", intent)


def _build(call: Call) -> PaymentIntent:
    params = call.params
    currency = currencies.check(params["amount"], params["currency"])
    intent = PaymentIntent(new_id("pi"), call.now, params["amount"], currency)
    if "customer" in params:
        intent.customer = customers.existing(call, params["customer"]).id
    intent.metadata = merge({}, params.get("metadata"))
    intent.automatic = automatic(call)
    set_plain(intent, params)
    return intent


def _refuse_without_confirm(params: dict) -> None:
    for name in _WITH_CONFIRM:
        if name in params:
            raise invalid(
                f"The parameter `{name}` cannot be passed when creating a "
                "PaymentIntent unless `confirm` is set to true.",
                name,
                "parameter_unknown",
            )


def update(call: Call, intent_id: str) -> dict:
    """POST /v1/payment_intents/{id}"""
    intent = _existing(call, intent_id)
    params = call.params
    if intent.status not in CONFIRMABLE and not params.keys() <= _ALWAYS_CHANGEABLE:
        raise _refused(call, intent, "updated", CONFIRMABLE)
    amount = params.get("amount", intent.amount)
    currency = currencies.check(amount, params.get("currency", intent.currency))
    metadata = merge(intent.metadata, params.get("metadata"))
    check_texts(params)
    _set_customer(call, intent)
    _named_method(call, intent)
    set_plain(intent, params)
    intent.metadata = metadata
    intent.amount, intent.currency = amount, currency
    return shape(call, intent)


def _set_customer(call: Call, intent: PaymentIntent) -> None:
    wanted = call.params.get("customer")
    if wanted in (None, intent.customer):
        return
    if intent.customer is not None:
        raise invalid(
            "You cannot modify `customer` on a PaymentIntent once it has been set.",
            "customer",
            executed=True,
        )
    intent.customer = customers.existing(call, wanted).id
    call.book.payment_intents.join_group(intent)


# === THE PAYMENT METHOD === #


def _named_method(call: Call, intent: PaymentIntent) -> PaymentMethod | None:
    """Put the method that the request names on the intent, if it may be charged."""
    if "payment_method" not in call.params:
        return None
    method = payment_methods.resolve(call, call.params["payment_method"])
    check_method(call, intent, method)
    intent.payment_method = method.id
    if intent.status in CONFIRMABLE:
        intent.status = "requires_confirmation"
        intent.next_action = None
    return method


# === CONFIRM === #


def confirm(call: Call, intent_id: str) -> dict:
    """POST /v1/payment_intents/{id}/confirm: the call that moves money."""
    intent = _existing(call, intent_id)
    if intent.status not in CONFIRMABLE:
        raise _refused(call, intent, "confirmed", CONFIRMABLE)
    if intent.confirms >= CONFIRM_LIMIT:
        _close(call, intent, "automatic")
        raise _refused(call, intent, "confirmed", CONFIRMABLE)
    set_plain(intent, call.params)
    session = read_session(call, intent)
    method = _named_method(call, intent) or _saved_method(call, intent)
    session = under_mandate(call, intent, method, session)
    charging.confirm(call, intent, method, session)
    return shape(call, intent)


def _saved_method(call: Call, intent: PaymentIntent) -> PaymentMethod:
    if intent.payment_method is None:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it's missing a payment "
            "method. You can either update the PaymentIntent with a payment method and "
            "then confirm it again, or confirm it again with a payment method.",
            shape(call, intent),
        )
    method = call.book.payment_methods.get(intent.payment_method)
    check_method(call, intent, method)
    return method


# === CANCEL, READ === #


def cancel(call: Call, intent_id: str) -> dict:
    """POST /v1/payment_intents/{id}/cancel"""
    intent = _existing(call, intent_id)
    if intent.status not in CANCELABLE and not _can_recall(call, intent):
        raise _refused(call, intent, "canceled", CANCELABLE)
    if intent.status in ("processing", "requires_capture"):
        debits.withdraw(call.sim, call.book, intent)
    _close(call, intent, call.params.get("cancellation_reason"))
    return shape(call, intent)


def _can_recall(call: Call, intent: PaymentIntent) -> bool:
    """Whether this is one of the rare debits that can still be stopped."""
    if intent.status != "processing":
        return False
    return call.book.payment_methods.get(intent.payment_method).behaviour.cancelable


def _close(call: Call, intent: PaymentIntent, reason: str | None) -> None:
    intent.status = "canceled"
    intent.canceled_at = call.now
    intent.cancellation_reason = reason
    intent.amount_capturable = 0
    intent.next_action = None
    announce_intent(call.sim, call.book, intent)


def retrieve(call: Call, intent_id: str) -> dict:
    """GET /v1/payment_intents/{id}"""
    return shape(call, _existing(call, intent_id))


def list_(call: Call) -> dict:
    """GET /v1/payment_intents"""
    customer = call.params.get("customer")
    if customer is not None:
        call.need("customers", customer, "customer")
    return page(call, "payment_intents", "/v1/payment_intents", render, group=customer)


def _existing(call: Call, intent_id: str) -> PaymentIntent:
    return call.need("payment_intents", intent_id, "intent", in_path=True)


def _refused(call: Call, intent: PaymentIntent, verb: str, allowed: tuple):
    return unexpected_state(
        f"This PaymentIntent could not be {verb} because it has a status of "
        f"{intent.status}. Only a PaymentIntent with one of the following statuses may "
        f"be {verb}: {', '.join(allowed)}.",
        shape(call, intent),
    )


_PATH = "/v1/payment_intents"
_SHARED = (
    "allowed_payment_method_types capture_method excluded_payment_method_types "
    "payment_method payment_method_options receipt_email setup_future_usage shipping "
)
_CONFIRMING = "error_on_requires_action mandate mandate_data off_session return_url "
_DESCRIBING = (
    "amount currency customer description metadata statement_descriptor "
    "statement_descriptor_suffix "
)
ENDPOINTS = (
    Endpoint(
        "POST",
        _PATH,
        create,
        "PaymentIntentCreateParams",
        "payment_intent",
        names(
            _SHARED
            + _CONFIRMING
            + _DESCRIBING
            + "automatic_payment_methods confirm confirmation_method"
        ),
        intent_params=True,
    ),
    Endpoint(
        "GET",
        _PATH,
        list_,
        "PaymentIntentListParams",
        "payment_intent",
        PAGING | {"created", "customer"},
        many=True,
    ),
    Endpoint(
        "GET",
        f"{_PATH}/{{}}",
        retrieve,
        "PaymentIntentRetrieveParams",
        "payment_intent",
    ),
    Endpoint(
        "POST",
        f"{_PATH}/{{}}",
        update,
        "PaymentIntentUpdateParams",
        "payment_intent",
        names(_SHARED + _DESCRIBING),
        locks=True,
        intent_params=True,
    ),
    Endpoint(
        "POST",
        f"{_PATH}/{{}}/confirm",
        confirm,
        "PaymentIntentConfirmParams",
        "payment_intent",
        names(_SHARED + _CONFIRMING),
        locks=True,
        intent_params=True,
    ),
    Endpoint(
        "POST",
        f"{_PATH}/{{}}/cancel",
        cancel,
        "PaymentIntentCancelParams",
        "payment_intent",
        names("cancellation_reason"),
        locks=True,
    ),
)
