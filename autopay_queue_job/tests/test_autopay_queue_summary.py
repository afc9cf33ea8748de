from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AutopayQueueCommon

ROOM = "odoo.addons.autopay_queue_job.models.autopay_queue"


@tagged("post_install", "-at_install")
class TestAutopayQueueSummary(AutopayQueueCommon):
    """Handovers are summed up once, whatever dies or is tidied up in between."""

    def setUp(self):
        super().setUp()
        self.company.autopay_summary = "always"

    def _get_notices(self):
        domain = [("kind", "=", "staff_run"), ("company_id", "=", self.company.id)]
        return self.env["autopay.notice"].sudo().search(domain)

    def test_jobs_whose_process_died_before_it_told_are_told_by_the_next_run(self):
        self._create_due_invoice()
        batch = self._hand_over()
        queue = type(self.env["autopay.queue"])
        with patch.object(queue, "_tell_handovers", lambda *_args: None):
            self._perform(batch)
        self.assertEqual(batch.state, "done")
        self.assertFalse(self._get_notices())
        self._hand_over()
        notices = self._get_notices()
        reporters = self.company._get_autopay_reporters().partner_id
        self.assertEqual(notices.partner_id, reporters)
        self.assertIn("100.00 collected", notices[:1].headline)
        self._hand_over()
        self.assertEqual(self._get_notices(), notices)

    def test_summary_outlives_the_run_of_a_job_that_had_nothing_to_do(self):
        self._create_due_invoice()
        blocked = self._create_due_invoice(70.0, self.second)
        with patch(f"{ROOM}.LEAST_INVOICES", 1), patch(f"{ROOM}.JOBS_WANTED", 2):
            first, second = self._hand_over()
        self.second.with_company(self.company).autopay_token_id = False
        self._perform(first)
        self._perform(second)
        idle = second.run_ids
        self.assertEqual(idle.reason_ids.move_ids, blocked.ids)
        # A run that finds the same takes its place, before any mail is written.
        self._hand_over()
        self.assertFalse(idle.exists())
        notices = self._get_notices()
        self._run_cron("autopay.ir_cron_send_notices")
        self.env.invalidate_all()
        self.assertEqual(set(notices.mapped("state")), {"queued"})
        self.assertIn("100.00 collected", notices[:1].headline)

    @mute_logger("odoo.addons.autopay.models.engine.autopay_stage")
    def test_person_is_called_where_jobs_cannot_be_summed_up(self):
        self._create_due_invoice()
        batch = self._hand_over()
        report = type(self.env["autopay.notice.report"])
        with patch.object(report, "_on_handover", side_effect=ZeroDivisionError("1/0")):
            self._perform(batch)
        self.assertEqual(batch.state, "done")
        call = self.company.partner_id.sudo().activity_ids
        self.assertIn("cannot report", call.summary)
        self.assertIn("1/0", call.note)
        self._hand_over()
        self.assertEqual(len(self._get_notices()), 1)
