import uuid

from odoo import Command, fields
from odoo.tests import tagged

from .common import SaleCommon


@tagged("post_install", "-at_install")
class TestAutopayPrepaidOrder(SaleCommon):
    """Money paid for an order is not collected again for its invoices."""

    def setUp(self):
        super().setUp()
        self.demo = self._create_provider("demo")
        self._enrol()

    def _pay_order(self, order, state="done", **values):
        """Pay an order through its payment link."""
        tx = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": self.demo.id,
                    "payment_method_id": self.demo.payment_method_ids[:1].id,
                    "amount": order.amount_total,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "sale_order_ids": [Command.set(order.ids)],
                    "reference": f"{order.name}-{uuid.uuid4().hex[:6]}",
                    "operation": "online_direct",
                    **values,
                }
            )
        )
        getattr(tx, f"_set_{state}")()
        if state == "done":
            tx._post_process()
        return tx

    def _create_order_delivered(self, quantity):
        goods = self.env["product.product"].create(
            {
                "name": "Goods",
                "type": "consu",
                "invoice_policy": "delivery",
                "taxes_id": [],
            }
        )
        order = (
            self.env["sale.order"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": goods.id,
                                "product_uom_qty": quantity,
                                "price_unit": 100,
                                "tax_ids": [],
                            }
                        )
                    ],
                }
            )
        )
        order.action_confirm()
        return order

    def _assert_not_charged(self, invoices):
        self._run_autopay()
        for invoice in invoices:
            self.assertFalse(self._get_charges(invoice))

    def _get_owed(self, customer):
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", customer.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        return sum(lines.mapped("balance"))

    # === PAID === #

    def test_second_delivery_of_a_prepaid_order_is_not_charged(self):
        order = self._create_order_delivered(2)
        self._pay_order(order)
        order.order_line.qty_delivered = 1
        first = self._create_invoice_of(order)
        order.order_line.qty_delivered = 2
        second = self._create_invoice_of(order)
        self._assert_not_charged(first | second)
        self.assertEqual(self._get_owed(self.customer), 0)

    def test_order_whose_bank_was_reconciled_first_is_not_charged(self):
        order = self._create_order(100)
        tx = self._pay_order(order)
        tx.payment_id.action_validate()
        self.assertEqual(tx.payment_id.state, "paid")
        invoice = self._create_invoice_of(order)
        self.assertEqual(invoice.autopay_blocker, "open_credit")
        self.assertIn(tx.payment_id.move_id.name, invoice.autopay_explanation)
        self._assert_not_charged(invoice)
        self.company.autopay_credit_policy = "apply"
        self._assert_not_charged(invoice)
        self.assertEqual(invoice.amount_residual, 0)

    def test_order_that_another_customer_has_paid_holds_its_invoice_only(self):
        payer = self._create_customer("Blue Harbour Fish")
        order = self._create_order(100)
        tx = self._pay_order(order, partner_id=payer.id)
        tx.payment_id.action_validate()
        invoice, other = (
            self._create_invoice_of(order),
            self._create_invoice_of(self._create_order(100)),
        )
        self.assertEqual(invoice.autopay_blocker, "open_credit")
        self.assertNotIn("apply_credit", invoice.autopay_offers or "")
        self.assertFalse(other.autopay_blocker)
        for policy in ("hold", "apply"):
            self.company.autopay_credit_policy = policy
            self._assert_not_charged(invoice)

    # === NOT PAID YET === #

    def test_payment_under_way_of_an_order_is_waited_for(self):
        order = self._create_order_delivered(2)
        order.order_line.qty_delivered = 2
        invoice = self._create_invoice_of(order)
        for state in ("pending", "authorized"):
            with self.subTest(state=state):
                tx = self._pay_order(order, state)
                self.assertNotIn(tx, invoice.transaction_ids)
                invoice.invalidate_recordset()
                self.assertEqual(invoice.autopay_blocker, "payment_pending")
                self.assertEqual(invoice.action_autopay_open_payment()["res_id"], tx.id)
                self._assert_not_charged(invoice)
                tx._set_canceled()
        invoice.invalidate_recordset()
        self.assertFalse(invoice.autopay_blocker)
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_confirmed_payment_that_is_not_booked_is_waited_for(self):
        order = self._create_order(100)
        invoice = self._create_invoice_of(order)
        tx = self._pay_order(order, "pending")
        tx._set_done()
        self._assert_not_charged(invoice)
        self.assertEqual(invoice.autopay_blocker, "payment_pending")

    def test_person_is_called_about_a_payment_that_does_not_come(self):
        order = self._create_order(100)
        invoice = self._create_invoice_of(order)
        tx = self._pay_order(order, "pending")
        self.assertFalse(self.env["payment.transaction"]._find_autopay_late())
        tx.last_state_change = fields.Datetime.subtract(tx.last_state_change, days=30)
        late = self.env["payment.transaction"]._find_autopay_late()
        self.assertEqual(late, {invoice: tx})
        invoice.invalidate_recordset()
        self.assertIn("ignore_payment", invoice.autopay_offers)
        invoice.action_autopay_ignore_payment()
        self.assertIn("will not come", invoice.message_ids[0].body)
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    # === CANCELLED === #

    def test_invoice_of_a_cancelled_order_asks_a_person(self):
        order = self._create_order(100)
        invoice = self._create_invoice_of(order)
        other = self._create_invoice_of(self._create_order(50))
        order._action_cancel()
        self.assertEqual(invoice.state, "posted")
        invoice.invalidate_recordset()
        self.assertEqual(invoice.autopay_blocker, "order_cancelled")
        self.assertIn(order.name, invoice.autopay_explanation)
        self._assert_not_charged(invoice)
        self.assertEqual(len(self._get_charges(other)), 1)
        self._charge_now(invoice)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_one_of_two_orders_that_was_cancelled_holds_nothing(self):
        orders = self._create_order(100) | self._create_order(50)
        invoice = self._create_invoice_of(orders)
        orders[0]._action_cancel()
        invoice.invalidate_recordset()
        self.assertFalse(invoice.autopay_blocker)

    def test_money_for_a_cancelled_order_pays_nothing_without_a_word(self):
        self.company.autopay_credit_policy = "apply"
        order = self._create_order(40)
        self._pay_order(order)
        invoice = self._create_invoice_of(self._create_order(100))
        order._action_cancel()
        invoice.invalidate_recordset()
        self.assertEqual(invoice.autopay_blocker, "open_credit")
        self.assertIn("Press Apply", invoice.autopay_explanation)
        self._assert_not_charged(invoice)
        self.assertEqual(invoice.amount_residual, 100)
        invoice.action_autopay_apply_credit()
        self._run_autopay()
        self.assertEqual(self._get_owed(self.customer), 0)
        self.assertEqual([row["amount"] for row in self._get_charges(invoice)], [6000])

    def test_money_that_another_customer_paid_for_a_cancelled_order_holds(self):
        payer = self._create_customer("Blue Harbour Fish")
        order = self._create_order(100)
        self._pay_order(order, partner_id=payer.id)
        invoice = self._create_invoice_of(order)
        order._action_cancel()
        for policy in ("hold", "apply"):
            self.company.autopay_credit_policy = policy
            self._assert_not_charged(invoice)
            self._charge_now(invoice)
            self.assertFalse(self._get_charges(invoice))
