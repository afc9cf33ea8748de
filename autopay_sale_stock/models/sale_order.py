from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_undelivered_lines(self):
        """Override of `autopay_sale`: goods are delivered when the deliveries are done.

        An order with a return on its way is not done, whatever was delivered of it. A
        rest that was given up is not waited for.
        """
        undelivered = super()._get_undelivered_lines()
        if not self.delivery_status:
            return undelivered
        shipped = self._get_sold_lines().filtered(
            lambda line: line.qty_delivered_method == "stock_move"
        )
        if self.delivery_status == "full":
            return undelivered - shipped
        return undelivered | shipped
