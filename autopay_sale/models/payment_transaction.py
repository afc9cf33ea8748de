from odoo import api, models
from odoo.fields import Domain


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model
    def _get_autopay_for_domain(self, invoices):
        """Override of `autopay`: what pays an order pays its invoices."""
        ordered = Domain(
            "sale_order_ids.order_line.invoice_lines.move_id", "any", invoices
        )
        return super()._get_autopay_for_domain(invoices) | ordered

    def _get_autopay_moves(self):
        """Override of `autopay` to add the invoices of the orders."""
        orders = self.sudo().sale_order_ids
        return super()._get_autopay_moves() | orders.order_line.invoice_lines.move_id
