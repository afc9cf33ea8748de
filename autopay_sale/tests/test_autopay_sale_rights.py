from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import SaleCommon


@tagged("post_install", "-at_install")
class TestAutopaySaleRights(SaleCommon):
    """Accountants work with orders and tags without being salespeople."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.billing = cls._create_user("billing", "account.group_account_invoice")
        cls.auditor = cls._create_user("auditor", "account.group_account_readonly")

    def test_billing_user_makes_a_configuration_with_tags(self):
        condition = {"kind": "sale_tag", "sale_tag_ids": self.prepaid.ids}
        configuration = self._configure_as(self.billing, condition)
        self.assertIn("tagged Prepaid", configuration.display_name)

    def test_billing_user_chooses_orders_and_tags_in_the_form(self):
        order = self._create_order()
        form = self._open_form_as(self.billing)
        form.is_advanced = True
        with form.condition_ids.new() as row:
            row.kind = "sale_order"
            row.sale_order_ids.add(order)
        with form.condition_ids.new() as row:
            row.kind = "sale_tag"
            row.operator = "not in"
            row.sale_tag_ids.add(self.prepaid)
        configuration = form.save()
        self.assertIn(
            f"for sales order {order.name} and not for sales orders tagged Prepaid",
            configuration.display_name,
        )

    def test_accountants_open_the_form_of_conditions_with_orders_and_tags(self):
        orders = self._configure_orders("in", self._create_order()).condition_ids
        tags = self._configure_tags("in", self.prepaid).condition_ids
        names = {"fields": {"display_name": {}}}
        for user in (self.billing, self.auditor):
            with self.subTest(user=user.login):
                rows = (orders | tags).with_user(user)
                self.env.invalidate_all()
                first, second = rows.web_read(
                    {"sale_order_ids": names, "sale_tag_ids": names}
                )
                self.assertTrue(first["sale_order_ids"][0]["display_name"])
                self.assertEqual(second["sale_tag_ids"][0]["display_name"], "Prepaid")

    def test_accountants_read_why_an_invoice_is_not_charged(self):
        self._configure_tags("in", self.prepaid)
        order = self._create_order(tags=[self.monthly])
        invoice = self._create_invoice_of(order)
        for user in (self.billing, self.auditor):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                words = invoice.with_user(user).autopay_explanation
                self.assertIn("tagged Prepaid", words)
                self.assertIn("Monthly", words)

    def test_accountants_get_the_trace(self):
        self._configure_tags("in", self.prepaid)
        invoice = self._create_invoice_of(self._create_order(tags=[self.monthly]))
        for user in (self.billing, self.auditor):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                trace = self.env["autopay.configuration.trace"].with_user(user)
                [row] = trace._get_trace(invoice.with_user(user))["configurations"]
                self.assertEqual(row["conditions"][0]["actual"], "Monthly")

    def test_salespeople_read_before_confirming_what_it_charges(self):
        seller = self._create_user("seller", "sales_team.group_sale_salesman_all_leads")
        order = self._create_order()
        self.assertEqual(order.state, "sale")
        draft = order.copy({"autopay_trigger": "confirmed"}).with_user(seller)
        view = self.env["sale.order"].with_user(seller).get_view(view_type="form")
        [said] = etree.fromstring(view["arch"]).xpath(
            "//sheet/preceding::div[@name='autopay_upon_confirming']"
        )
        for each, hidden in ((draft, False), (order.with_user(seller), True)):
            values = {
                "autopay_sentence": each.autopay_sentence,
                "state": each.state,
            }
            self.assertEqual(safe_eval(said.get("invisible"), values), hidden)
