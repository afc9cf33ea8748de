from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _autopay_on_collected(self):
        """Override of `autopay`: orders of which everything is paid show it.

        Money may come after its order was canceled, as by a bank debit on its way: a
        person sees to it then.
        """
        res = super()._autopay_on_collected()
        orders = self.sudo().invoice_line_ids.sale_line_ids.order_id
        orders._follow_payment()
        canceled = orders.filtered(lambda order: order.state == "cancel")
        canceled._filter_autopay_on()._tell_canceled()
        return res
