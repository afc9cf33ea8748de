"""Payment methods: cards and bank accounts."""

from __future__ import annotations

from ..memory.documented import (
    BY_ACCOUNT_NUMBER,
    BY_IBAN,
    BY_ID,
    BY_TOKEN,
    ROUTING_NUMBER,
    DocumentedMethod,
)
from ..memory.errors import INVALID, StripeError, invalid, missing_object
from ..memory.objects import PaymentMethod
from ..rules.endpoint import PAGING, Call, Endpoint, names
from ..rules.metadata import merge
from ..shapes.method_shape import billing_details, made_from, release, render
from .customers import existing
from .differences import differences
from .lists import page


def _from_test(call: Call, test: DocumentedMethod, **more) -> PaymentMethod:
    return made_from(call.book, call.now, test, **more)


def resolve(call: Call, method_id: str, *, in_path: bool = False) -> PaymentMethod:
    """Return the method with the id; a documented test id gives a new one."""
    test = BY_ID.get(method_id)
    if test is None:
        return call.need(
            "payment_methods", method_id, "payment_method", in_path=in_path
        )
    if call.book.livemode:
        hint = (
            "; a similar object exists in test mode, but a live mode key was used to "
            "make this request."
        )
        raise missing_object(
            "PaymentMethod", method_id, "payment_method", in_path=in_path, hint=hint
        )
    return _from_test(call, test)


def join(call: Call, method: PaymentMethod, customer_id: str) -> None:
    """Give the method to the customer."""
    method.customer = customer_id
    call.book.payment_methods.join_group(method)
    call.sim.tell(call.book, "payment_method.attached", method)


# === ENDPOINTS === #


def create(call: Call) -> dict:
    """POST /v1/payment_methods: from test tokens and test account numbers only."""
    make = _MAKERS.get(call.params.get("type"))
    if make is None:
        raise invalid(
            f"Invalid type: must be one of {', '.join(sorted(_MAKERS))} in this "
            "simulator.",
            "type",
        )
    method = make(call, call.params)
    method.metadata = merge({}, call.params.get("metadata"))
    return render(call.book, method)


def _make_card(call: Call, params: dict) -> PaymentMethod:
    card = params.get("card") or {}
    if "number" in card:
        raise StripeError(
            402,
            "Sending credit card numbers directly to the Stripe API is generally "
            "unsafe. We suggest you use test tokens that map to the test card you are "
            "using, see https://stripe.com/docs/testing.",
            type=INVALID,
            executed=True,
        )
    token = card.get("token")
    if not token:
        raise _missing_part("card[token]")
    if token not in BY_TOKEN or call.book.livemode:
        raise missing_object("token", token, "card[token]", in_path=False)
    return _from_test(call, BY_TOKEN[token], billing=params.get("billing_details"))


def _make_us_bank_account(call: Call, params: dict) -> PaymentMethod:
    bank = params.get("us_bank_account") or {}
    for name in ("account_holder_type", "account_number", "routing_number"):
        if not bank.get(name):
            raise _missing_part(f"us_bank_account[{name}]")
    if bank["routing_number"] != ROUTING_NUMBER:
        raise invalid(
            "Invalid routing number for a test account.",
            "us_bank_account[routing_number]",
        )
    known = BY_ACCOUNT_NUMBER
    return _make_debit(call, params, known, "us_bank_account", "account_number")


def _make_sepa_debit(call: Call, params: dict) -> PaymentMethod:
    sepa = params.get("sepa_debit") or {}
    if not sepa.get("iban"):
        raise _missing_part("sepa_debit[iban]")
    return _make_debit(call, params, BY_IBAN, "sepa_debit", "iban")


def _make_debit(call: Call, params: dict, known: dict, kind: str, number: str):
    given = params[kind]
    billing = params.get("billing_details") or {}
    if not billing.get("name"):
        raise _missing_part("billing_details[name]")
    test = known.get(given[number].replace(" ", "").upper())
    if test is None or call.book.livemode:
        raise invalid("You must use a test bank account number.", f"{kind}[{number}]")
    facts = {key: value for key, value in given.items() if key != number}
    return _from_test(call, test, details=facts, billing=billing)


_MAKERS = {
    "card": _make_card,
    "us_bank_account": _make_us_bank_account,
    "sepa_debit": _make_sepa_debit,
}


def _missing_part(name: str) -> StripeError:
    return invalid(f"Missing required param: {name}.", name, "parameter_missing")


def retrieve(call: Call, method_id: str) -> dict:
    """GET /v1/payment_methods/{id}"""
    return render(call.book, resolve(call, method_id, in_path=True))


