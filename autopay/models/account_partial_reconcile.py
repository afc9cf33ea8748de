from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account`: invoices that are paid again show it."""
        lines = self.env["account.move.line"].browse(
            vals["debit_move_id"] for vals in vals_list
        )
        moves = self._filter_autopay_paid(lines.sudo().move_id)
        parts = moves._count_autopay_parts()
        partials = super().create(vals_list)
        moves._update_autopay_settlement()
        moves._update_autopay_parts(parts)
        return partials

    def unlink(self):
        """Override of `account`: invoices whose payment is taken off show it."""
        moves = self._filter_autopay_paid(self.sudo().debit_move_id.move_id)
        parts = moves._count_autopay_parts()
        res = super().unlink()
        left = moves.exists()
        left._update_autopay_settlement()
        left._update_autopay_parts(parts)
        return res

    @api.model
    def _filter_autopay_paid(self, moves):
        """Return the invoices on autopay among those that are paid in part by these."""
        if self.env.context.get("autopay_reversing"):
            return moves.browse()
        return moves.filtered("autopay_status")
