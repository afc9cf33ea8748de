from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from odoo.addons.autopay.tests.common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayCreditControl(AutopayCommon):
    """Runs of credit control, and mails and letters that are sent later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        policy = cls.env.ref("account_credit_control.credit_control_3_time")
        cls.policy = policy.sudo()
        cls.policy.account_ids = [
            Command.set(cls.company_data["default_account_receivable"].ids)
        ]
        cls.company.sudo().credit_policy_id = cls.policy
        cls.clerk = cls._create_user(
            "clerk",
            "account.group_account_invoice,"
            "account_credit_control.group_account_credit_control_manager",
        )

    def setUp(self):
        super().setUp()
        self._enrol()
        day = self.today - timedelta(days=20)
        dates = {"invoice_date": day, "invoice_date_due": day}
        self.planned = self._create_posted_invoice(100.0, **dates)
        self.planned.write(
            {"autopay_date": self.today + timedelta(3), "autopay_status": "eligible"}
        )
        self.owed = self._create_posted_invoice(70.0, **dates)

    def _run_control(self):
        """Run credit control as its manager does; return the invoices it found."""
        run = self.env["credit.control.run"].with_user(self.clerk)
        run = run.with_company(self.company).create(
            {"date": self.today, "policy_ids": [Command.set(self.policy.ids)]}
        )
        run.generate_credit_lines()
        return run

    def _send(self, run):
        run.set_to_ready_lines()
        run.run_channel_action()
        return run.line_ids.communication_id.credit_control_line_ids.invoice_id

    def test_run_leaves_out_what_will_be_charged(self):
        self.assertEqual(self._run_control().line_ids.invoice_id, self.owed)

    def test_everything_is_found_where_reminders_go_on(self):
        self.company.autopay_quiet_days = 0
        both = self.planned | self.owed
        self.assertEqual(self._run_control().line_ids.invoice_id, both)

    def test_charge_that_failed_for_good_is_found_again(self):
        self._enrol("pm_card_chargeDeclinedLostCard")
        self.planned.autopay_date = self.today
        self._run_autopay()
        self.assertEqual(self.planned.autopay_status, "error")
        self.assertIn(self.planned, self._run_control().line_ids.invoice_id)

    def test_invoice_that_is_put_on_autopay_after_the_run_is_not_sent(self):
        run = self._run_control()
        self.assertEqual(run.line_ids.invoice_id, self.owed)
        self.owed.write(
            {"autopay_date": self.today + timedelta(3), "autopay_status": "eligible"}
        )
        self.assertFalse(self._send(run))
        self.assertEqual(run.line_ids.state, "ignored")
        self.owed.autopay_status = False
        self.assertEqual(self._send(self._run_control()), self.owed)

    def test_run_of_a_company_without_autopay_is_as_ever(self):
        self.planned.autopay_status = False
        self.company.autopay_enabled = False
        both = self.planned | self.owed
        self.assertEqual(self._send(self._run_control()), both)
