"""Setup intents: save a payment method for later."""

from __future__ import annotations

from ..memory.documented import MANDATE_TYPES
from ..memory.errors import INVALID, StripeError, invalid
from ..memory.ids import new_id
from ..memory.objects import PaymentMethod, SetupIntent
from ..money import deposits, setups
from ..rules.endpoint import PAGING, Call, Endpoint, names
from ..rules.metadata import merge
from ..shapes.setup_shape import render, types
from . import customers, payment_methods
from .intent_fields import automatic, merge_options
from .intent_rules import SPENT, need_return_url
from .lists import page

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")

_ONLY_WITH_CONFIRM = ("mandate_data", "return_url")
# Parameter -> attribute, where the value is kept as it is; empty means none.
_PLAIN = {
    "description": "description",
    "allowed_payment_method_types": "allowed_types",
    "excluded_payment_method_types": "excluded_types",
    "payment_method_types": "allowed_types",
}


# === CREATE AND UPDATE === #


def create(call: Call) -> dict:
    """POST /v1/setup_intents"""
    intent = _build(call)
    method = _named_method(call, intent)
    confirms = call.params.get("confirm")
    if not confirms:
        _refuse_without_confirm(call.params)
    elif method is None:
        raise _missing_method(call, intent)
    else:
        _check(call, intent, method)
    call.book.setup_intents.add(intent)
    call.sim.tell(call.book, "setup_intent.created", intent)
    if confirms:
        _run(call, intent, method)
    return render(call.book, intent)


def _build(call: Call) -> SetupIntent:
    params = call.params
    usage = params.get("usage", "off_session")
    intent = SetupIntent(new_id("seti"), call.now, usage)
    if "customer" in params:
        intent.customer = customers.existing(call, params["customer"]).id
    intent.metadata = merge({}, params.get("metadata"))
    intent.automatic = automatic(call)
    _set_plain(intent, params)
    return intent


def _set_plain(intent: SetupIntent, params: dict) -> None:
    merge_options(intent, params)
    for name, attribute in _PLAIN.items():
        if name in params:
            setattr(intent, attribute, params[name] or None)


def _refuse_without_confirm(params: dict) -> None:
    for name in _ONLY_WITH_CONFIRM:
        if name in params:
            raise invalid(
                f"The parameter `{name}` cannot be passed when creating a SetupIntent "
                "unless `confirm` is set to true.",
                name,
                "parameter_unknown",
            )


def update(call: Call, intent_id: str) -> dict:
    """POST /v1/setup_intents/{id}"""
    intent = _existing(call, intent_id)
    params = call.params
    if intent.status not in CONFIRMABLE and not params.keys() <= {"metadata", "expand"}:
        raise _refused(call, intent, "updated")
    metadata = merge(intent.metadata, params.get("metadata"))
    if "customer" in params:
        _set_customer(call, intent)
    _set_plain(intent, params)
    _named_method(call, intent)
    intent.metadata = metadata
    return render(call.book, intent)


def _set_customer(call: Call, intent: SetupIntent) -> None:
    customer = customers.existing(call, call.params["customer"]).id
    call.book.setup_intents.leave_group(intent)
    intent.customer = customer
    call.book.setup_intents.join_group(intent)


# === THE PAYMENT METHOD === #


def _named_method(call: Call, intent: SetupIntent) -> PaymentMethod | None:
    if "payment_method" not in call.params:
        return None
    method = payment_methods.resolve(call, call.params["payment_method"])
    _check_method(intent, method)
    intent.payment_method = method.id
    intent.status, intent.next_action = "requires_confirmation", None
    return method


def _check_method(intent: SetupIntent, method: PaymentMethod) -> None:
    if method.spent:
        raise invalid(SPENT, executed=True)
    if method.customer not in (None, intent.customer):
        raise invalid(
            f"The PaymentMethod {method.id} belongs to the Customer {method.customer}; "
            "include that Customer in the `customer` parameter on the SetupIntent.",
            "payment_method",
            executed=True,
        )
    if method.type not in types(intent):
        raise invalid(
            f"The PaymentMethod provided ({method.type}) is not allowed for this "
            f"SetupIntent, but one of: {', '.join(types(intent))}.",
            "payment_method",
            executed=True,
        )


# === CONFIRM === #


def confirm(call: Call, intent_id: str) -> dict:
    """POST /v1/setup_intents/{id}/confirm"""
    intent = _existing(call, intent_id)
    _check_alone(intent, "confirmed")
    if intent.status not in CONFIRMABLE:
        raise _refused(call, intent, "confirmed")
    _set_plain(intent, call.params)
    method = _named_method(call, intent)
    if method is None and intent.payment_method is None:
        raise _missing_method(call, intent)
    method = method or call.book.payment_methods.get(intent.payment_method)
    _check_method(intent, method)
    _check(call, intent, method)
    _run(call, intent, method)
    return render(call.book, intent)


def _check(call: Call, intent: SetupIntent, method: PaymentMethod) -> None:
    """Take what the request says of the customer's consent; refuse without it."""
    need_return_url("SetupIntent", intent, call.params.get("return_url"))
    blocked = (method.details.get("status_details") or {}).get("blocked")
    if blocked:
        raise invalid(
            "This bank account is blocked because of an earlier return "
            f"({blocked['network_code']}) and cannot be debited.",
            "payment_method",
            "payment_method_bank_account_blocked",
            executed=True,
        )
    data = call.params.get("mandate_data") or {}
    intent.acceptance = data.get("customer_acceptance")
    if method.type in MANDATE_TYPES and intent.acceptance is None:
        raise invalid(
            "A bank account is saved with the customer's mandate: `mandate_data` with "
            "`customer_acceptance` is required.",
            "mandate_data",
            "parameter_missing",
            executed=True,
        )


