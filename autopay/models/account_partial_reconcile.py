from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account`: invoices that are paid again show it."""
        moves = self._get_autopay_paid(vals["debit_move_id"] for vals in vals_list)
        self.env["autopay.status.mark"]._mark_moves(moves)
        if not moves:
            return super().create(vals_list)
        parts = moves._count_autopay_parts()
        partials = super().create(vals_list)
        moves._update_autopay_settlement()
        moves._update_autopay_parts(parts)
        return partials

    def unlink(self):
        """Override of `account`: invoices whose payment is taken off show it."""
        moves = self._get_autopay_paid(part.debit_move_id.id for part in self.sudo())
        self.env["autopay.status.mark"]._mark_moves(moves)
        if not moves:
            return super().unlink()
        parts = moves._count_autopay_parts()
        res = super().unlink()
        left = moves.exists()
        left._update_autopay_settlement()
        left._update_autopay_parts(parts)
        return res

    @api.model
    def _get_autopay_paid(self, line_ids):
        """Return the invoices on autopay that are paid in part by partials.

        :param line_ids: ids of their lines on the debit side; not looked at where
            autopay never was on
        """
        known = self.env["res.company"]._is_autopay_known_anywhere()
        if not known or self.env.context.get("autopay_reversing"):
            return self.env["account.move"]
        lines = self.env["account.move.line"].sudo().browse(line_ids)
        return lines.move_id._filter_autopay_known().filtered("autopay_status")
