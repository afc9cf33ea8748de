"""An account with a provider that Autopay has never heard of, in memory.

It has the parts that charge, list charges and list what went back, and nothing else:
what is missing must be missed by nobody.
"""

import time
from dataclasses import dataclass, replace
from itertools import count

from ...gateways.account import ProviderAccount
from ...gateways.base import (
    ABSENT,
    CANCELED,
    DECLINED,
    PREPARED,
    SUCCEEDED,
    UNKNOWN,
    ChargeOutcome,
)
from ...gateways.reports import ChargeReport, Reading, ReversalReport


@dataclass
class ToyCharge:
    """One request, as the provider keeps it."""

    ref: str
    body: dict
    kind: str = PREPARED
    created_at: int = 0
    refunded: int = 0


class ToyBooks:
    """All that the provider has: charges and refunds, in the order they were made."""

    def __init__(self):
        self.charges, self.refunds, self.by_key = {}, [], {}
        self.numbers = count(1)
        # Whether the answer to the next charge gets lost on the way.
        self.is_answer_lost = False

    def refund(self, ref, amount_minor):
        """Give money of a charge back, as somebody does in the provider's dashboard."""
        charge = self.charges[ref]
        charge.refunded += amount_minor
        self.refunds.append(
            ReversalReport(
                kind="refund",
                ref=f"back_{next(self.numbers)}",
                object_ref=ref,
                charge_ref=ref,
                amount_minor=amount_minor,
                currency=charge.body["currency"],
                status="succeeded",
                reason="",
                network_code="",
                created_at=int(time.time()),
                livemode=False,
            )
        )


class ToyCharges:
    """Charges, see ``base.Gateway``; a customer called ``broke`` is declined."""

    def __init__(self, books):
        self._books = books

    def build_requests(self, order):
        """Return the bodies of both requests."""
        body = {
            "amount": order.amount_minor,
            "currency": order.currency,
            "customer": order.customer_ref,
            "tags": {**order.metadata},
        }
        return body, {"method": order.method_ref}

    def prepare(self, request):
        """Make the object, once for each key."""
        books = self._books
        if request.prepare_key not in books.by_key:
            ref = f"toy_{next(books.numbers)}"
            books.charges[ref] = ToyCharge(ref, dict(request.prepare_params))
            books.by_key[request.prepare_key] = ref
        return self._answer(books.charges[books.by_key[request.prepare_key]])

    def charge(self, request):
        """Take the money, once for each object."""
        charge = self._books.charges[request.object_ref]
        if charge.kind == PREPARED:
            broke = charge.body["customer"] == "broke"
            charge.kind = DECLINED if broke else SUCCEEDED
            charge.created_at = int(time.time())
        if self._books.is_answer_lost:
            self._books.is_answer_lost = False
            return ChargeOutcome(UNKNOWN, object_ref=charge.ref)
        return self._answer(charge)

    def read(self, request):
        """Tell what became of the object."""
        charge = self._books.charges.get(request.object_ref)
        return self._answer(charge) if charge else ChargeOutcome(ABSENT)

    def withdraw(self, request):
        """Close the object."""
        charge = self._books.charges.get(request.object_ref)
        if charge and charge.kind != SUCCEEDED:
            charge.kind = CANCELED
        return self.read(request)

    def _answer(self, charge):
        outcome = ChargeOutcome(
            charge.kind,
            object_ref=charge.ref,
            charge_ref=charge.ref,
            amount_minor=charge.body["amount"],
        )
        if charge.kind == DECLINED:
            return replace(outcome, decline_class="later", code="insufficient_funds")
        return outcome


class ToyHistory:
    """The list of charges that took money."""

    def __init__(self, books):
        self._books = books

    def list_charges(self, since, until):
        """Return the charges of a period."""
        return Reading(
            tuple(
                ChargeReport(
                    object_ref=charge.ref,
                    charge_ref=charge.ref,
                    tag=charge.body["tags"]["autopay_tx"],
                    database=charge.body["tags"]["autopay_database"],
                    amount_minor=charge.body["amount"],
                    currency=charge.body["currency"],
                    created_at=charge.created_at,
                    status="succeeded",
                    refunded_minor=charge.refunded,
                )
                for charge in self._books.charges.values()
                if charge.kind == SUCCEEDED and since <= charge.created_at <= until
            )
        )

    def add_charges_of(self, object_refs, reading):
        """Return a reading as it is: it has everything."""
        return reading


class ToyReversals:
    """Refunds."""

    def __init__(self, books):
        self._books = books

    def list_since(self, since):
        """Return the refunds made since then."""
        return Reading(tuple(r for r in self._books.refunds if r.created_at >= since))

    def list_of(self, object_ref):
        """Return the refunds of one charge."""
        rows = [row for row in self._books.refunds if row.object_ref == object_ref]
        return Reading(tuple(rows))

    def read(self, kind, ref):
        """Return one refund as it is now."""
        return Reading(tuple(row for row in self._books.refunds if row.ref == ref))


class ToyAccount(ProviderAccount):
    """The account, as models meet it."""

    parts = frozenset({"charges", "history", "reversals"})
    method_fields = {"customer": "provider_ref", "method": "provider_ref"}
    books = ToyBooks()

    def __init__(self, credentials):
        self.charges = ToyCharges(self.books)
        self.history = ToyHistory(self.books)
        self.reversals = ToyReversals(self.books)
