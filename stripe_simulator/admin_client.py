"""Speaks to a running simulator's admin addresses, with the standard library only."""

from __future__ import annotations

from urllib.parse import quote

from .admin.admin_calls import AdminCaller, AdminError
from .admin.admin_client_methods import MethodCalls
from .admin.admin_client_money import MoneyCalls
from .admin.admin_client_visits import VisitCalls
from .admin.admin_client_webhooks import WebhookCalls

__all__ = ["AdminClient", "AdminError"]


class AdminClient(MethodCalls, MoneyCalls, VisitCalls, WebhookCalls, AdminCaller):
    """One method for every address under ``/_admin/``.

    Amounts are in minor units, times in seconds.  Every method raises ``AdminError``
    with the simulator's sentence when it refuses, ``OSError`` when it cannot be had.
    """

    # === STATE === #

    def health(self) -> dict:
        """Return ``{"status": "ok"}``."""
        return self._call("GET", "/health")

    def reset(self) -> None:
        """Forget everything, clock, faults and latency included."""
        self._call("POST", "/reset", {})

    def state(self) -> dict:
        """Return how many of everything there are."""
        return self._call("GET", "/state")

    def ledger(self) -> dict:
        """Return ``{"entries": [...], "totals": {currency: {...}}}``."""
        return self._call("GET", "/ledger")

    def now(self) -> int:
        """Return the virtual time."""
        return self._call("GET", "/clock")["now"]

    def advance(self, seconds: float) -> int:
        """Move the virtual clock forward; return its new time."""
        return self._call("POST", "/clock", {"advance": seconds})["now"]

    def hurry(self, seconds: float) -> int:
        """Let happen now what would within so many seconds; return the time."""
        return self._call("POST", "/hurry", {"seconds": seconds})["now"]

    def set_latency(self, seconds: float) -> None:
        """Make every API request take so long."""
        self._call("POST", "/latency", {"seconds": seconds})

    # === FAULTS AND REQUESTS === #

    def add_fault(self, kind: str, **fields) -> str:
        """Ask for a fault, return its id; see ``faults.Fault`` for the fields."""
        return self._call("POST", "/faults", {"kind": kind, **fields})["id"]

    def faults(self) -> list[dict]:
        """Return the faults with ``matched`` and ``hits``."""
        return self._call("GET", "/faults")["faults"]

    def remove_fault(self, fault_id: str) -> None:
        """Lift one fault."""
        self._call("DELETE", f"/faults/{quote(fault_id)}")

    def clear_faults(self) -> None:
        """Lift all faults."""
        self._call("DELETE", "/faults")

    def requests(self, limit: int | None = None) -> list[dict]:
        """Return the latest API requests, oldest first."""
        query = "" if limit is None else f"?limit={limit}"
        return self._call("GET", f"/requests{query}")["requests"]

    def count_requests(self) -> int:
        """Return how many API requests there were since they were last forgotten."""
        return self._call("GET", "/requests?limit=1")["total"]

    def clear_requests(self) -> None:
        """Forget the requests seen so far."""
        self._call("DELETE", "/requests")

    # === PAYMENTS === #

    def settle(
        self,
        payment_intent: str | None = None,
        outcome: str = "succeeded",
        failure_code: str | None = None,
        network_decline_code: str | None = None,
    ) -> list[str]:
        """End one debit, or all; return the ids of the intents that were ended."""
        body = {
            "payment_intent": payment_intent,
            "outcome": outcome,
            "failure_code": failure_code,
            "network_decline_code": network_decline_code,
        }
        return self._call("POST", "/settle", body)["settled"]

    def authenticate(self, intent: str, outcome: str = "succeeded") -> str:
        """Let the customer pass or fail (``failed``) the authentication of a payment
        intent or setup intent; return the status of the intent."""
        name = "setup_intent" if intent.startswith("seti_") else "payment_intent"
        body = {name: intent, "outcome": outcome}
        return self._call("POST", "/authenticate", body)["status"]
