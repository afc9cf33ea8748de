"""The addresses under ``/_admin/``: what tests and the demonstration may ask for."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable

from aiohttp import web

from ..memory.simulator import Simulator
from ..money import cards, debits, setups

_AUTHENTICATED = {
    False: ("payment_intent", cards.finish_authentication),
    True: ("setup_intent", setups.finish_authentication),
}


class Admin:
    """Handlers; a ``ValueError`` becomes a 400 with its sentence."""

    def __init__(self, sim: Simulator, *more: object):
        """``more`` are objects with a ``table`` of further handlers."""
        self.sim = sim
        self._more = more

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses and their handlers."""
        table = {
            ("GET", "/health"): self.health,
            ("POST", "/reset"): self.reset,
            ("GET", "/state"): self.state,
            ("GET", "/ledger"): self.ledger,
            ("GET", "/clock"): self.clock,
            ("POST", "/clock"): self.advance,
            ("POST", "/hurry"): self.hurry,
            ("POST", "/latency"): self.latency,
            ("POST", "/faults"): self.add_fault,
            ("GET", "/faults"): self.list_faults,
            ("DELETE", "/faults"): self.clear_faults,
            ("DELETE", "/faults/{id}"): self.remove_fault,
            ("GET", "/requests"): self.list_requests,
            ("DELETE", "/requests"): self.clear_requests,
            ("POST", "/settle"): self.settle,
            ("POST", "/authenticate"): self.authenticate,
        }
        for other in self._more:
            table |= other.table()
        return [
            web.route(method, f"/_admin{path}", self._guard(handler))
            for (method, path), handler in table.items()
        ]

    def _guard(self, handler: Callable) -> Callable:
        async def guarded(request: web.Request) -> web.Response:
            self.sim.clock.run_due()
            try:
                result = handler(request, await _json(request))
                if inspect.isawaitable(result):
                    result = await result
            except (ValueError, TypeError) as error:
                return web.json_response({"error": str(error)}, status=400)
            except LookupError as error:
                return web.json_response({"error": error.args[0]}, status=404)
            return result if isinstance(result, web.Response) else _ok(result)

        return guarded

    # === STATE === #

    def health(self, request: web.Request, body: dict) -> dict:
        """GET /health"""
        return {"status": "ok"}

    def reset(self, request: web.Request, body: dict) -> dict:
        """POST /reset: forget everything, clock, faults and latency included."""
        self.sim.reset()
        return {}

    def state(self, request: web.Request, body: dict) -> dict:
        """GET /state: how many of everything there are."""
        return self.sim.counts()

    def ledger(self, request: web.Request, body: dict) -> web.Response:
        """GET /ledger: every movement of money, and the totals by currency."""
        return web.Response(
            body=self.sim.ledger.to_json(), content_type="application/json"
        )

    def clock(self, request: web.Request, body: dict) -> dict:
        """GET /clock: virtual time in seconds since 1970."""
        return {"now": self.sim.clock.now()}

    def advance(self, request: web.Request, body: dict) -> dict:
        """POST /clock: move it forward; debits settle and keys expire."""
        self.sim.clock.advance(_seconds(body, "advance"))
        return {"now": self.sim.clock.now()}

    def hurry(self, request: web.Request, body: dict) -> dict:
        """POST /hurry: what would happen within so many seconds happens now."""
        self.sim.clock.hurry(_seconds(body, "seconds"))
        return {"now": self.sim.clock.now()}

    def latency(self, request: web.Request, body: dict) -> dict:
        """POST /latency: how long every API request takes from now on."""
        self.sim.latency = _seconds(body, "seconds")
        return {"seconds": self.sim.latency}

    # === FAULTS AND REQUESTS === #

    def add_fault(self, request: web.Request, body: dict) -> dict:
        """POST /faults"""
        return {"id": self.sim.faults.add(body).id}

    def list_faults(self, request: web.Request, body: dict) -> dict:
        """GET /faults: with how often each matched and hit."""
        return {"faults": self.sim.faults.to_list()}

    def clear_faults(self, request: web.Request, body: dict) -> dict:
        """DELETE /faults"""
        self.sim.faults.clear()
        return {}

    def remove_fault(self, request: web.Request, body: dict) -> dict:
        """DELETE /faults/{id}"""
        fault_id = request.match_info["id"]
        if not self.sim.faults.remove(fault_id):
            raise LookupError(f"There is no fault {fault_id}.")
        return {}

    def list_requests(self, request: web.Request, body: dict) -> dict:
        """GET /requests?limit=: the latest API requests, oldest first."""
        limit = request.query.get("limit")
        entries = self.sim.log.latest(int(limit) if limit else None)
        return {"requests": entries, "total": self.sim.log.total}

    def clear_requests(self, request: web.Request, body: dict) -> dict:
        """DELETE /requests"""
        self.sim.log.clear()
        return {}

    # === PAYMENTS === #

    def settle(self, request: web.Request, body: dict) -> dict:
        """POST /settle: end one debit, or all that are under way, now."""
        outcome = body.get("outcome", "succeeded")
        if outcome not in ("succeeded", "failed"):
            raise ValueError("The outcome is either 'succeeded' or 'failed'.")
        codes = (body.get("failure_code"), body.get("network_decline_code"))
        settled = [
            intent.id
            for book, intent in self._open_intents(body.get("payment_intent"))
            if debits.settle(self.sim, book, intent, outcome, *codes)
        ]
        return {"settled": settled}

    def _open_intents(self, intent_id: str | None) -> list[tuple]:
        if intent_id is not None:
            return [self.sim.find("payment_intents", intent_id)]
        return [(b, intent) for b in self.sim.store for intent in b.payment_intents]

    def authenticate(self, request: web.Request, body: dict) -> dict:
        """POST /authenticate: the customer passes (or fails) what the bank asks of the
        ``payment_intent`` or ``setup_intent``."""
        outcome = body.get("outcome", "succeeded")
        if outcome not in ("succeeded", "failed"):
            raise ValueError("The outcome is either 'succeeded' or 'failed'.")
        is_setup = "setup_intent" in body
        name, finish = _AUTHENTICATED[is_setup]
        book, intent = self.sim.find(f"{name}s", body.get(name))
        finish(self.sim, book, intent, passed=outcome == "succeeded")
        return {"status": intent.status}


async def _json(request: web.Request) -> dict:
    text = await request.text()
    body = json.loads(text) if text else {}
    return body if isinstance(body, dict) else {}


def _ok(result: dict) -> web.Response:
    return web.json_response(result)


def _seconds(body: dict, name: str) -> float:
    value = body.get(name)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < 0:
        raise ValueError(f"'{name}' must be a number of seconds, not below zero.")
    return value
