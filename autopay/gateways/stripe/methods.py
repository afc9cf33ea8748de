"""Reads a saved payment method, its mandate and its customer at Stripe."""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any

from ..base import ABSENT, FOUND, GONE, UNKNOWN, Credentials
from ..reports import MandateReport, MethodReport
from .answer import Answer, as_dict, as_text, id_of, mask
from .client import ask, get_client, get_options

RETRIES = 1  # repeats by the SDK itself


class StripeMethods:
    """The saved methods of one Stripe account; only reads, never raises for Stripe."""

    def __init__(self, credentials: Credentials) -> None:
        """Connect to nothing yet.

        :raise ValueError: when the key is missing or the address is not acceptable
        """
        self._livemode = credentials.livemode
        self._v1 = get_client(credentials).v1

    def read_method(self, ref: str) -> MethodReport:
        """Return what a payment method is now; GONE when its customer lost it."""
        methods = self._v1.payment_methods
        answer = ask(lambda: methods.retrieve(ref, None, get_options(RETRIES)))
        if kind := self._unreadable(answer, "payment_method"):
            return MethodReport(kind, ref, problem=_problem(answer))
        customer = answer.body.get("customer")
        details = as_dict(answer.body.get(as_text(answer.body.get("type"))))
        return MethodReport(
            # A method once detached can never be charged or attached again
            # (https://docs.stripe.com/api/payment_methods/detach).
            kind=FOUND if customer else GONE,
            ref=ref,
            customer_ref=as_text(customer) or as_text(as_dict(customer).get("id")),
            type=as_text(answer.body.get("type")),
            last4=as_text(details.get("last4")),
            expiry_date=expiry_date(details),
        )

    def read_mandate(self, ref: str) -> MandateReport:
        """Return what a mandate is now; GONE when nothing may be charged under it."""
        mandates = self._v1.mandates
        answer = ask(lambda: mandates.retrieve(ref, None, get_options(RETRIES)))
        if kind := self._unreadable(answer, "mandate"):
            return MandateReport(kind, ref, problem=_problem(answer))
        method = answer.body.get("payment_method")
        return MandateReport(
            kind=GONE if answer.body.get("status") == "inactive" else FOUND,
            ref=ref,
            method_ref=as_text(method) or as_text(as_dict(method).get("id")),
        )

    def read_customer(self, ref: str) -> str:
        """Return FOUND, GONE for a deleted customer, ABSENT or UNKNOWN."""
        customers = self._v1.customers
        answer = ask(lambda: customers.retrieve(ref, None, get_options(RETRIES)))
        # The remains of a deleted customer have no mode.
        if answer.body.get("deleted") is True and answer.body.get("id") == ref:
            return GONE
        return self._unreadable(answer, "customer") or FOUND

    def _unreadable(self, answer: Answer, kind: str) -> str:
        """Return why an answer is not the object asked for, empty when it is."""
        if answer.status == 404 and answer.error:
            return ABSENT
        body = answer.body
        right = body.get("object") == kind and body.get("livemode") is self._livemode
        return "" if right else UNKNOWN


def expiry_date(details: Mapping[str, Any]) -> date | None:
    """Return the last day on which a card is valid; None for what does not expire."""
    year, month = details.get("exp_year"), details.get("exp_month")
    if not (isinstance(year, int) and isinstance(month, int)):
        return None
    if not (1 <= month <= 12 and 2000 <= year <= 9999):
        return None
    return date(year, month, calendar.monthrange(year, month)[1])


def saved_values(payment_data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a token keeps of a method beyond what Odoo itself takes.

    :param payment_data: what Odoo processes: ``payment_method``, and ``setup_intent``
        when a method was saved without paying
    """
    method = as_dict(payment_data.get("payment_method"))
    details = as_dict(method.get(as_text(method.get("type"))))
    values: dict[str, Any] = {
        "autopay_expiry_date": expiry_date(details),
        "autopay_fingerprint": as_text(details.get("fingerprint")),
        "stripe_mandate": id_of(
            as_dict(payment_data.get("setup_intent")).get("mandate")
        ),
    }
    return {name: value for name, value in values.items() if value}


def _problem(answer: Answer) -> str:
    if answer.body:
        return "another object than was asked for"
    said = as_text(answer.error.get("code")) or as_text(answer.error.get("type"))
    return mask(said or answer.fault or f"HTTP {answer.status}")
