from odoo import models


class AutopayCheck(models.AbstractModel):
    _inherit = "autopay.check"

    def _is_order_cancelled(self, decision, facts):
        """Return whether all orders that an invoice is for were cancelled.

        Odoo cancels drafts along with an order, and leaves posted invoices for people
        to look at.
        """
        lines = decision.move._origin.sudo().invoice_line_ids
        orders = lines.sale_line_ids.order_id
        if not orders or any(order.state != "cancel" for order in orders):
            return False
        decision.values["orders"] = ", ".join(orders.mapped("name"))
        return True
