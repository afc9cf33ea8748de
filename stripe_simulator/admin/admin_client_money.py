"""Admin calls for money that goes back: refunds, disputes, late returns."""

from __future__ import annotations

from urllib.parse import quote


class MoneyCalls:
    """Amounts are in minor units.  A charge may be named by its intent as well."""

    def settle_refund(
        self,
        refund_id: str,
        outcome: str = "succeeded",
        failure_reason: str | None = None,
    ) -> dict:
        """Let a refund become ``succeeded``, ``failed``, ``canceled`` or
        ``requires_action``; return it.  One that had succeeded can still fail."""
        body = {"outcome": outcome, "failure_reason": failure_reason}
        return self._call("POST", f"/refunds/{quote(refund_id)}", body)

    def open_dispute(
        self,
        charge: str,
        reason: str = "fraudulent",
        amount: int | None = None,
        inquiry: bool = False,
        network_code: str | None = None,
    ) -> dict:
        """Dispute a charge and return the dispute; an ``inquiry`` takes no money."""
        body = {
            "charge": charge,
            "reason": reason,
            "amount": amount,
            "inquiry": inquiry,
            "network_code": network_code,
        }
        return self._call("POST", "/disputes", body)

    def _take_step(self, dispute_id: str, step: str) -> dict:
        return self._call("POST", f"/disputes/{quote(dispute_id)}", {"step": step})

    def answer_dispute(self, dispute_id: str) -> dict:
        """Put a dispute under review by the bank; return it."""
        return self._take_step(dispute_id, "answer")

    def win_dispute(self, dispute_id: str) -> dict:
        """End a dispute for the account, which gets the money back; return it."""
        return self._take_step(dispute_id, "win")

    def lose_dispute(self, dispute_id: str) -> dict:
        """End a dispute for the customer; return it."""
        return self._take_step(dispute_id, "lose")

    def close_inquiry(self, dispute_id: str) -> dict:
        """End an inquiry without consequence; return it."""
        return self._take_step(dispute_id, "close_inquiry")

    def escalate_inquiry(self, dispute_id: str) -> dict:
        """Make a dispute of an inquiry, which takes the money; return it."""
        return self._take_step(dispute_id, "escalate")

    def return_debit(
        self,
        charge: str,
        reason: str = "insufficient_funds",
        network_code: str | None = None,
    ) -> dict:
        """Let a debit that had succeeded come back; return the lost dispute.

        Reasons: ``insufficient_funds``, ``debit_not_authorized``,
        ``incorrect_account_details``, ``bank_cannot_process``, ...
        """
        body = {"charge": charge, "reason": reason, "network_code": network_code}
        return self._call("POST", "/returns", body)

    def warn_of_fraud(
        self, charge: str, fraud_type: str = "unauthorized_use_of_card"
    ) -> dict:
        """Let the bank warn early that a charge was fraud; return the warning."""
        body = {"charge": charge, "fraud_type": fraud_type}
        return self._call("POST", "/fraud_warnings", body)
