from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .common import AutopayQueueCommon

ROOM = "odoo.addons.autopay_queue_job.models.autopay_queue"


@tagged("post_install", "-at_install")
class TestAutopayQueueCompany(AutopayQueueCommon):
    """Jobs of one company that come to nothing are no matter of the other companies."""

    def setUp(self):
        super().setUp()
        self.other = self._create_company(name="Busy Bees", autopay_enabled=True)

    def _begin_other(self, ago=0):
        """Have a job of the other company be begun some minutes ago."""
        moment = fields.Datetime.now() - timedelta(minutes=ago)
        return self.batches.create(
            {
                "company_id": self.other.id,
                "handover": f"other-{ago}",
                "state": "done",
                "start_date": moment,
                "end_date": moment,
            }
        )

    def _get_lines(self):
        companies = self.company | self.other
        with self._runner():
            lines = self.env["autopay.engine.health"].sudo()._get_lines(companies)
        return [line.text for line in lines if "root.autopay" in line.text]

    def _get_calls(self):
        domain = [("autopay_wait", "=like", "queue:%")]
        return self.env["mail.activity"].sudo().search(domain)

    def _fail_twice(self):
        """Hand over twice what ends in failed jobs, while other jobs are begun."""
        batches = self._hand_over()
        self._fail(batches[0])
        self._begin_other()
        return batches | self._hand_over()

    def test_company_whose_jobs_all_fail_is_charged_by_the_scheduled_action(self):
        invoices = self._create_due_invoice() | self._create_due_invoice(
            70.0, self.second
        )
        with patch(f"{ROOM}.LEAST_INVOICES", 1), patch(f"{ROOM}.JOBS_WANTED", 2):
            first, second, again = self._fail_twice()
        self.assertEqual(second.state, "waiting")
        self.assertFalse(self._get_lines(), "one may fail")
        self._begin_other()
        self._fail(again)
        self.assertFalse(self._hand_over())
        self.assertEqual(set(invoices.mapped("autopay_status")), {"success"})
        reasons = (first | again).mapped("miss_reason")
        self.assertEqual(reasons, ["failed", "failed"])
        # A job of it that is run now finds nothing to do.
        self.assertEqual((second.state, second.miss_reason), ("missed", "overtaken"))
        self._perform(second)
        for invoice in invoices:
            self.assertEqual(len(self._get_charges(invoice)), 1)
        [line] = self._get_lines()
        self.assertIn(self.company.name, line)
        self.assertNotIn(self.other.name, line)
        # The other company is served as before.
        queue = self.env["autopay.queue"]
        with self._runner():
            self.assertEqual(queue._get_complaint(), "")
        self.assertEqual(queue._find_resting(), self.company)

    def test_person_is_called_until_a_job_of_the_company_is_begun(self):
        self._create_due_invoice()
        first, again = self._fail_twice()
        self._begin_other()
        self._fail(again)
        self._hand_over()
        self.assertFalse(self._get_calls())
        now = fields.Datetime.now()
        for batch, ago in ((first, 70), (again, 65)):
            self._force(batch, end_date=now - timedelta(minutes=ago))
        # After an hour it is tried again; the person is called meanwhile.
        self._create_due_invoice(customer=self.second)
        later = self._hand_over()
        self.assertTrue(later)
        call = self._get_calls()
        self.assertIn(self.company.name, call.summary)
        self.assertEqual(call.res_id, self.company.partner_id.id)
        self._perform(later)
        self._hand_over()
        self.assertFalse(self._get_calls() or self._get_lines())

    def test_job_that_others_overtake_is_taken_back(self):
        invoice = self._create_due_invoice()
        batch = self._hand_over()
        self._begin_other(ago=11)
        self._begin_other()
        self.assertFalse(self._hand_over())
        self.assertEqual(batch.state, "waiting")
        self._force(batch, create_date=fields.Datetime.now() - timedelta(minutes=30))
        again = self._hand_over()
        self.assertEqual((batch.state, batch.miss_reason), ("missed", "overtaken"))
        self.assertEqual(again.move_ids, invoice.ids)
        self._perform(batch)
        self._perform(again)
        self.assertEqual(len(self._get_charges(invoice)), 1)
