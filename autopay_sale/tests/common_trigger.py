from odoo import Command

from .common import SaleCommon


class TriggerCommon(SaleCommon):
    """Orders that are collected when they are done; they are delivered by hand."""

    # Whether the customer has a payment method from the start.
    is_enrolled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        products = cls.env["product.product"]
        # As delivered, as ordered; without stock both are delivered by hand.
        cls.prints, cls.paper, cls.goods = products.create(
            [
                {
                    "name": name,
                    "type": kind,
                    "invoice_policy": policy,
                    "taxes_id": [],
                }
                for name, kind, policy in (
                    ("Prints", "service", "delivery"),
                    ("Paper", "service", "delivery"),
                    ("Banner", "consu", "order"),
                )
            ]
        )

    def setUp(self):
        super().setUp()
        if self.is_enrolled:
            self.token = self._enrol()

    def _sell(self, *products, trigger="delivered", confirm=True, **values):
        """Create an order of one of each product, each for 100."""
        order = (
            self.env["sale.order"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "autopay_trigger": trigger,
                    "order_line": [
                        Command.create({"product_id": each.id, "price_unit": 100})
                        for each in products
                    ],
                    **values,
                }
            )
        )
        if confirm:
            order.action_confirm()
        return order

    def _deliver(self, order, *products, quantity=1):
        lines = order.order_line.filtered(
            lambda line: (
                line.product_id and (not products or line.product_id in products)
            )
        )
        shipped = lines.filtered(lambda line: line.qty_delivered_method == "stock_move")
        (lines - shipped).qty_delivered = quantity
        if shipped:
            # Goods have a delivery if there is an inventory.
            order.picking_ids.move_ids.picked = True
            order.picking_ids.button_validate()

    def _collect_orders(self):
        self._run_cron("autopay_sale.ir_cron_collect_orders")

    def _get_calls(self, order):
        return order.activity_ids.filtered(lambda call: call.autopay_wait == "order")

    def _get_taken(self, order):
        """Return what the simulator has taken for an order, in minor units."""
        return [
            charge["amount"]
            for invoice in order.invoice_ids.sorted("id")
            for charge in self._get_charges(invoice)
        ]

    def _assert_stuck(self, order, words):
        self.assertEqual(order.autopay_progress, "stuck")
        self.assertIn(words, order.autopay_problem)
        self.assertEqual(order.autopay_sentence, order.autopay_problem)
        call = self._get_calls(order)
        self.assertEqual(len(call), 1)
        self.assertIn(words, call.note)
