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

    def _filter_autopay_asked(self):
        """Return the lines of which something was ordered, or delivered."""
        return self.filtered(lambda line: line.product_uom_qty or line.qty_delivered)

    def _is_autopay_awaited(self):
        """Return whether something of it may still come to be invoiced by itself."""
        self.ensure_one()
        by_delivery = self.product_id.invoice_policy == "delivery"
        return by_delivery or self.product_uom_qty > 0

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
