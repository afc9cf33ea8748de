from odoo import Command

from ..reversal.common_reversal import ReversalCommon


class SettlementCommon(ReversalCommon):
    """Invoices that were collected, and what staff do with them afterwards."""

    def setUp(self):
        super().setUp()
        # Every invoice that comes onto autopay is charged by the next run.
        self.company.write({"autopay_date_rule": "due", "autopay_date_offset": 0})

    def _reprice(self, invoice, amount, **values):
        """Reset a posted invoice, change what it comes to, post it again."""
        invoice.button_draft()
        lines = [Command.update(invoice.invoice_line_ids.id, {"price_unit": amount})]
        invoice.write({"invoice_line_ids": lines, **values})
        invoice.action_post()

    def _sum_charges(self, invoices):
        return sum(
            charge["amount"]
            for invoice in invoices
            for charge in self._get_charges(invoice)
        )

    def _modify(self, invoice):
        """Reverse an invoice and create a new one, as staff do; return the new one."""
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = self.env["account.move.reversal"].with_context(**context)
        wizard.create({"journal_id": invoice.journal_id.id}).modify_moves()
        return self.env["account.move"].search(
            [("autopay_replaced_id", "=", invoice.id)]
        )

    def _assert_not_charged(self, invoice, code):
        self.assertEqual(invoice.autopay_blocker, code)
        before = len(self._get_charges(invoice))
        self._run_autopay()
        self._charge_now(invoice)
        self.assertEqual(len(self._get_charges(invoice)), before)
