from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.autopay.rights import BILLING_GROUP, check_billing


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    autopay_offered = fields.Boolean(
        compute="_compute_autopay_offered", compute_sudo=True, groups=BILLING_GROUP
    )
    autopay_collect = fields.Boolean(
        string="Post and charge with autopay",
        groups=BILLING_GROUP,
        help="A down payment is charged at the next run, any other invoice on the day "
        "by the company's rule.",
    )

    # === COMPUTE METHODS === #

    @api.depends("sale_order_ids")
    def _compute_autopay_offered(self):
        for wizard in self:
            orders = wizard.sale_order_ids
            wizard.autopay_offered = bool(orders) and orders == (
                orders._filter_autopay_on()
            )

    # === BUSINESS METHODS === #

    def _create_invoices(self, sale_orders):
        """Override of `sale`: have the invoices charged, when that is ticked."""
        invoices = super()._create_invoices(sale_orders)
        if self.sudo().autopay_collect:
            self._collect_autopay(invoices)
        return invoices

    def _prepare_down_payment_invoice_values(self, order, so_lines):
        """Override of `sale`: a down payment that is charged now is due now."""
        values = super()._prepare_down_payment_invoice_values(order, so_lines)
        at_once = self.env.context.get("autopay_due_at_once")
        if at_once or self.sudo().autopay_collect:
            values["invoice_payment_term_id"] = False
        return values

    def _collect_autopay(self, invoices):
        """Post these invoices and have them collected.

        :raises UserError: why one cannot be; nothing is made then
        """
        check_billing(self)
        why = self.env._("%(user)s asked for it.", user=self.env.user.name)
        for invoice in invoices:
            down = self.advance_payment_method != "delivered"
            day = invoice.company_id._get_autopay_today() if down else None
            refused = invoice._autopay_collect(f"sale:invoice:{invoice.id}", day, why)
            if refused:
                raise UserError("\n".join(refused.values()))
