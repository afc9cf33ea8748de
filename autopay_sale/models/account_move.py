from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _autopay_on_collected(self):
        """Override of `autopay`: orders of which everything is paid show it."""
        res = super()._autopay_on_collected()
        self.sudo().invoice_line_ids.sale_line_ids.order_id._follow_payment()
        return res