def _run(call: Call, intent: SetupIntent, method: PaymentMethod) -> None:
    way_back = (call.params.get("return_url"), call.origin)
    setups.confirm(call.sim, call.book, intent, method, way_back)


# === DEPOSITS === #


def verify_microdeposits(call: Call, intent_id: str) -> dict:
    """POST /v1/setup_intents/{id}/verify_microdeposits"""
    intent = _existing(call, intent_id)
    if not setups.is_deposit_awaited(intent):
        raise _unexpected(
            call, intent, "This SetupIntent does not wait for micro-deposits."
        )
    code, name = _read_deposit(call.params)
    if not deposits.answer(call.sim, call.book, intent, code):
        raise invalid(
            f"The {name} provided does not match the micro-deposit that was sent.",
            code=f"payment_method_microdeposit_verification_{name}_mismatch",
            executed=True,
        )
    if intent.last_setup_error:
        error = {**intent.last_setup_error, "setup_intent": render(call.book, intent)}
        message = error.pop("message")
        raise StripeError(400, message, executed=True, **{**error, "type": INVALID})
    return render(call.book, intent)


def _read_deposit(params: dict) -> tuple[str, str]:
    code, amounts = params.get("descriptor_code"), params.get("amounts")
    if (code is None) == (amounts is None):
        raise invalid("Provide exactly one of `amounts` and `descriptor_code`.")
    if code is not None:
        return code, "descriptor_code"
    return deposits.AMOUNTS.get(tuple(amounts), deposits.WRONG_CODE), "amounts"


# === CANCEL, READ === #


def cancel(call: Call, intent_id: str) -> dict:
    """POST /v1/setup_intents/{id}/cancel"""
    intent = _existing(call, intent_id)
    _check_alone(intent, "canceled")
    if intent.status not in CONFIRMABLE:
        raise _refused(call, intent, "canceled")
    intent.status, intent.next_action = "canceled", None
    intent.cancellation_reason = call.params.get("cancellation_reason")
    call.sim.tell(call.book, "setup_intent.canceled", intent)
    return render(call.book, intent)


def retrieve(call: Call, intent_id: str) -> dict:
    """GET /v1/setup_intents/{id}"""
    return render(call.book, _existing(call, intent_id))


def list_(call: Call) -> dict:
    """GET /v1/setup_intents"""
    customer, method = (call.params.get(n) for n in ("customer", "payment_method"))
    if customer is not None:
        call.need("customers", customer, "customer")

    def keep(intent: SetupIntent) -> bool:
        return method in (None, intent.payment_method)

    return page(call, "setup_intents", _PATH, render, group=customer, keep=keep)


def _existing(call: Call, intent_id: str) -> SetupIntent:
    return call.need("setup_intents", intent_id, "intent", in_path=True)


def _check_alone(intent: SetupIntent, verb: str) -> None:
    if intent.session is None:
        return
    raise invalid(
        f"A SetupIntent that was created by a Checkout Session cannot be {verb}: "
        "expire the session instead.",
        code="setup_intent_unexpected_state",
        executed=True,
    )


def _refused(call: Call, intent: SetupIntent, verb: str) -> StripeError:
    return _unexpected(
        call,
        intent,
        f"This SetupIntent could not be {verb} because it has a status of "
        f"{intent.status}. Only a SetupIntent with one of the following statuses may "
        f"be {verb}: {', '.join(CONFIRMABLE)}.",
    )


def _missing_method(call: Call, intent: SetupIntent) -> StripeError:
    return _unexpected(
        call,
        intent,
        "You cannot confirm this SetupIntent because it's missing a payment method.",
    )


def _unexpected(call: Call, intent: SetupIntent, message: str) -> StripeError:
    return invalid(
        message,
        code="setup_intent_unexpected_state",
        executed=True,
        extra={"setup_intent": render(call.book, intent)},
    )


_PATH = "/v1/setup_intents"
_ONE = f"{_PATH}/{{}}"
_TYPES = (
    "allowed_payment_method_types excluded_payment_method_types payment_method "
    "payment_method_options "
)
_KIND = "setup_intent"
ENDPOINTS = (
    Endpoint(
        "POST",
        _PATH,
        create,
        "SetupIntentCreateParams",
        _KIND,
        names(
            _TYPES
            + "automatic_payment_methods confirm customer description mandate_data "
            "metadata return_url usage"
        ),
        intent_params=True,
    ),
    Endpoint(
        "GET",
        _PATH,
        list_,
        "SetupIntentListParams",
        _KIND,
        PAGING | {"created", "customer", "payment_method"},
        many=True,
    ),
    Endpoint("GET", _ONE, retrieve, "SetupIntentRetrieveParams", _KIND),
    Endpoint(
        "POST",
        _ONE,
        update,
        "SetupIntentUpdateParams",
        _KIND,
        names(_TYPES + "customer description metadata"),
        locks=True,
        intent_params=True,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/confirm",
        confirm,
        "SetupIntentConfirmParams",
        _KIND,
        names(
            "allowed_payment_method_types mandate_data payment_method "
            "payment_method_options return_url"
        ),
        locks=True,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/verify_microdeposits",
        verify_microdeposits,
        "SetupIntentVerifyMicrodepositsParams",
        _KIND,
        names("amounts descriptor_code"),
        locks=True,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/cancel",
        cancel,
        "SetupIntentCancelParams",
        _KIND,
        names("cancellation_reason"),
        locks=True,
    ),
)
