from odoo import Command
from odoo.tests import tagged

from odoo.addons.autopay.tests.configuration.common_configuration import (
    ConfigurationCommon,
)


@tagged("post_install", "-at_install")
class SaleCommon(ConfigurationCommon):
    """Factories for confirmed sales orders and the invoices that come of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.env["product.product"].create(
            {
                "name": "Fence Painting",
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [],
            }
        )
        cls.prepaid, cls.monthly = (
            cls.env["crm.tag"].sudo().create([{"name": "Prepaid"}, {"name": "Monthly"}])
        )

    def _create_order(self, amount=280.0, tags=()):
        """Create a confirmed order of a fence to paint."""
        line = {"product_id": self.service.id, "price_unit": amount}
        order = (
            self.env["sale.order"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "tag_ids": [Command.set([tag.id for tag in tags])],
                    "order_line": [Command.create(line)],
                }
            )
        )
        order.action_confirm()
        return order

    def _create_invoice_of(self, orders, **options):
        """Invoice orders as sales does, post it and let it fall due.

        :param options: values of the wizard; by default all is invoiced
        """
        wizard = self.env["sale.advance.payment.inv"].sudo()
        context = {"active_model": "sale.order", "active_ids": orders.ids}
        before = orders.invoice_ids
        wizard.with_context(**context).create(options).create_invoices()
        invoice = (orders.invoice_ids - before).sudo(False)
        invoice.invoice_date = self.today
        invoice.action_post()
        invoice.write({"autopay_date": self.today, "autopay_status": "eligible"})
        return invoice

    def _configure_orders(self, operator, orders, token=None):
        return self._configure_values(
            "sale_order", operator, "sale_order_ids", orders, token
        )

    def _configure_tags(self, operator, tags, token=None):
        return self._configure_values("sale_tag", operator, "sale_tag_ids", tags, token)

    def _configure_values(self, kind, operator, name, records, token):
        row = {"kind": kind, "operator": operator, name: records.ids}
        return self._configure(token, [row], is_advanced=True)
