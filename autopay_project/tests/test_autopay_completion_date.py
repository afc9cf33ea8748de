from datetime import datetime, time, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .common import ProjectCommon


@tagged("post_install", "-at_install")
class TestAutopayCompletionDate(ProjectCommon):
    """Work is done on its date as well; customers decide on neither."""

    def test_day_of_the_company_counts(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        order = self._create_order()
        # 13:00 in Greenwich is the next day in Auckland.
        deadline = datetime.combine(self.today + timedelta(days=9), time(13))
        task = self._create_task(order, date_deadline=deadline, autopay_on_date=True)
        self.doing.sudo().autopay_paid_stage_id = self.paid
        day = deadline.date()
        self.assertIn("Will be collected with Autopay on", task.autopay_words)
        for moment, is_done in (("10:00", False), ("12:30", True)):
            with freeze_time(f"{day} {moment}"):
                self._run_job()
            self.assertEqual(bool(order.invoice_ids), is_done)
        with freeze_time(f"{day} 13:30"):
            self._run_job()
            self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(order.invoice_ids.payment_state, "paid")
        self.assertEqual(task.stage_id, self.paid)

    def test_project_is_done_on_its_date_and_not_before(self):
        order = self._create_order()
        self._create_task(order)
        self.project.write(
            {
                "date_start": self.today - timedelta(days=30),
                "date": self.today + timedelta(days=1),
                "autopay_on_date": True,
            }
        )
        self._run_job()
        self.assertFalse(order.invoice_ids)
        self.project.date = self.today
        self._run_job()
        self.assertEqual(order.invoice_ids.state, "posted")
        self._run_job()
        self.assertEqual(len(self._get_completions(self.project)), 1)

    def test_customer_who_moves_a_card_or_a_date_charges_nobody(self):
        visitor = new_test_user(self.env, "visitor", "base.group_portal")
        self.project.write(
            {
                "privacy_visibility": "portal",
                "collaborator_ids": [
                    Command.create({"partner_id": visitor.partner_id.id})
                ],
            }
        )
        task = self._create_task(
            self._create_order(),
            date_deadline=fields.Datetime.now() + timedelta(days=30),
            autopay_on_date=True,
        )
        task.message_subscribe(visitor.partner_id.ids)
        # The last one who has moved it counts.
        self._drag(task, self.done)
        self._drag(task, self.doing)
        self._drag(task, self.done, visitor)
        task.with_user(visitor).write(
            {"date_deadline": fields.Datetime.now() - timedelta(days=2)}
        )
        self.assertFalse(task.autopay_on_date)
        self._run_job()
        self.assertFalse(task.sale_order_id.invoice_ids)
        self.assertIn("by visitor", self._get_calls(task).note)
        task.with_user(self.engineer).action_autopay_collect()
        self._run_job()
        self.assertEqual(task.sale_order_id.invoice_ids.state, "posted")
