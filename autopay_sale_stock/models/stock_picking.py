from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        """Override of `stock`: the last delivery may make its order ready."""
        res = super()._action_done()
        self.sale_id._hint_autopay()
        return res
