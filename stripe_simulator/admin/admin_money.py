"""Admin addresses for money that goes back: refunds, disputes, late returns."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from ..memory.objects import Charge
from ..memory.simulator import Simulator
from ..memory.store import Book
from ..money import aftermath, disputing, refunding
from ..shapes import dispute_shape, refund_shape, warning_shape


class MoneyAdmin:
    """Handlers; see ``Admin`` for what becomes of their errors."""

    def __init__(self, sim: Simulator):
        self.sim = sim

    def table(self) -> dict[tuple[str, str], Callable]:
        """Return the addresses and their handlers."""
        return {
            ("POST", "/refunds/{id}"): self.settle_refund,
            ("POST", "/disputes"): self.open_dispute,
            ("POST", "/disputes/{id}"): self.take_step,
            ("POST", "/returns"): self.return_debit,
            ("POST", "/fraud_warnings"): self.warn,
        }

    def settle_refund(self, request: web.Request, body: dict) -> dict:
        """POST /refunds/{id}: ``outcome`` and, of a failure, the ``failure_reason``."""
        book, refund = self.sim.find("refunds", request.match_info["id"])
        outcome = body.get("outcome", "succeeded")
        refunding.settle(self.sim, book, refund, outcome, body.get("failure_reason"))
        return refund_shape.render(book, refund)

    def open_dispute(self, request: web.Request, body: dict) -> dict:
        """POST /disputes: ``charge`` (or its intent), ``reason``, ``amount`` in minor
        units, ``inquiry``, ``network_code``."""
        book, charge = self._charge(body.get("charge"))
        facts = {name: body.get(name) for name in ("amount", "network_code")}
        reason, inquiry = body.get("reason", "fraudulent"), bool(body.get("inquiry"))
        dispute = disputing.open_(
            self.sim, book, charge, reason, inquiry=inquiry, **facts
        )
        return dispute_shape.render(book, dispute)

    def take_step(self, request: web.Request, body: dict) -> dict:
        """POST /disputes/{id}: one ``step`` of ``disputing.STEPS``."""
        book, dispute = self.sim.find("disputes", request.match_info["id"])
        disputing.take(self.sim, book, dispute, body.get("step", ""))
        return dispute_shape.render(book, dispute)

    def return_debit(self, request: web.Request, body: dict) -> dict:
        """POST /returns: ``charge`` (or its intent), ``reason``, ``network_code``."""
        book, charge = self._charge(body.get("charge"))
        reason = body.get("reason", "insufficient_funds")
        code = body.get("network_code")
        dispute = disputing.return_debit(self.sim, book, charge, reason, code)
        return dispute_shape.render(book, dispute)

    def warn(self, request: web.Request, body: dict) -> dict:
        """POST /fraud_warnings: ``charge`` (or its intent) and ``fraud_type``."""
        book, charge = self._charge(body.get("charge"))
        fraud_type = body.get("fraud_type", "unauthorized_use_of_card")
        warning = aftermath.warn(self.sim, book, charge, fraud_type)
        return warning_shape.render(book, warning)

    def _charge(self, object_id: str | None) -> tuple[Book, Charge]:
        """Return the charge with the id, or the latest of the intent with the id."""
        if not str(object_id).startswith("pi_"):
            return self.sim.find("charges", object_id)
        _book, intent = self.sim.find("payment_intents", object_id)
        return self.sim.find("charges", intent.latest_charge)
