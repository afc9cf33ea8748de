import uuid

from odoo import Command
from odoo.tests import tagged

from .common_trigger import TriggerCommon


@tagged("post_install", "-at_install")
class TestAutopayOrderCredit(TriggerCommon):
    """Orders whose customers got money back, or pay in another way, at any trigger."""

    def test_credited_order_is_not_invoiced_and_charged_again(self):
        order = self._sell_and_collect("confirmed")
        self._credit(order.invoice_ids)
        self.assertEqual(order.invoice_status, "to invoice")
        self._collect_again(order)
        self.assertFalse(self._get_calls(order))
        self.assertIn("credited", order._autopay_invoice_and_collect("task:9"))

    def test_order_whose_invoice_was_deleted_is_not_invoiced_again(self):
        order = self._sell(self.prints, trigger="delivered")
        self._deliver(order)
        self._collect_orders()
        order.invoice_ids.button_draft()
        order.invoice_ids.with_context(force_delete=True).unlink()
        self.assertEqual(order.invoice_status, "to invoice")
        for _number in range(2):
            self._collect_orders()
            self._run_autopay()
        self.assertFalse(order.invoice_ids)
        self.assertIn("was deleted", order._autopay_invoice_and_collect("task:9"))

    def test_seller_without_invoicing_rights_cancels_an_order(self):
        seller = self._create_user("seller", "sales_team.group_sale_salesman_all_leads")
        for trigger in (False, "confirmed"):
            order = self._sell(self.prints, trigger=trigger)
            self._collect_orders()
            order.with_user(seller)._action_cancel()
            self.assertEqual(order.state, "cancel")

    def test_lines_added_to_a_credited_order_ask_a_person(self):
        order = self._sell_and_collect("delivered")
        self._credit(order.invoice_ids)
        order.order_line = [
            Command.create({"product_id": self.paper.id, "price_unit": 100})
        ]
        self._deliver(order, self.paper)
        self._collect_again(order)
        self._assert_stuck(order, "credited")

    def test_order_whose_payment_was_taken_off_is_not_shown_as_paid(self):
        order = self._sell_and_collect("delivered")
        invoice = order.invoice_ids
        invoice.line_ids.remove_move_reconcile()
        self._collect_orders()
        self.assertEqual(order.autopay_progress, "collecting")
        self.assertEqual(len(order.invoice_ids), 1)

    def test_deposit_is_not_taken_beside_an_online_payment(self):
        order = self._sell(self.prints, autopay_deposit=0.3)
        payment = self._begin_payment(order)
        self._collect_orders()
        self.assertFalse(order.invoice_ids)
        payment.sudo()._set_canceled()
        self._collect_orders()
        self.assertEqual(order.invoice_ids.amount_total, 30)

    def _sell_and_collect(self, trigger):
        order = self._sell(self.prints, trigger=trigger)
        self._deliver(order)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(order), [10000])
        self._collect_orders()
        self.assertEqual(order.autopay_progress, "paid")
        return order

    def _collect_again(self, order):
        for _number in range(2):
            self._collect_orders()
            self._run_autopay()
        invoices = order.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice"
        )
        self.assertEqual(len(invoices), 1)
        self.assertEqual(self._get_taken(order), [10000])

    def _credit(self, invoice):
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = self.env["account.move.reversal"].with_context(**context)
        action = wizard.create({"journal_id": invoice.journal_id.id}).refund_moves()
        invoice.browse(action["res_id"]).action_post()

    def _begin_payment(self, order):
        """Pay an order by a debit of its customer that takes days."""
        return (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.token.payment_method_id.id,
                    "amount": 30,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "sale_order_ids": [Command.set(order.ids)],
                    "reference": f"{order.name}-{uuid.uuid4().hex[:6]}",
                    "operation": "online_direct",
                    "state": "pending",
                }
            )
        )
