"""The shape of a payment method in the API, and the facts printed on one."""

from __future__ import annotations

import hashlib

from ..memory.behaviours import Behaviour
from ..memory.documented import ROUTING_NUMBER, DocumentedMethod
from ..memory.ids import new_id
from ..memory.objects import PaymentMethod
from ..memory.simulator import Simulator
from ..memory.store import Book

ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_BILLING = ("email", "name", "phone", "tax_id")
# Facts that tell the number of one test method from another's.
_NUMBER = ("brand", "country", "last4", "routing_number")
_CHECKS = ("address_line1_check", "address_postal_code_check", "cvc_check")


def render(book: Book, method: PaymentMethod) -> dict:
    """Return the payment method in Stripe's shape."""
    return {
        "id": method.id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": method.billing_details,
        method.type: method.details,
        "created": method.created,
        "customer": method.customer,
        "customer_account": None,
        "livemode": book.livemode,
        "metadata": method.metadata,
        "type": method.type,
    }


def release(sim: Simulator, book: Book, method: PaymentMethod) -> None:
    """Take the method from its customer; it can never be charged again."""
    before = {"customer": method.customer}
    book.payment_methods.leave_group(method)
    method.customer, method.spent = None, True
    sim.tell(book, "payment_method.detached", method, before)


# === THE FACTS PRINTED ON A METHOD === #


def _card_details(given: dict) -> dict:
    return {
        "brand": given.get("brand", "visa"),
        "checks": {**dict.fromkeys(_CHECKS), "cvc_check": "pass"},
        "country": given.get("country", "US"),
        "display_brand": given.get("brand", "visa"),
        "exp_month": given.get("exp_month", 12),
        "exp_year": given.get("exp_year", 2034),
        "fingerprint": given.get("fingerprint") or new_id("", 16)[1:],
        "funding": given.get("funding", "credit"),
        "generated_from": None,
        "last4": given.get("last4", "4242"),
        "networks": {"available": [given.get("brand", "visa")], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _us_bank_details(given: dict) -> dict:
    return {
        "account_holder_type": given.get("account_holder_type", "individual"),
        "account_type": given.get("account_type", "checking"),
        "bank_name": given.get("bank_name", "STRIPE TEST BANK"),
        "financial_connections_account": None,
        "fingerprint": given.get("fingerprint") or new_id("", 16)[1:],
        "last4": given.get("last4", "6789"),
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": given.get("routing_number", ROUTING_NUMBER),
        "status_details": {},
    }


def _sepa_details(given: dict) -> dict:
    return {
        "bank_code": given.get("bank_code", "37040044"),
        "branch_code": given.get("branch_code", ""),
        "country": given.get("country", "DE"),
        "fingerprint": given.get("fingerprint") or new_id("", 16)[1:],
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": given.get("last4", "3000"),
    }


def _bacs_details(given: dict) -> dict:
    return {
        "fingerprint": given.get("fingerprint") or new_id("", 16)[1:],
        "last4": given.get("last4", "2345"),
        "sort_code": given.get("sort_code", "108800"),
    }


def _becs_details(given: dict) -> dict:
    return {
        "bsb_number": given.get("bsb_number", "000000"),
        "fingerprint": given.get("fingerprint") or new_id("", 16)[1:],
        "last4": given.get("last4", "3456"),
    }


DETAILS = {
    "card": _card_details,
    "us_bank_account": _us_bank_details,
    "sepa_debit": _sepa_details,
    "bacs_debit": _bacs_details,
    "au_becs_debit": _becs_details,
}


def billing_details(given: dict | None) -> dict:
    """Return billing details with every key that Stripe shows."""
    given = given or {}
    details = {name: given.get(name) or None for name in _BILLING}
    address = given.get("address") or {}
    details["address"] = {name: address.get(name) or None for name in ADDRESS}
    return details


def made_from(book: Book, now: int, test: DocumentedMethod, **more) -> PaymentMethod:
    """Return a method of nobody with the number of a documented one.

    The same number has the same fingerprint, each time and in one account only.
    """
    details = {**test.details, **more.pop("details", {})}
    number = (book.account, test.type, *(details.get(name) for name in _NUMBER))
    digest = hashlib.blake2b(repr(number).encode(), digest_size=8).hexdigest()
    details = {"fingerprint": digest, **details}
    method = build(now, test.type, test.behaviour, details, **more)
    return book.payment_methods.add(method)


def build(
    now: int,
    method_type: str,
    behaviour: Behaviour,
    details: dict,
    billing: dict | None = None,
) -> PaymentMethod:
    """Return a new payment method of nobody; ``details`` are facts printed on it."""
    return PaymentMethod(
        id=new_id("pm"),
        created=now,
        type=method_type,
        details=DETAILS[method_type](details),
        billing_details=billing_details(billing),
        metadata={},
        behaviour=behaviour,
    )
