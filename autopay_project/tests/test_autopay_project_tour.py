from datetime import datetime, time, timedelta

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .common import JOB, ProjectCommon


@tagged("post_install", "-at_install")
class TestAutopayProjectTour(ProjectCommon, HttpCase):
    """The engineering firm: from the card that is dragged to the booked payment."""

    def _run_cron(self, xml_id):
        """Override: a test over HTTP is in registry test mode from the start."""
        self.env.flush_all()
        self.env.ref(xml_id).method_direct_trigger()
        self.env.invalidate_all()

    def _walk(self, part, path, user):
        self.start_tour(path, f"autopay_project_{part}_tour", login=user.login)
        self.env.invalidate_all()

    def test_work_that_is_done_is_charged_and_moves_to_paid(self):
        self.done.write({"autopay_collect": False, "autopay_paid_stage_id": False})
        order = self._create_order(280.0)
        task = self._create_task(order)
        stages = "/odoo/action-project.open_task_type_form"
        self._walk("stage", f"{stages}/{self.done.id}", self.leader)
        self.assertEqual(self.done.autopay_paid_stage_id, self.paid)
        tasks = f"/odoo/project/{self.project.id}/tasks"
        self._walk("drag", tasks, self.engineer)
        self.assertEqual(task.stage_id, self.done)
        self._run_cron(JOB)
        invoice = order.invoice_ids
        self.assertEqual(invoice.state, "posted")
        self._run_autopay()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual([row["amount"] for row in self._get_charges(invoice)], [28000])
        self._walk("paid", tasks, self.engineer)
        self.assertEqual(task.stage_id, self.paid)

    def test_work_is_charged_on_its_date_and_moves_to_paid(self):
        self.doing.autopay_paid_stage_id = self.paid
        order = self._create_order(280.0)
        day = self.today + timedelta(days=2)
        task = self._create_task(order, date_deadline=datetime.combine(day, time(12)))
        tasks = f"/odoo/project/{self.project.id}/tasks"
        self._walk("date", tasks, self.leader)
        self.assertTrue(task.autopay_on_date)
        self._run_job()
        self.assertFalse(order.invoice_ids)
        with freeze_time(f"{day + timedelta(days=1)} 12:00"):
            self._run_job()
            self._run_autopay()
        invoice = order.invoice_ids
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual([row["amount"] for row in self._get_charges(invoice)], [28000])
        self._walk("paid", tasks, self.engineer)
        self.assertEqual(task.stage_id, self.paid)
