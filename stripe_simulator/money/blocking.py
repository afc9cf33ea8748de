"""Bank accounts that must not be debited again after a return."""

from __future__ import annotations

from ..memory.objects import PaymentMethod

# Returns after which Stripe refuses to debit the account again, and why.
BLOCKING_RETURNS = {
    "R02": "bank_account_closed",
    "R03": "bank_account_invalid_details",
    "R04": "bank_account_invalid_details",
    "R16": "bank_account_frozen",
    "R20": "bank_account_restricted",
    **dict.fromkeys(("R05", "R07", "R08", "R10", "R11"), "debit_not_authorized"),
    **dict.fromkeys(("R29", "R31"), "debit_not_authorized"),
}


def block_account(method: PaymentMethod, network_code: str | None) -> None:
    """Block a US account if ``network_code`` is a return that forbids to try again."""
    reason = BLOCKING_RETURNS.get(network_code)
    if method.type == "us_bank_account" and reason:
        blocked = {"network_code": network_code, "reason": reason}
        method.details = {**method.details, "status_details": {"blocked": blocked}}
