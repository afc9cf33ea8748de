from odoo import api, models
from odoo.fields import Domain


class AutopayOrderTrigger(models.AbstractModel):
    _inherit = "autopay.order.trigger"

    @api.model
    def _get_trigger_domain(self, company, name):
        """Override of `autopay_sale`: orders with open deliveries are not looked at.

        Those without any delivery are: services, and goods that nobody ships.
        """
        domain = super()._get_trigger_domain(company, name)
        if name != "delivered":
            return domain
        return domain & Domain("delivery_status", "in", ("full", False))
