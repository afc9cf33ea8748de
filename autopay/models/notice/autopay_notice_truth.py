from odoo import models

from ...const.notices.before import BEFORE
from ...const.notices.expiring import EXPIRING
from ...const.notices.kinds import FAILED_KINDS
from ...const.reversal import MONEY_GONE


class AutopayNoticeTruth(models.AbstractModel):
    """Says whether what was to be told still holds when its mail is written."""

    _name = "autopay.notice.truth"
    _description = "What Was Overtaken"

    def _is_waiting(self):
        """Return whether it is not known yet how to tell it."""
        self.ensure_one()
        if self.kind not in FAILED_KINDS:
            return False
        attempt = self._get_subject()
        # As long as its request can still be paid, nobody is asked to pay otherwise.
        return bool(attempt) and any(attempt.line_ids.mapped("live"))

    def _settle_kind(self):
        """Say of failures whether they are tried again, as things are now."""
        for notice in self.filtered(lambda rec: rec.kind in FAILED_KINDS):
            kind = "failed_retry" if notice._get_retry_date() else "failed"
            if kind != notice.kind:
                notice.kind = kind

    def _get_retry_date(self):
        """Return the next day on which an invoice of a failed charge is tried again."""
        self.ensure_one()
        moves = self._get_moves(self._get_subject())
        failed = moves.filtered(
            lambda move: move.autopay_status == "error" and move._is_autopay_open()
        )
        return min(filter(None, failed.mapped("autopay_retry_date")), default=False)

    def _get_skip_reason(self):
        """Return why it is not told any more, as a sentence; "" when it is."""
        self.ensure_one()
        record = self._get_subject()
        if not record:
            return self.env._("What it tells of was deleted.")
        if self._get_kinds()[self.kind].asks and not self.partner_id.active:
            return self.env._("The customer was archived.")
        check = {
            "receipt": self._get_receipt_end,
            "pending": self._get_pending_end,
            "failed": self._get_failure_end,
            "failed_retry": self._get_failure_end,
            "confirm": self._get_confirm_end,
            "confirm_reminder": self._get_confirm_end,
            "returned": self._get_returned_end,
            "plan": self._get_plan_end,
            BEFORE: self._get_before_end,
            EXPIRING: self._get_expiring_end,
            "request": self._get_request_end,
        }.get(self.kind)
        return check(record) if check else ""

    def _get_receipt_end(self, attempt):
        if attempt.state != "succeeded":
            return self.env._("The charge turned out not to be collected.")
        return ""

    def _get_pending_end(self, attempt):
        if attempt.state != "pending":
            return self.env._("The debit was over before the mail was written.")
        return ""

    def _get_failure_end(self, attempt):
        if attempt.state != "declined":
            return self.env._("The charge turned out not to have failed.")
        is_ours = attempt.decline_class == "configuration"
        if is_ours and not self._get_retry_date():
            return self.env._("The cause is not the customer's: staff see to it.")
        moves = self._get_moves(attempt)
        if not moves:
            return self.env._("The invoices went to another customer.")
        owed = self._filter_owed(moves)
        if not owed:
            return self.env._("Paid before the mail was written.")
        newer = owed.autopay_attempt_ids.filtered(
            lambda rec: rec.id > attempt.id and rec.state != "canceled"
        )
        if newer.move_ids >= owed:
            return self.env._("Charged again before the mail was written.")
        return ""

    def _filter_owed(self, moves):
        return moves.filtered(
            lambda move: move.state == "posted" and move._is_autopay_open()
        )

    def _get_confirm_end(self, attempt):
        if not attempt._is_awaiting_customer():
            return self.env._("The charge does not wait for the customer any more.")
        return ""

    def _get_returned_end(self, reversal):
        if reversal.finding not in MONEY_GONE:
            return self.env._("The money came back before the mail was written.")
        return ""

    def _get_plan_end(self, plan):
        if not plan.active:
            return self.env._("The plan had ended before the mail was written.")
        return ""

    def _get_before_end(self, move):
        if not self._get_moves(move):
            return self.env._("The invoices went to another customer.")
        if not self.partner_id.active:
            return self.env._("The customer was archived.")
        if not self._filter_owed(move):
            return self.env._("Paid before the mail was written.")
        if move.autopay_status not in ("eligible", "error"):
            return self.env._("It is being charged, or not by autopay any more.")
        if move.autopay_customer_hold:
            return self.env._("The customer has skipped the charge.")
        if self.charge_date <= self.company_id._get_autopay_today():
            return self.env._("The day of the charge came before the mail was written.")
        if move._get_autopay_tokens().get(move.id) != self.token_id:
            return self.env._("Another payment method pays it now.")
        return ""

    def _get_expiring_end(self, token):
        if not token.active:
            return self.env._("The payment method was removed.")
        told = self.event_key.split(":")[2]
        if str(token.autopay_expiry_date or "")[:7] != told:
            return self.env._("The card was renewed before the mail was written.")
        return ""

    def _get_request_end(self, request):
        if not request._is_open():
            return self.env._("The request is over.")
        return ""
