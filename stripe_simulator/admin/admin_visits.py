"""Admin addresses for what customers do on the hosted pages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin

from aiohttp import web

from ..memory.simulator import Simulator
from ..memory.ways import DEEDS
from ..money import deposits, visits

_CODES = {
    "verified": deposits.RIGHT_CODE,
    "mismatch": deposits.WRONG_CODE,
    "exceeded": deposits.LAST_CODE,
    "timeout": deposits.LATE_CODE,
}


class VisitAdmin:
    """Handlers; see ``Admin`` for what becomes of their errors."""

    def __init__(self, sim: Simulator):
        self.sim = sim

    def table(self) -> dict[tuple[str, str], Callable]:
        """Return the addresses and their handlers."""
        return {
            ("POST", "/visitor"): self.set_visitor,
            ("GET", "/visitor"): self.show_visitor,
            ("POST", "/visits"): self.visit,
            ("POST", "/deposits"): self.answer_deposit,
        }

    def set_visitor(self, request: web.Request, body: dict) -> dict:
        """POST /visitor: what whoever opens the next pages does, a deed for each."""
        deeds = _read_deeds(body)
        self.sim.deeds.clear()
        self.sim.deeds.extend(deeds)
        return {"deeds": deeds}

    def show_visitor(self, request: web.Request, body: dict) -> dict:
        """GET /visitor: the deeds that nobody has done yet."""
        return {"deeds": list(self.sim.deeds)}

    def visit(self, request: web.Request, body: dict) -> dict:
        """POST /visits: open the ``page`` now and do ``deeds``, one on each page."""
        address = str(body.get("page"))
        for deed in _read_deeds(body):
            place = visits.press(self.sim, *visits.read_address(address), deed)
            address = urljoin(address, place) if place else ""
        return {"location": address}

    def answer_deposit(self, request: web.Request, body: dict) -> dict:
        """POST /deposits: the customer of ``setup_intent`` enters a code."""
        outcome = body.get("outcome", "verified")
        if outcome not in _CODES:
            raise ValueError(f"The outcome is one of {', '.join(_CODES)}.")
        book, intent = self.sim.find("setup_intents", body.get("setup_intent"))
        deposits.answer(self.sim, book, intent, _CODES[outcome])
        return {"status": intent.status}


def _read_deeds(body: dict) -> list[str]:
    deeds = body.get("deeds")
    if not isinstance(deeds, list):
        raise ValueError("'deeds' must be a list.")
    for deed in deeds:
        if deed not in DEEDS:
            raise ValueError(f"Unknown deed '{deed}'; one of {', '.join(DEEDS)}.")
    return deeds
