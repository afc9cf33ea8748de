"""The ways to fill in the hosted page, and what the bank makes of each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .behaviours import DEPOSITS
from .documented import BACS_ACCOUNT, BECS_ACCOUNT, BY_ID, DocumentedMethod


@dataclass(frozen=True, slots=True)
class Way:
    """A payment method and the words on its button."""

    label: str
    method: DocumentedMethod

    @property
    def verifies_by_deposits(self) -> bool:
        """Whether the account is verified days later."""
        return self.method.behaviour.setup == DEPOSITS


def _by_deposits(test: DocumentedMethod) -> DocumentedMethod:
    return replace(test, behaviour=replace(test.behaviour, setup=DEPOSITS))


_BANK = BY_ID["pm_usBankAccount_success"]

WAYS: dict[str, Way] = {
    "card": Way("Card ending in 4242: is saved", BY_ID["pm_card_visa"]),
    "mastercard": Way(
        "Mastercard ending in 4444: is saved", BY_ID["pm_card_mastercard"]
    ),
    "card_3ds": Way(
        "Card ending in 3155: its bank asks the customer (3-D Secure)",
        BY_ID["pm_card_authenticationRequiredOnSetup"],
    ),
    "card_declined": Way(
        "Card ending in 0002: its bank declines it", BY_ID["pm_card_chargeDeclined"]
    ),
    "card_declined_later": Way(
        "Card ending in 0341: is saved, and declined when it is charged",
        BY_ID["pm_card_chargeCustomerFail"],
    ),
    "us_bank_account": Way("US bank account ending in 6789: verified at once", _BANK),
    "us_bank_account_deposits": Way(
        "US bank account ending in 6789: verified by a small deposit in some days",
        _by_deposits(_BANK),
    ),
    "sepa_debit": Way("SEPA account ending in 3000", BY_ID["pm_success_de"]),
    "bacs_debit": Way("UK bank account ending in 2345 (Bacs)", BACS_ACCOUNT),
    "au_becs_debit": Way("Australian bank account ending in 3456 (BECS)", BECS_ACCOUNT),
}

# The other buttons of the hosted pages.
BACK, LEAVE = "back", "leave"
PASS, FAIL = "pass", "fail"
VERIFY, MISMATCH, EXCEED = "verify", "mismatch", "exceed"
DEEDS = (*WAYS, BACK, LEAVE, PASS, FAIL, VERIFY, MISMATCH, EXCEED)
