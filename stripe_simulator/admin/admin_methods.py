"""Admin addresses for payment methods, their customers and their mandates."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from ..memory import behaviours
from ..memory.documented import MANDATE_TYPES
from ..memory.ids import new_id
from ..memory.simulator import Simulator
from ..money import mandating
from ..resources import customers
from ..resources.differences import differences
from ..rules.auth import DEFAULT_ACCOUNT
from ..shapes import mandate_shape, method_shape


class MethodAdmin:
    """Handlers; see ``Admin`` for what becomes of their errors."""

    def __init__(self, sim: Simulator):
        self.sim = sim

    def table(self) -> dict[tuple[str, str], Callable]:
        """Return the addresses and their handlers."""
        return {
            ("POST", "/payment_methods"): self.create_method,
            ("PATCH", "/payment_methods/{id}"): self.change_method,
            ("POST", "/payment_methods/{id}/reissue"): self.reissue,
            ("POST", "/payment_methods/{id}/detach"): self.detach,
            ("DELETE", "/customers/{id}"): self.delete_customer,
            ("POST", "/mandates"): self.give_mandate,
            ("POST", "/mandates/{id}"): self.set_mandate,
        }

    def create_method(self, request: web.Request, body: dict) -> dict:
        """POST /payment_methods: with any behaviour, saved with ``customer`` if given.

        The mode and account are those of the customer, or ``livemode``, ``account``.
        """
        kind = body.get("type", "card")
        if kind not in method_shape.DETAILS:
            known = ", ".join(method_shape.DETAILS)
            raise ValueError(f"Unknown type of payment method; one of {known}.")
        book, customer = self._owner(body)
        method = method_shape.build(
            self.sim.clock.now(),
            kind,
            behaviours.parse(body.get("behaviour") or {}, kind),
            body.get(kind) or {},
            body.get("billing_details"),
        )
        method.customer = customer
        book.payment_methods.add(method)
        return method_shape.render(book, method)

    def _owner(self, body: dict) -> tuple:
        customer_id = body.get("customer")
        if customer_id is None:
            account = body.get("account", DEFAULT_ACCOUNT)
            return self.sim.store.book(account, body.get("livemode", False)), None
        book, customer = self.sim.find("customers", customer_id)
        if customer.deleted:
            raise LookupError(f"The customer {customer_id} was deleted.")
        return book, customer_id

    def change_method(self, request: web.Request, body: dict) -> dict:
        """PATCH /payment_methods/{id}: a new ``behaviour``; tries count from 1 again.

        ``card`` and the like replace facts that are printed on it.
        """
        book, method = self.sim.find("payment_methods", request.match_info["id"])
        if "behaviour" in body:
            method.behaviour = behaviours.parse(body["behaviour"], method.type)
            method.tries = 0
        facts = body.get(method.type)
        if facts:
            method.details = {**method.details, **facts}
        return method_shape.render(book, method)

    def reissue(self, request: web.Request, body: dict) -> dict:
        """POST /payment_methods/{id}/reissue: the bank has sent a new card, and Stripe
        has learned of it; ``card`` holds what is printed on it now."""
        book, method = self.sim.find("payment_methods", request.match_info["id"])
        if method.type != "card":
            raise ValueError("Only a card is replaced by its bank.")
        facts = body.get("card") or {}
        before = method_shape.render(book, method)
        if facts.get("last4", method.details["last4"]) != method.details["last4"]:
            facts = {"fingerprint": new_id("", 16)[1:], **facts}
        method.details = {**method.details, **facts}
        after = method_shape.render(book, method)
        changed = differences(before, after)
        self.sim.tell(book, "payment_method.automatically_updated", method, changed)
        return after

    def detach(self, request: web.Request, body: dict) -> dict:
        """POST /payment_methods/{id}/detach: as by hand in Stripe's dashboard."""
        book, method = self.sim.find("payment_methods", request.match_info["id"])
        if method.customer is None:
            raise ValueError("The payment method belongs to nobody.")
        method_shape.release(self.sim, book, method)
        return method_shape.render(book, method)

    def delete_customer(self, request: web.Request, body: dict) -> dict:
        """DELETE /customers/{id}: as by hand in Stripe's dashboard."""
        book, customer = self.sim.find("customers", request.match_info["id"])
        if customer.deleted:
            raise ValueError("The customer is deleted already.")
        return customers.remove(self.sim, book, customer)

    def give_mandate(self, request: web.Request, body: dict) -> dict:
        """POST /mandates: one for the bank account ``payment_method``."""
        book, method = self.sim.find("payment_methods", body.get("payment_method"))
        if method.type not in MANDATE_TYPES:
            raise ValueError("Only a bank account has a mandate.")
        return mandate_shape.render(book, mandating.give(self.sim, book, method))

    def set_mandate(self, request: web.Request, body: dict) -> dict:
        """POST /mandates/{id}: a new ``status``."""
        book, mandate = self.sim.find("mandates", request.match_info["id"])
        mandating.set_status(self.sim, book, mandate, body.get("status", ""))
        return mandate_shape.render(book, mandate)
