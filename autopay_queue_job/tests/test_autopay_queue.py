from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AutopayQueueCommon

ROOM = "odoo.addons.autopay_queue_job.models.autopay_queue"


@tagged("post_install", "-at_install")
class TestAutopayQueue(AutopayQueueCommon):
    """Due invoices become jobs, and each is charged once."""

    def test_due_invoices_are_handed_to_a_job_that_charges_them_once(self):
        invoices = self._create_due_invoice() | self._create_due_invoice(
            70.0, self.second
        )
        batch = self._hand_over()
        self.assertEqual(batch.move_ids, invoices.ids)
        self.assertEqual(batch.invoice_count, 2)
        self.assertFalse(invoices.autopay_attempt_ids)
        job = self._get_job(batch)
        self.assertEqual((job.channel, job.max_retries), ("root.autopay", 1))
        self.assertTrue(job.job_function_id.allow_commit)
        # The scheduled action does not hand over again what a job has.
        self.assertFalse(self._hand_over())

        self.assertEqual(self._perform(batch), batch.run_ids.name)
        self.assertEqual(batch.state, "done")
        self.assertEqual(batch.run_ids.charged_count, 2)
        self.assertEqual(set(invoices.mapped("autopay_status")), {"success"})
        self.assertEqual(set(invoices.mapped("payment_state")), {"paid"})

        before = len(self.admin.requests())
        self.assertIn("Nothing was charged", self._perform(batch))
        self.assertEqual(len(self.admin.requests()), before)
        self.assertEqual(len(batch.run_ids), 1)
        for invoice in invoices:
            self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_scheduled_action_looks_at_what_cannot_be_charged_itself(self):
        chargeable = self._create_due_invoice()
        blocked = self._create_due_invoice(70.0, self._create_customer("No Method"))
        batch = self._hand_over()
        self.assertEqual(batch.move_ids, chargeable.ids)
        run = self._get_last_run()
        self.assertFalse(run.queue_batch_id)
        self.assertEqual((run.selected_count, run.skipped_count), (1, 1))
        self.assertEqual(run.reason_ids.move_ids, blocked.ids)

    def test_provider_that_cannot_be_asked_is_charged_by_the_scheduled_action(self):
        self._enrol_at_demo()
        invoice = self._create_due_invoice()
        self.assertFalse(self._hand_over())
        self.assertEqual(invoice.autopay_status, "success")

    def test_invoice_that_a_person_has_charged_meanwhile_is_left_alone(self):
        invoice = self._create_due_invoice()
        batch = self._hand_over()
        self._charge_now(invoice)
        self._perform(batch)
        self.assertEqual(batch.run_ids.skipped_count, 1)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_invoices_of_a_customer_go_into_one_job_and_jobs_are_of_one_size(self):
        queue = self.env["autopay.queue"]
        cut = [len(part) for part in queue._cut([[1, 2, 3, 4, 5]] * 11)]
        self.assertEqual(cut, [10, 10, 10, 10, 10, 5])
        self.assertEqual([len(part) for part in queue._cut([[1]] * 800)], [100] * 8)
        self.assertEqual(
            [len(part) for part in queue._cut([[1] * 700, [2], [3]])], [700, 2]
        )
        self.assertEqual(queue._cut([]), [])

    def test_jobs_leave_a_provider_alone_that_did_not_answer_another(self):
        invoices = self._create_due_invoice() | self._create_due_invoice(
            customer=self.second
        )
        self.patch(
            type(self.env["autopay.queue"]), "_cut", lambda _self, groups: groups
        )
        first, second = self._hand_over()
        self.admin.add_fault("refuse", path="/v1/payment_intents*", times=None)
        self._perform(first)
        self.assertTrue(first.halted)
        asked = len(self.admin.requests())
        self._perform(second)
        self.assertEqual(second.state, "returned")
        self.assertEqual(len(self.admin.requests()), asked)
        # They are due again, and the next scheduled run hands them over.
        self.admin.clear_faults()
        self._resolve_autopay()
        for batch in self._hand_over():
            self._perform(batch)
        for invoice in invoices:
            self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_provider_that_charged_for_one_job_needs_no_probe_in_the_next(self):
        for customer in (self.customer, self.second):
            self._create_due_invoice(customer=customer)
        self.patch(
            type(self.env["autopay.queue"]), "_cut", lambda _self, groups: groups
        )
        first, second = self._hand_over()
        self.assertFalse(second._is_proven())
        self._perform(first)
        self.assertTrue(second._is_proven())
        self._perform(second)
        self.assertEqual(second.run_ids.charged_count, 1)

    def test_company_that_leaves_autopay_meanwhile_is_charged_nothing(self):
        invoice = self._create_due_invoice()
        batch = self._hand_over()
        self.company.sudo().autopay_enabled = False
        self._perform(batch)
        self.assertEqual(batch.state, "returned")
        self.assertFalse(invoice.autopay_attempt_ids)

    def test_batch_has_one_run_whoever_else_tries(self):
        self._create_due_invoice()
        batch = self._hand_over()
        runs = self.env["autopay.run"].sudo()
        values = {
            "name": "Run",
            "company_id": self.company.id,
            "trigger": "scheduled",
            "queue_batch_id": batch.id,
        }
        runs.create(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            runs.create(values)

    def test_staff_read_the_jobs_of_their_companies_and_change_nothing(self):
        self._create_due_invoice()
        batch = self._hand_over()
        clerk = self._create_user("clerk", "account.group_account_invoice")
        own = batch.with_user(clerk)
        self.assertEqual(
            own.action_view_moves()["domain"], [("id", "in", batch.move_ids)]
        )
        with self.assertRaises(AccessError):
            own.state = "done"
        other = self._create_company(name="Other Company")
        batch.company_id = other
        with self.assertRaises(AccessError):
            own.read(["state"])

    def test_old_batches_are_forgotten(self):
        self._create_due_invoice()
        batch = self._hand_over()
        self.batches._gc_old()
        self.assertTrue(batch.exists())
        self._perform(batch)
        batch.end_date = fields.Datetime.now() - timedelta(days=61)
        self.batches._gc_old()
        self.assertFalse(batch.exists())

    def test_jobs_of_one_handover_are_summed_up_in_one_mail(self):
        self.company.autopay_summary = "always"
        invoices = self._create_due_invoice() | self._create_due_invoice(
            70.0, self.second
        )
        with patch(f"{ROOM}.LEAST_INVOICES", 1), patch(f"{ROOM}.JOBS_WANTED", 2):
            first, second = self._hand_over()
        notices = self.env["autopay.notice"].sudo()
        domain = [("kind", "=", "staff_run"), ("company_id", "=", self.company.id)]
        self._perform(first)
        self.assertFalse(notices.search(domain), "the other job is still to come")
        self._perform(second)
        self.assertEqual(set(invoices.mapped("autopay_status")), {"success"})
        notice = notices.search(domain)
        reporters = self.company._get_autopay_reporters().partner_id
        self.assertEqual(notice.partner_id, reporters)
        self.assertEqual(len(notice), len(reporters))
        self.assertIn("170.00 collected", notice[:1].headline)
        self.assertIn(first.run_ids.name, notice[:1].headline)
        self.assertIn(second.run_ids.name, notice[:1].headline)
        # Told once, also where somebody tidies up behind the jobs.
        self.env["autopay.queue"]._tell_handovers(first | second)
        self.assertEqual(notices.search(domain), notice)
