from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _autopay_on_collected(self):
        """Override of `autopay` to move on tasks and projects that are paid."""
        result = super()._autopay_on_collected()
        self.env["autopay.completion"].sudo()._on_collected(self.sudo())
        return result
