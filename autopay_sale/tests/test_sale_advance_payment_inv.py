from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_trigger import TriggerCommon


@tagged("post_install", "-at_install")
class TestSaleAdvancePaymentInv(TriggerCommon):
    """A down payment that is made by hand is charged at once, if that is ticked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        sales = "sales_team.group_sale_salesman_all_leads"
        cls.seller = cls._create_user("selling", sales)
        cls.clerk = cls._create_user(
            "charging", f"{sales},account.group_account_invoice"
        )

    def _open(self, order, user):
        wizard = self.env["sale.advance.payment.inv"].with_user(user)
        return Form(
            wizard.with_context(active_model="sale.order", active_ids=order.ids)
        )

    def test_down_payment_is_charged_and_the_rest_by_the_trigger(self):
        term = self.env.ref("account.account_payment_term_30days")
        order = self._sell(self.prints, trigger=False, payment_term_id=term.id)
        form = self._open(order, self.clerk)
        self.assertTrue(form.autopay_offered)
        form.advance_payment_method = "fixed"
        form.fixed_amount = 20
        form.autopay_collect = True
        form.save().create_invoices()
        self._run_autopay()
        # Its term is for the work: a down payment comes before.
        self.assertEqual(self._get_taken(order), [2000])
        order.autopay_trigger = "date"
        order.autopay_collect_date = self.today
        self._deliver(order)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(order), [2000, 8000])

    def test_refusal_makes_nothing_and_sellers_charge_nobody(self):
        order = self._sell(self.prints, trigger=False)
        self.assertNotIn(
            "autopay_collect", self._open(order, self.seller)._view["fields"]
        )
        with self.assertRaises(AccessError):
            self.env["sale.advance.payment.inv"].with_user(self.seller).create(
                {"sale_order_ids": order.ids, "autopay_collect": True}
            )
        self.customer.with_company(self.company).autopay_policy = "off"
        form = self._open(order, self.clerk)
        form.advance_payment_method = "percentage"
        form.amount = 20
        form.autopay_collect = True
        wizard = form.save()
        with self.assertRaises(UserError) as refused:
            wizard.create_invoices()
        self.assertIn("takes no part", str(refused.exception))
        self.assertFalse(order.invoice_ids)
