"""Admin calls for what customers do on the hosted pages."""

from __future__ import annotations


class VisitCalls:
    """Deeds of a customer; ``memory.ways.DEEDS`` names them all.

    On the page of a Checkout Session: ``card``, ``mastercard``, ``card_3ds``,
    ``card_declined``, ``card_declined_later``, ``us_bank_account``,
    ``us_bank_account_deposits``, ``sepa_debit``, ``bacs_debit``, ``au_becs_debit``,
    ``back``.  On the page of the bank: ``pass``, ``fail``.  On the page of a deposit:
    ``verify``, ``mismatch``, ``exceed``.  Everywhere ``leave``: the window is closed.
    """

    def set_next_visitor(self, *deeds: str) -> None:
        """Decide what is done by whoever opens the next pages, one deed for each;
        no deed: the pages show their buttons again."""
        self._call("POST", "/visitor", {"deeds": list(deeds)})

    def get_next_visitor(self) -> list[str]:
        """Return the deeds that nobody has done yet."""
        return self._call("GET", "/visitor")["deeds"]

    def visit(self, page: str, *deeds: str) -> str:
        """Open a page (its whole address) and do the deeds, one on each page that
        follows; return the address at which the customer arrives, empty if he left."""
        body = {"page": page, "deeds": list(deeds)}
        return self._call("POST", "/visits", body)["location"]

    def answer_deposit(self, setup_intent: str, outcome: str = "verified") -> str:
        """Let the customer verify his account by the code of a deposit, or
        (``mismatch``, ``exceeded``, ``timeout``) not; return the intent's status."""
        body = {"setup_intent": setup_intent, "outcome": outcome}
        return self._call("POST", "/deposits", body)["status"]
