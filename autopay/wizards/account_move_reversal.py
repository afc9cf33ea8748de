from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        """Override of `account` to remember which invoice replaces a charged one."""
        action = super().reverse_moves(is_modify)
        if is_modify:
            pairs = zip(self.move_ids, self.new_move_ids, strict=False)
            for replaced, move in pairs:
                known = replaced.sudo().company_id.autopay_known
                if known and replaced.sudo().autopay_attempt_line_ids:
                    move.sudo().autopay_replaced_id = replaced
        return action
