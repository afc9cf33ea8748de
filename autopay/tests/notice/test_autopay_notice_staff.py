from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...const.notices.kinds import STAFF_KINDS
from .common_notice import NoticeCommon

EVIL = "<b>{{ 7 * 7 }}</b> Evil & Co"


@tagged("post_install", "-at_install")
class TestAutopayNoticeStaff(NoticeCommon):
    """A company's people hear what ran, what failed and what has a deadline, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.email = "boss@orchard.example.com"
        cls.biller.email = "biller@orchard.example.com"
        cls.company.autopay_reporter_ids = cls.biller

    def _get_staff_notices(self, kind=None):
        return self.notices.search(
            [
                ("company_id", "=", self.company.id),
                ("kind", "in", [kind] if kind else STAFF_KINDS),
            ],
            order="id",
        )

    def _get_staff_mails(self):
        own = "hear how Autopay gets on"
        return [mail for mail in self._mails if own in mail["body"]]

    def _report_failures(self):
        self.env.flush_all()
        self._run_cron("autopay.ir_cron_report_failures")
        self.env.invalidate_all()

    def _age(self, notices):
        """Let notices be an hour older, and what they told of as well."""
        since = fields.Datetime.now() - timedelta(hours=1)
        attempts = self.env["autopay.attempt"].search(
            [("company_id", "=", self.company.id)]
        )
        for attempt in attempts:
            self._force(attempt, outcome_date=since - timedelta(minutes=1))
        self._force(notices, create_date=since)

    # === RUNS === #

    def test_run_is_summed_up_for_whoever_wants_it_and_only_when_it_did_something(self):
        self._run_autopay()
        self._collect()
        self.assertFalse(self._get_staff_notices(), "never")
        self.company.autopay_summary = "failures"
        self._collect()
        self.assertFalse(self._get_staff_notices(), "nothing failed")
        self._fail("lost_card", customer=self._create_customer(EVIL))
        run = self._get_last_run()
        notice = self._get_staff_notices()
        self.assertEqual(
            (notice.kind, notice.partner_id), ("staff_run", self.biller.partner_id)
        )
        self.company.autopay_summary = "always"
        self._collect(40)
        self._run_autopay()
        self.assertEqual(len(self._get_staff_notices()), 2)
        self._send_mails()
        self.assertEqual(set(self._get_staff_notices().mapped("state")), {"sent"})
        failed, collected = self._get_staff_mails()
        if "40.00 collected" not in collected["subject"]:
            failed, collected = collected, failed
        self.assertIn("nothing collected", failed["subject"])
        self.assertIn("40.00 collected, nothing failed", collected["subject"])
        self.assertEqual(failed["email_to"], [self.biller.email_formatted])
        for words in (
            run.name,
            "reported lost",
            f"/odoo/autopay.run/{run.id}",
            "&lt;b&gt;{{ 7 * 7 }}&lt;/b&gt; Evil &amp; Co",
        ):
            self.assertIn(words, failed["body"] + failed["subject"])

    @mute_logger("odoo.addons.autopay.models.engine.autopay_engine")
    def test_run_is_told_whatever_dies_right_after_its_end(self):
        self.company.autopay_summary = "always"
        runs = type(self.env["autopay.run"])
        with patch.object(runs, "_drop_idle_before", side_effect=ZeroDivisionError):
            self._collect()
        run = self._get_last_run()
        self.assertEqual(run.state, "done")
        self.assertEqual(self._get_staff_notices().res_id, run.id)

    @mute_logger("odoo.addons.autopay.models.engine.autopay_run")
    def test_run_ends_also_where_nobody_can_be_told_of_it_and_a_person_is_called(self):
        self.company.autopay_summary = "always"
        report = type(self.env["autopay.notice.report"])
        with patch.object(
            report, "_prepare_rows", side_effect=ZeroDivisionError("1/0")
        ):
            with patch.object(report, "_alert_untold", side_effect=ZeroDivisionError):
                self._collect()
            self.assertEqual(self._get_last_run().state, "done")
            self.assertFalse(self._get_untold_calls())
            for _number in range(2):
                self._collect()
        self.assertEqual(self._get_last_run().state, "done")
        self.assertFalse(self._get_staff_notices())
        [call] = self._get_untold_calls()
        self.assertEqual(call.user_id, self.company._get_autopay_called())
        self.assertIn("1/0", call.note)

    @mute_logger("odoo.addons.autopay.models.engine.autopay_stage")
    def test_person_is_called_where_failures_cannot_be_reported(self):
        self._fail()
        report = type(self.env["autopay.notice.report"])
        with patch.object(
            report, "_prepare_rows", side_effect=ZeroDivisionError("1/0")
        ):
            self._report_failures()
        self.assertEqual(len(self._get_untold_calls()), 1)

    def _get_untold_calls(self):
        calls = self.company.partner_id.sudo().activity_ids
        return calls.filtered(lambda call: "cannot report" in call.summary)

    def test_run_whose_process_died_is_told_by_the_next_one(self):
        self._collect()
        run = self._get_last_run()
        self._force(run, state="running")
        self.company.autopay_summary = "always"
        for _number in range(2):
            self._run_autopay()
            self.env.invalidate_all()
        self.assertEqual(run.state, "interrupted")
        self.assertEqual(self._get_staff_notices().res_id, run.id)

    # === FAILURES === #

    def test_failures_are_told_once_a_day_by_customer_and_reason(self):
        self._report_failures()
        self.assertFalse(self._get_staff_notices(), "nothing failed")
        evil = self._create_customer(EVIL)
        self._enrol(
            {"kind": "decline", "decline_code": "insufficient_funds"}, customer=evil
        )
        many = [self._create_due_invoice(10, customer=evil) for _number in range(3)]
        retried = self._fail()
        self._report_failures()
        self._report_failures()
        notice = self._get_staff_notices()
        self.assertEqual(notice.mapped("kind"), ["staff_failures"])
        self._send_mails()
        [mail] = self._get_staff_mails()
        self.assertIn("Failed charges: 4, $\xa0130.00", mail["subject"])
        body = mail["body"]
        self.assertEqual(body.count("Evil &amp; Co"), 1)
        self.assertNotIn("<b>{{", body)
        self.assertIn("3 invoices", body)
        self.assertIn(retried.name, body)
        self.assertIn("Will be tried again on", body)
        self.assertIn("/odoo/autopay-failed-charges", body)
        self.assertEqual(many[0].autopay_status, "error")
        # A failure that was told is not told again on the next day.
        self._force(notice, event_key="yesterday")
        self._age(notice)
        self._report_failures()
        self.assertEqual(self._get_staff_notices(), notice)
        self._fail("expired_card", customer=self._create_customer("Brisk Bakery"))
        self._report_failures()
        second = self._get_staff_notices() - notice
        self.assertIn("Brisk Bakery", second.sudo().details)
        self.assertNotIn("Evil", second.sudo().details)

    def test_failures_before_the_first_report_are_told_by_it(self):
        invoice = self._fail("lost_card")
        since = fields.Datetime.now() - timedelta(days=2)
        self._force(invoice.autopay_attempt_ids, outcome_date=since)
        self._report_failures()
        self.assertIn(invoice.name, self._get_staff_notices().sudo().details)

    def test_colleague_who_joins_today_does_not_end_the_day_for_the_others(self):
        self._fail("lost_card")
        self._report_failures()
        first = self._get_staff_notices()
        self._age(first)
        self.company.autopay_reporter_ids |= self.manager
        self._fail("expired_card", customer=self._create_customer("Brisk Bakery"))
        self._report_failures()
        self.assertEqual(self._get_staff_notices(), first)
        # The next day comes.
        self._force(first, event_key="yesterday")
        self._report_failures()
        second = self._get_staff_notices() - first
        people = (self.manager | self.biller).partner_id
        self.assertEqual(second.partner_id, people)
        for notice in second:
            self.assertIn("Brisk Bakery", notice.sudo().details)

    def test_what_was_paid_meanwhile_is_told_so(self):
        invoice = self._fail("lost_card")
        self._report_failures()
        self._register_payment(invoice, 100)
        self.env.invalidate_all()
        self._send_mails()
        [mail] = self._get_staff_mails()
        self.assertIn("Paid meanwhile.", mail["body"])

    # === REFUNDS AND DISPUTES === #

    def test_dispute_is_told_and_its_last_day_is_called_to_mind(self):
        attempt = self._collect()[1]
        dispute = self.admin.open_dispute(attempt.object_ref)["id"]
        self._poll()
        reversal = self._get_reversal(attempt)
        new, reminder = self._get_staff_notices()
        self.assertEqual((new.kind, reminder.kind), ("staff_returned", "staff_answer"))
        last = reversal.respond_by_date
        self.assertEqual(reminder.due_date, last - timedelta(days=2))
        self._poll()
        self._send_mails()
        [mail] = self._get_staff_mails()
        self.assertIn("is disputed", mail["subject"])
        self.assertIn("Respond by", mail["body"])
        self.assertIn(f"/odoo/autopay.reversal/{reversal.id}", mail["body"])
        self.assertEqual(reminder.state, "due")
        self._force(reminder, due_date=fields.Datetime.now() - timedelta(hours=1))
        self._send_mails()
        [mail] = self._get_staff_mails()
        self.assertIn("Answer by", mail["subject"])
        self.assertEqual(reminder.state, "sent")
        self.assertTrue(dispute)

    def test_dispute_that_is_over_needs_no_answer(self):
        attempt = self._collect()[1]
        dispute = self.admin.open_dispute(attempt.object_ref)["id"]
        self._poll()
        reminder = self._get_staff_notices("staff_answer")
        self.admin.lose_dispute(dispute)
        self._poll()
        self._force(reminder, due_date=fields.Datetime.now() - timedelta(hours=1))
        self._send_mails()
        self.assertEqual(reminder.state, "skipped")
        self.assertIn("nothing to answer", reminder.failure)

    # === WHO === #

    def test_reports_go_to_people_of_the_company_in_their_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.autopay_responsible_id = self.manager
        self.company.autopay_reporter_ids = False
        self.assertEqual(self.company._get_autopay_reporters(), self.manager)
        french = self._create_user(
            "marie", "account.group_account_invoice", lang="fr_FR"
        )
        elsewhere = self._create_company(name="Elsewhere")
        foreign = self._create_user(
            "left", "account.group_account_invoice", company=elsewhere
        )
        mute = self._create_user("mute", "account.group_account_invoice", email=False)
        self.company.autopay_reporter_ids = french | foreign | mute
        self.assertEqual(self.company._get_autopay_reporters(), french)
        self._fail("lost_card")
        self._report_failures()
        self._send_mails()
        notice = self._get_staff_notices()
        self.assertEqual((notice.lang, notice.state), ("fr_FR", "sent"))
        self.assertIn("100,00", self._get_staff_mails()[0]["subject"])

    # === DIGEST === #

    def test_digest_counts_what_was_collected_and_what_failed(self):
        self._collect(60)
        self._fail("lost_card")
        # The period of a digest ends a moment before it is written.
        attempts = self.env["autopay.attempt"].search(
            [("company_id", "=", self.company.id)]
        )
        earlier = fields.Datetime.now() - timedelta(hours=1)
        attempts.sudo().outcome_date = earlier
        digest = (
            self.env["digest.digest"]
            .sudo()
            .create(
                {
                    "name": "Autopay",
                    "company_id": self.company.id,
                    "kpi_autopay_collected": True,
                    "kpi_autopay_failed": True,
                    "kpi_autopay_rate": True,
                }
            )
        )
        found = {
            kpi["kpi_name"]: kpi["kpi_col1"]["value"]
            for kpi in digest._compute_kpis(self.company, self.biller)
            if kpi["kpi_name"].startswith("kpi_autopay")
        }
        self.assertEqual(
            found,
            {
                "kpi_autopay_collected": "$60",
                "kpi_autopay_failed": 1,
                "kpi_autopay_rate": 50,
            },
        )
        employee = self._create_user("employee", "base.group_user")
        kpis = digest._compute_kpis(self.company, employee)
        self.assertFalse([kpi for kpi in kpis if "autopay" in kpi["kpi_name"]])
        with self.assertRaises(AccessError):
            digest.with_user(employee).read(["kpi_autopay_failed_value"])
