from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import AutopayCommon

CONFIRM = "/v1/payment_intents/*/confirm"


@tagged("post_install", "-at_install")
class TestAutopayDunning(AutopayCommon):
    """Reminders stand down while autopay collects, and come back afterwards."""

    def _look(self):
        """Have it looked at how invoices stand, as the scheduler does."""
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")

    def _assert_reminded(self, invoice, reminded=True):
        self._look()
        lines = invoice.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(set(lines.mapped("no_followup")), {not reminded})
        self.assertEqual(invoice.autopay_followup_stopped, not reminded)

    def test_reminders_stand_down_from_the_plan_to_the_payment(self):
        self._enrol()
        invoice = self._create_posted_invoice()
        self._assert_reminded(invoice)
        invoice.write(
            {"autopay_status": "eligible", "autopay_date": self.today + timedelta(2)}
        )
        self._assert_reminded(invoice, reminded=False)
        invoice.autopay_date = self.today
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self._assert_reminded(invoice)

    def test_reminders_come_back_when_an_invoice_is_taken_off(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._assert_reminded(invoice, reminded=False)
        invoice.action_autopay_remove()
        self._assert_reminded(invoice)

    def test_mark_that_a_person_sets_after_ours_stays(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._assert_reminded(invoice, reminded=False)
        # Off stays off while autopay collects, on is the person's own from then on.
        invoice.no_followup = False
        self._look()
        self.assertFalse(invoice.no_followup)
        invoice.line_ids.no_followup = True
        self.assertFalse(invoice.autopay_followup_stopped)
        self._look()
        invoice.action_autopay_remove()
        self._look()
        self.assertTrue(invoice.no_followup)
        self.assertFalse(invoice.autopay_followup_stopped)

    def test_reminders_come_back_with_the_last_failure(self):
        self._enrol("pm_card_chargeDeclinedInsufficientFunds")
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertTrue(invoice.autopay_retry_date)
        self._assert_reminded(invoice, reminded=False)
        self.company.sudo().autopay_retry_card = ""
        invoice.action_autopay_make_eligible()
        self._run_autopay()
        self.assertFalse(invoice.autopay_retry_date)
        self._assert_reminded(invoice)

    def test_reminders_come_back_when_something_blocks_the_charge(self):
        token = self._enrol()
        invoice = self._create_due_invoice()
        self._assert_reminded(invoice, reminded=False)
        token.active = False
        self._assert_reminded(invoice)

    def test_charges_that_fail_again_and_again_end_after_some_days(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self.assertEqual(invoice.invoice_date_due, self.today - timedelta(days=10))
        self.company.autopay_quiet_days = 10
        self._assert_reminded(invoice, reminded=False)
        self.company.autopay_quiet_days = 9
        self._assert_reminded(invoice)

    def test_zero_days_leave_out_what_is_under_way_only(self):
        self.company.autopay_quiet_days = 0
        self._enrol()
        planned = self._create_due_invoice(autopay_date=self.today + timedelta(2))
        planned.autopay_date = self.today + timedelta(2)
        self._assert_reminded(planned)
        invoice, _attempt = self._charge_in_doubt()
        self._assert_reminded(invoice, reminded=False)

    def test_mark_of_a_person_stays(self):
        self._enrol()
        invoice = self._create_posted_invoice()
        invoice.no_followup = True
        invoice.write({"autopay_status": "eligible", "autopay_date": self.today})
        self._look()
        self.assertFalse(invoice.autopay_followup_stopped)
        self._run_autopay()
        self._look()
        self.assertTrue(invoice.no_followup)

    def test_mark_that_a_person_took_off_stays_off(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._assert_reminded(invoice, reminded=False)
        invoice.no_followup = False
        invoice.autopay_date = self.today + timedelta(3)
        self._look()
        self.assertFalse(invoice.no_followup)

    def test_days_are_bounded(self):
        for days in (-1, 366):
            with self.subTest(days=days), self.assertRaises(ValidationError):
                self.company.autopay_quiet_days = days

    def test_invoices_off_autopay_are_not_touched(self):
        invoice = self._create_posted_invoice()
        self._assert_reminded(invoice)
        self.assertFalse(invoice._filter_autopay_quiet())

    def test_reminders_come_back_when_the_add_on_goes(self):
        self._enrol()
        invoice = self._create_due_invoice()
        own = self._create_posted_invoice()
        own.no_followup = True
        self._assert_reminded(invoice, reminded=False)
        modules = self.env["ir.module.module"]
        addon = modules.search([("name", "=", "autopay")])
        modules._resume_autopay_reminders()
        self.assertTrue(invoice.no_followup)
        addon._resume_autopay_reminders()
        self.assertFalse(invoice.no_followup)
        # An invoice that a person has left out stays out.
        self.assertTrue(own.no_followup)
