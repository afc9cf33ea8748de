from odoo import Command
from odoo.tests import tagged

from odoo.addons.autopay_sale.tests.common_trigger import TriggerCommon


@tagged("post_install", "-at_install")
class TestAutopayMilestone(TriggerCommon):
    """A milestone that is reached delivers its share; the order's trigger collects."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.design = cls.env["product.product"].create(
            {
                "name": "Bridge Design",
                "type": "service",
                "service_policy": "delivered_milestones",
                "invoice_policy": "delivery",
                "service_type": "milestones",
                "taxes_id": [],
            }
        )
        cls.project = (
            cls.env["project.project"]
            .sudo()
            .create(
                {
                    "name": "Bridge",
                    "company_id": cls.company.id,
                    "partner_id": cls.customer.id,
                    "allow_billable": True,
                    "allow_milestones": True,
                }
            )
        )

    def _sell_by_milestones(self, trigger):
        """Create an order for 1000, a quarter of it for a draft, the rest for plans."""
        order = self._sell(trigger=trigger, confirm=False)
        order.order_line = [
            Command.create({"product_id": self.design.id, "price_unit": 1000})
        ]
        order.action_confirm()
        self.assertEqual(order.order_line.qty_delivered_method, "milestones")
        milestones = (
            self.env["project.milestone"]
            .sudo()
            .create(
                [
                    {
                        "name": name,
                        "project_id": self.project.id,
                        "sale_line_id": order.order_line.id,
                        "quantity_percentage": share,
                    }
                    for name, share in (("Draft", 0.25), ("Plans", 0.75))
                ]
            )
        )
        return order, milestones

    def _reach(self, milestone, is_reached=True):
        milestone.toggle_is_reached(is_reached)
        for _number in range(2):
            self._collect_orders()
            self._run_autopay()

    def test_each_milestone_is_charged_when_it_is_reached(self):
        order, (draft, plans) = self._sell_by_milestones("confirmed")
        self._reach(draft)
        self.assertEqual(self._get_taken(order), [25000])
        self.assertEqual(order.autopay_progress, "collecting")
        self.assertIn("the rest follows", order.autopay_sentence)
        self._reach(plans)
        self.assertEqual(self._get_taken(order), [25000, 75000])
        self.assertEqual(order.autopay_progress, "paid")
        # One that was charged and is taken back is for a person to credit.
        self._reach(draft, is_reached=False)
        self._assert_stuck(order, "owed to the customer")
        self.assertEqual(len(order.invoice_ids), 2)

    def test_order_that_is_charged_when_delivered_waits_for_the_last_milestone(self):
        order, (draft, plans) = self._sell_by_milestones("delivered")
        self._reach(draft)
        self.assertFalse(order.invoice_ids)
        self._reach(plans)
        self.assertEqual(self._get_taken(order), [100000])
        self.assertEqual(order.autopay_progress, "paid")

    def test_milestone_that_is_taken_back_in_time_charges_nothing(self):
        order, (draft, _plans) = self._sell_by_milestones("confirmed")
        draft.toggle_is_reached(True)
        self._reach(draft, is_reached=False)
        self.assertFalse(order.invoice_ids or order.autopay_progress)
