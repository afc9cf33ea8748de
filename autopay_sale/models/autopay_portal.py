from odoo import api, models
from odoo.fields import Domain

from odoo.addons.autopay.models.portal.status import Also


class AutopayPortal(models.AbstractModel):
    _inherit = "autopay.portal"

    @api.model
    def _filter_known(self, companies):
        """Override of `autopay` to add companies whose offers are paid by autopay."""
        known = super()._filter_known(companies)
        orders = self.env["sale.order"].sudo()
        groups = orders._read_group(
            self._get_orders_domain(companies - known), ["company_id"]
        )
        return companies & known.union(*(company for (company,) in groups))

    @api.model
    def _get_orders_domain(self, companies):
        """Return the domain of the customer's offers and orders that have a trigger."""
        return Domain(
            [
                ("partner_invoice_id", "child_of", self._get_payer().id),
                ("company_id", "in", companies.ids),
                ("autopay_trigger", "!=", False),
                ("state", "in", ("sent", "sale")),
            ]
        )

    @api.model
    def _get_also(self, company):
        """Override of `autopay` to add what is left of confirmed orders."""
        domain = self._get_orders_domain(company) & Domain(
            [("state", "=", "sale"), ("autopay_progress", "in", (False, "deposit"))]
        )
        orders = self.env["sale.order"].sudo().search(domain, limit=5, order="id")
        return [
            *super()._get_also(company),
            *(
                Also(
                    order.name,
                    order._get_autopay_rest_words(),
                    order._get_autopay_path(),
                )
                for order in orders
                if order.invoice_status != "invoiced"
            ),
        ]

    @api.model
    def _get_offers(self, company):
        """Return the offers that the customer has still to accept, the newest first."""
        domain = self._get_orders_domain(company) & Domain("state", "=", "sent")
        return self.env["sale.order"].sudo().search(domain, limit=5, order="id desc")