def update(call: Call, method_id: str) -> dict:
    """POST /v1/payment_methods/{id}"""
    method = resolve(call, method_id, in_path=True)
    if method.customer is None:
        raise invalid(
            "You must save this PaymentMethod to a customer before you can update it.",
            executed=True,
        )
    before = render(call.book, method)
    method.metadata = merge(method.metadata, call.params.get("metadata"))
    if "billing_details" in call.params:
        given = call.params["billing_details"]
        method.billing_details = billing_details({**method.billing_details, **given})
    if "card" in call.params:
        method.details = {**method.details, **call.params["card"]}
    after = render(call.book, method)
    changed = differences(before, after)
    call.sim.tell(call.book, "payment_method.updated", method, changed)
    return after


def attach(call: Call, method_id: str) -> dict:
    """POST /v1/payment_methods/{id}/attach: a test id gives a new method."""
    if "customer" not in call.params:
        raise _missing_part("customer")
    customer = existing(call, call.params["customer"])
    method = resolve(call, method_id, in_path=True)
    if method.customer not in (None, customer.id):
        raise invalid(
            "The payment method you provided has already been attached to a customer.",
            executed=True,
        )
    if method.spent:
        raise invalid(
            "This PaymentMethod was previously used without being attached to a "
            "Customer or was detached from a Customer, and may not be used again.",
            executed=True,
        )
    if method.customer is None:
        join(call, method, customer.id)
    return render(call.book, method)


def detach(call: Call, method_id: str) -> dict:
    """POST /v1/payment_methods/{id}/detach: it can never be charged again."""
    method = resolve(call, method_id, in_path=True)
    if method.customer is None:
        raise invalid(
            "The payment method you provided is not attached to a customer so "
            "detachment is impossible.",
            executed=True,
        )
    release(call.sim, call.book, method)
    return render(call.book, method)


def list_(call: Call) -> dict:
    """GET /v1/payment_methods"""
    if "customer" not in call.params:
        return _page(call, "/v1/payment_methods", None)
    customer = existing(call, call.params["customer"])
    return _page(call, "/v1/payment_methods", customer.id)


def _page(call: Call, url: str, customer_id: str | None) -> dict:
    wanted = call.params.get("type")

    def keep(method: PaymentMethod) -> bool:
        return method.customer is not None and wanted in (None, method.type)

    return page(call, "payment_methods", url, render, group=customer_id, keep=keep)


def list_of_customer(call: Call, customer_id: str) -> dict:
    """GET /v1/customers/{id}/payment_methods"""
    call.need("customers", customer_id, "customer", in_path=True)
    return _page(call, f"/v1/customers/{customer_id}/payment_methods", customer_id)


def retrieve_of_customer(call: Call, customer_id: str, method_id: str) -> dict:
    """GET /v1/customers/{id}/payment_methods/{id}"""
    call.need("customers", customer_id, "customer", in_path=True)
    method = call.need("payment_methods", method_id, "payment_method", in_path=True)
    if method.customer != customer_id:
        raise missing_object("PaymentMethod", method_id, "payment_method", in_path=True)
    return render(call.book, method)


_PATH = "/v1/payment_methods"
_LISTED = PAGING | {"customer", "type"}
ENDPOINTS = (
    Endpoint(
        "POST",
        _PATH,
        create,
        "PaymentMethodCreateParams",
        "payment_method",
        names("type card us_bank_account sepa_debit billing_details metadata"),
    ),
    Endpoint(
        "GET",
        _PATH,
        list_,
        "PaymentMethodListParams",
        "payment_method",
        _LISTED,
        many=True,
    ),
    Endpoint(
        "GET",
        f"{_PATH}/{{}}",
        retrieve,
        "PaymentMethodRetrieveParams",
        "payment_method",
    ),
    Endpoint(
        "POST",
        f"{_PATH}/{{}}",
        update,
        "PaymentMethodUpdateParams",
        "payment_method",
        names("billing_details metadata card"),
    ),
    Endpoint(
        "POST",
        f"{_PATH}/{{}}/attach",
        attach,
        "PaymentMethodAttachParams",
        "payment_method",
        names("customer"),
    ),
    Endpoint(
        "POST",
        f"{_PATH}/{{}}/detach",
        detach,
        "PaymentMethodDetachParams",
        "payment_method",
    ),
    Endpoint(
        "GET",
        "/v1/customers/{}/payment_methods",
        list_of_customer,
        "CustomerListPaymentMethodsParams",
        "payment_method",
        PAGING | {"type"},
        many=True,
    ),
    Endpoint(
        "GET",
        "/v1/customers/{}/payment_methods/{}",
        retrieve_of_customer,
        "CustomerRetrievePaymentMethodParams",
        "payment_method",
    ),
)
