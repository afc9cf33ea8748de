from odoo import Command
from odoo.tests import Form, tagged

from odoo.addons.autopay_sale.tests.common_trigger import TriggerCommon


@tagged("post_install", "-at_install")
class TestAutopayDelivery(TriggerCommon):
    """Goods that left the warehouse for good are charged; others are waited for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boxes, cls.banners = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "consu",
                    "invoice_policy": policy,
                    "list_price": 10,
                    "taxes_id": [],
                }
                for name, policy in (("Boxes", "delivery"), ("Banners", "order"))
            ]
        )

    def _sell_goods(self, product, quantity=10):
        line = {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "price_unit": 10,
        }
        return self._sell(order_line=[Command.create(line)])

    def _ship(self, order, quantity, backorder=True):
        """Deliver so much of an order, and go on with the rest or give it up."""
        picking = order.picking_ids.filtered(
            lambda rec: rec.state not in ("done", "cancel")
        )
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        context = {"skip_backorder": True}
        if not backorder:
            context["picking_ids_not_to_backorder"] = picking.ids
        picking.with_context(**context).button_validate()
        return picking

    def _bring_back(self, picking, quantity):
        """Return goods of a delivery; return the transfer, which is still open."""
        form = Form(
            self.env["stock.return.picking"]
            .sudo()
            .with_context(active_model=picking._name, active_id=picking.id)
        )
        wizard = form.save()
        wizard.product_return_moves.quantity = quantity
        wizard.product_return_moves.to_refund = True
        action = wizard.action_create_returns()
        return picking.browse(action["res_id"])

    def _validate(self, picking):
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        picking.button_validate()

    def test_last_of_several_deliveries_has_the_order_charged_once(self):
        orders = self._sell_goods(self.boxes) | self._sell_goods(self.banners)
        for order in orders:
            self._ship(order, 4)
        self._collect_orders()
        self.assertFalse(orders.invoice_ids)
        for order in orders:
            self._ship(order, 6)
        for _number in range(2):
            self._collect_orders()
            self._run_autopay()
        for order in orders:
            self.assertEqual(self._get_taken(order), [10000])
            self.assertEqual(order.autopay_progress, "paid")

    def test_return_before_the_invoice_is_waited_for_and_not_charged(self):
        order = self._sell_goods(self.boxes)
        back = self._bring_back(self._ship(order, 10), 3)
        self._collect_orders()
        self.assertFalse(order.invoice_ids)
        self._validate(back)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(order), [7000])

    def test_return_after_the_charge_calls_a_person(self):
        order = self._sell_goods(self.boxes)
        picking = self._ship(order, 10)
        self._collect_orders()
        self._run_autopay()
        self._validate(self._bring_back(picking, 3))
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(order), [10000])
        self._assert_stuck(order, "owed to the customer")
        self.assertEqual(len(order.invoice_ids), 1)

    def test_rest_that_was_given_up_is_not_charged_without_a_person(self):
        by_delivery = self._sell_goods(self.boxes)
        by_order = self._sell_goods(self.banners)
        for order in by_delivery | by_order:
            self._ship(order, 8, backorder=False)
            self.assertEqual(order.delivery_status, "full")
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(by_delivery), [8000])
        self._assert_stuck(by_order, "Less was delivered of")
        by_order.order_line.product_uom_qty = 8
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(by_order), [8000])

    def test_services_and_goods_are_both_waited_for(self):
        order = self._sell(self.boxes, self.prints)
        self._ship(order, 1)
        self._collect_orders()
        self.assertFalse(order.invoice_ids)
        self._deliver(order, self.prints)
        self._collect_orders()
        self._run_autopay()
        self.assertEqual(self._get_taken(order), [20000])

    def test_only_orders_with_a_trigger_are_hinted_at(self):
        triggers = self.env["ir.cron.trigger"].sudo()
        cron = self.env.ref("autopay_sale.ir_cron_collect_orders")
        own = [("cron_id", "=", cron.id)]
        order = self._sell(self.boxes, trigger=False)
        count = triggers.search_count(own)
        self._ship(order, 1)
        self.assertEqual(triggers.search_count(own), count)
        order = self._sell(self.boxes)
        count = triggers.search_count(own)
        self._ship(order, 1)
        self.assertEqual(triggers.search_count(own), count + 1)
