from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account`: invoices that are paid again show it."""
        partials = super().create(vals_list)
        partials._get_autopay_invoices()._update_autopay_settlement()
        return partials

    def unlink(self):
        """Override of `account`: invoices whose payment is taken off show it."""
        invoices = self._get_autopay_invoices()
        res = super().unlink()
        invoices.exists()._update_autopay_settlement()
        return res

    def _get_autopay_invoices(self):
        """Return the customer invoices on autopay that are paid in part by these."""
        if self.env.context.get("autopay_reversing"):
            return self.env["account.move"]
        return self.sudo().debit_move_id.move_id.filtered("autopay_status")
