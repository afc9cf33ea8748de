from datetime import timedelta
from unittest import SkipTest

from odoo import Command
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestSubscriptionOca(ContractCommon):
    """Invoices that OCA's subscriptions make are collected, and each of them once.

    The module has no way of its own to charge a saved method: it makes invoices, posts
    and mails them. Where it is not installed there is nothing to look at.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "sale.subscription" not in cls.env:
            raise SkipTest("subscription_oca is not installed")
        cls.env.user.group_ids |= cls.env.ref("sales_team.group_sale_manager")
        cls.company.autopay_policy = "automatic"
        cls.product = cls.env["product.product"].create(
            {
                "name": "Support",
                "list_price": 90.0,
                "taxes_id": [],
                "type": "service",
                # The module looks for no other account.
                "property_account_income_id": cls.company_data[
                    "default_account_revenue"
                ].id,
            }
        )

    def _subscribe(self, mode="invoice", **values):
        """Create a monthly subscription of the customer that has begun."""
        template = self.env["sale.subscription.template"].create(
            {
                "name": "Monthly",
                "code": "SUP",
                "recurring_rule_type": "months",
                "recurring_interval": 1,
                "invoicing_mode": mode,
                "invoice_mail_template_id": self.env.ref(
                    "account.email_template_edi_invoice"
                ).id,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Plain", "currency_id": self.company.currency_id.id}
        )
        subscription = self.env["sale.subscription"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "template_id": template.id,
                "pricelist_id": pricelist.id,
                "sale_subscription_line_ids": [
                    Command.create({"product_id": self.product.id, "price_unit": 90.0})
                ],
                **values,
            }
        )
        subscription.action_start_subscription()
        subscription.sale_subscription_line_ids.tax_ids = False
        subscription.recurring_next_date = self.today - timedelta(days=40)
        return subscription

    def _get_invoices(self, subscription):
        self.env.invalidate_all()
        return subscription.invoice_ids | subscription.sale_order_ids.invoice_ids

    def _bill(self, times=1):
        """Run the job of the subscriptions, as the scheduler does."""
        for _ in range(times):
            self._run_cron("subscription_oca.ir_cron_subscription_management")

    def test_invoices_of_a_subscription_are_collected_once_each(self):
        self.customer.with_company(self.company).autopay_token_id = self.visa
        subscription = self._subscribe()
        for _ in range(3):
            self._bill()
            self._run_autopay()
        invoices = self._get_invoices(subscription)
        # Two months have passed; a third run of the job has nothing to invoice.
        self.assertEqual(len(invoices), 2)
        self.assertEqual(invoices.mapped("autopay_status"), ["success"] * 2)
        self.assertEqual([len(self._get_charges(each)) for each in invoices], [1, 1])
        self.assertEqual(invoices.mapped("amount_residual"), [0.0, 0.0])
        self.assertFalse(invoices.mapped("auto_post_origin_id"))

    def test_invoices_of_its_orders_are_collected_once_each(self):
        self.customer.with_company(self.company).autopay_token_id = self.visa
        subscription = self._subscribe("sale_and_invoice")
        self._bill()
        self._run_autopay()
        invoice = self._get_invoices(subscription)
        self.assertEqual(len(invoice), 1)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_draft_of_a_subscription_waits_for_whoever_posts_it(self):
        self.customer.with_company(self.company).autopay_token_id = self.visa
        subscription = self._subscribe("draft")
        self._bill()
        self._run_autopay()
        invoice = self._get_invoices(subscription)
        self.assertEqual(invoice.state, "draft")
        self.assertFalse(invoice.autopay_attempt_ids)
        invoice.action_post()
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_closed_subscription_and_customer_without_method_charge_nothing(self):
        subscription = self._subscribe()
        self._bill()
        self._run_autopay()
        invoice = self._get_invoices(subscription)[:1]
        self.assertEqual(invoice.state, "posted")
        self.assertFalse(invoice.autopay_attempt_ids)
        subscription.close_subscription()
        self._bill(2)
        self.assertEqual(self._get_invoices(subscription), invoice)
