from odoo import models
from odoo.tools import float_compare


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        """Override of `sale`: delivered quantities may make an order ready."""
        res = super().write(vals)
        if "qty_delivered" in vals:
            self.order_id._hint_autopay()
        return res

    def _is_autopay_fee(self):
        """Return whether nobody delivers it: a service that is invoiced as ordered."""
        self.ensure_one()
        product = self.product_id
        return (
            product.type == "service"
            and product.invoice_policy == "order"
            and self.qty_delivered_method == "manual"
        )

    def _is_autopay_short(self):
        """Return whether less was delivered than was ordered."""
        self.ensure_one()
        if self.product_id.type == "combo":
            # Its parts are delivered.
            return False
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        done = float_compare(
            self.qty_delivered, self.product_uom_qty, precision_digits=digits
        )
        return done < 0
