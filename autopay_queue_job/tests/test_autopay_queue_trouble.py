from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.autopay.tests.fault import fault

from ..models.autopay_queue import TROUBLE_PARAMETER
from .common import AutopayQueueCommon


@tagged("post_install", "-at_install")
class TestAutopayQueueTrouble(AutopayQueueCommon):
    """A queue that nobody serves delays charges, and says so."""

    def _make_older(self, batch, **minutes):
        now = fields.Datetime.now()
        self._force(
            batch,
            **{name: now - timedelta(minutes=ago) for name, ago in minutes.items()},
        )

    def _get_lines(self):
        lines = self.env["autopay.engine.health"].sudo()._get_lines(self.company)
        return [line.text for line in lines if "root.autopay" in line.text]

    def _get_calls(self):
        domain = [("autopay_wait", "=like", "queue:%")]
        return self.env["mail.activity"].sudo().search(domain)

    @fault(122)
    def test_scheduled_action_charges_where_no_runner_is_at_work(self):
        invoice = self._create_due_invoice()
        batch = self._hand_over()
        self._run_autopay()
        self.assertEqual(batch.state, "missed")
        self.assertEqual(invoice.autopay_status, "success")
        # The runner comes back and finds the job.
        self._perform(batch)
        self.assertEqual(batch.state, "missed")
        self.assertEqual(len(self._get_charges(invoice)), 1)

    @fault(122)
    def test_person_is_called_when_no_runner_comes_back(self):
        self._run_autopay()
        health = self.env["autopay.engine.health"].sudo()
        texts = [line.text for line in health._get_lines(self.company)]
        self.assertTrue([text for text in texts if "No job runner" in text])
        # Servers are restarted: that alone calls nobody.
        self.assertFalse(self._get_calls())
        since = fields.Datetime.now() - timedelta(minutes=31)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(TROUBLE_PARAMETER, since)
        self._run_autopay()
        self.assertEqual(self._get_calls().res_model, "res.partner")
        with self._runner():
            self._run_autopay()
            self.assertFalse(self._get_calls())
        self.assertFalse(parameters.get_param(TROUBLE_PARAMETER))

    def test_jobs_that_nobody_begins_are_taken_back(self):
        invoice = self._create_due_invoice()
        batch = self._hand_over()
        self._make_older(batch, create_date=11)
        self.assertFalse(self._hand_over())
        self.assertEqual(batch.state, "missed")
        self.assertEqual(invoice.autopay_status, "success")
        with self._runner():
            self.assertTrue(self._get_lines())
        # For an hour the scheduled action charges by itself, then jobs have a chance.
        self._create_due_invoice(customer=self.second)
        self.assertFalse(self._hand_over())
        self._create_due_invoice(customer=self.second)
        self._make_older(batch, end_date=61)
        again = self._hand_over()
        self.assertTrue(again)
        with self._runner():
            self.assertTrue(self._get_lines())
            self._perform(again)
            self.assertFalse(self._get_lines())

    def test_long_queue_that_gets_on_is_left_alone(self):
        for customer in (self.customer, self.second):
            self._create_due_invoice(customer=customer)
        self.patch(
            type(self.env["autopay.queue"]), "_cut", lambda _self, groups: groups
        )
        first, second = self._hand_over()
        self._make_older(second, create_date=50)
        self._perform(first)
        self.assertFalse(self._hand_over())
        self.assertEqual(second.state, "waiting")

    def test_runner_that_comes_back_is_given_jobs_at_once(self):
        self._create_due_invoice()
        batch = self._hand_over()
        self._run_autopay()
        self.assertEqual(batch.miss_reason, "no_runner")
        self._create_due_invoice(customer=self.second)
        self.assertTrue(self._hand_over())
        with self._runner():
            self.assertFalse(self.env["autopay.queue"]._get_complaint())

    # === JOBS THAT ARE LOST === #

    @fault(123)
    def test_job_that_a_person_takes_away_is_no_fault_of_the_queue(self):
        invoice = self._create_due_invoice()
        for take_away in (
            lambda job: job.button_cancelled(),
            lambda job: job.button_done(),
            lambda job: job.unlink(),
        ):
            batch = self._hand_over()
            take_away(self._get_job(batch))
            # Others are charged by jobs all the same.
            again = self._hand_over()
            self.assertEqual((batch.state, batch.miss_reason), ("missed", "gone"))
            self.assertEqual(again.move_ids, invoice.ids)
            self._get_job(again).unlink()
        last = self._hand_over()
        with self._runner():
            self.assertFalse(self._get_lines())
        self._perform(last)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    @fault(123)
    def test_job_that_fails_alone_is_handed_over_again(self):
        invoice = self._create_due_invoice()
        batch = self._hand_over()
        self._fail(batch)
        again = self._hand_over()
        self.assertEqual((batch.state, batch.miss_reason), ("missed", "failed"))
        with self._runner():
            self.assertFalse(self._get_lines())
        self._perform(again)
        self.assertEqual(len(self._get_charges(invoice)), 1)
        # That another one has failed before counts no more once jobs are begun.
        self._make_older(batch, end_date=2)
        self._make_older(again, start_date=1)
        self._create_due_invoice(customer=self.second)
        self._fail(self._hand_over())
        self.assertTrue(self._hand_over())

    @fault(123)
    def test_jobs_that_all_fail_leave_the_work_to_the_scheduled_action(self):
        invoice = self._create_due_invoice()
        self._fail(self._hand_over())
        self._fail(self._hand_over())
        self.assertFalse(self._hand_over())
        self.assertEqual(invoice.autopay_status, "success")
        with self._runner():
            self.assertTrue(self._get_lines())

    @fault(123)
    def test_job_that_a_person_repeats_charges_nothing_and_says_why(self):
        invoice = self._create_due_invoice()
        batch = self._hand_over()
        self._fail(batch)
        again = self._hand_over()
        self.assertIn("taken back", self._repeat(batch))
        self.assertEqual((batch.state, again.state), ("missed", "waiting"))
        self.assertFalse(invoice.autopay_attempt_ids)
        self._perform(again)
        self._get_job(again).button_done()
        self.assertIn("has had its run", self._repeat(again))
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def _repeat(self, batch):
        """Requeue a job, as a person does; return what it says when it was run."""
        job = self._get_job(batch)
        job.requeue()
        self.assertEqual(job.state, "pending")
        return self._perform(batch)

    def test_batch_whose_process_died_is_closed(self):
        invoice = self._create_due_invoice()
        batch = self._hand_over()
        batch.write({"state": "begun", "start_date": fields.Datetime.now()})
        again = self._hand_over()
        self.assertEqual(batch.state, "done")
        self.assertEqual(again.move_ids, invoice.ids)

    def test_queue_that_fails_leaves_the_work_to_the_scheduled_action(self):
        invoice = self._create_due_invoice()

        def fail(*_args):
            raise ValueError("queue_job is broken")

        self.patch(type(self.env["autopay.queue"]), "_enqueue", fail)
        with self.assertLogs("odoo.addons.autopay_queue_job", "ERROR"):
            self.assertFalse(self._hand_over())
        self.assertEqual(invoice.autopay_status, "success")
