from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.notification.autopay_notification import AutopayNotification
from ..common_faults import CONFIRM, FaultCommon
from ..fault import fault

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"


@tagged("post_install", "-at_install")
class TestFaultMatrixBooks(FaultCommon):
    """Faults between the provider's answer and the end."""

    def _leave_unknown(self):
        self._add_fault("reset_after", CONFIRM)
        invoice = self._create_due_invoice()
        self._run_autopay()
        return invoice, self._get_attempt(invoice)

    def _force_state(self, invoice, state):
        """Change an invoice as if on the database, past every guard."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET state = %s WHERE id = %s", [state, invoice.id]
        )
        self.env.cr.execute(
            "UPDATE account_move_line SET parent_state = %s WHERE move_id = %s",
            [state, invoice.id],
        )
        self.env.invalidate_all()

    # === BOOK === #

    @fault(52)
    def test_charge_in_a_locked_period_is_booked_once_in_an_open_one(self):
        invoice = self._create_due_invoice()

        def lock(attempts):
            attempts.company_id.sudo().fiscalyear_lock_date = self.today

        self._run_with_before_charge(lock)
        self._assert_collected(invoice)
        entry = invoice.transaction_ids.payment_id.move_id
        self.assertGreater(entry.date, self.today)

    def _assert_waits_for_books(self, invoice, attempt):
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids, attempt)
        self.assertEqual(invoice.autopay_blocker, "not_booked")
        self.assertIn("not booked", attempt.activity_ids.summary)

    @mute_logger(STAGE_LOG)
    @fault(52)
    def test_charge_with_an_archived_account_stays_held_until_it_is_mended(self):
        invoice = self._create_due_invoice()
        lines = self.provider.journal_id.inbound_payment_method_line_ids
        line = lines.filtered(lambda line: line.payment_provider_id == self.provider)
        account = line.payment_account_id = self.company_data["default_account_assets"]

        def archive(attempts):
            attempts.env["account.account"].browse(account.id).active = False

        self._run_with_before_charge(archive)
        attempt = self._get_attempt(invoice)
        self.assertEqual(attempt.state, "succeeded")
        self._assert_waits_for_books(invoice, attempt)
        account.active = True
        self._converge(rounds=1)
        self._assert_collected(invoice)

    @fault(54)
    def test_invoice_forced_to_draft_before_the_booking_is_not_posted_again(self):
        self._check_forced("draft")

    def test_invoice_forced_to_canceled_before_the_booking_stays_so(self):
        self._check_forced("cancel")

    def _check_forced(self, state):
        invoice, attempt = self._leave_unknown()
        self._force_state(invoice, state)
        self._resolve_autopay()
        self.assertEqual(invoice.state, state)
        self.assertEqual(attempt.payment_id.move_id.state, "posted")
        self.assertFalse(attempt.payment_id.is_reconciled)
        self.assertIn("refund or apply", attempt.activity_ids.summary)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    # === TELL === #

    @mute_logger(STAGE_LOG)
    @fault(57)
    def test_broken_message_costs_no_money_and_is_sent_once_it_can_be(self):
        invoice = self._create_due_invoice()
        with patch.object(
            AutopayNotification, "_get_chatter_body", side_effect=ZeroDivisionError
        ):
            self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(self._get_news(invoice), [])
        self._converge()
        self._assert_collected(invoice)

    # === RESOLVE === #

    @fault(60)
    def test_day_without_the_provider_is_one_alarm_and_no_charge(self):
        invoice, attempt = self._leave_unknown()
        self.admin.add_fault("refuse", times=None)
        for _hour in range(3):
            attempt.check_count = 99
            self._resolve_autopay()
            self._run_autopay()
        self.assertEqual(attempt.state, "unknown")
        self.assertTrue(attempt.line_ids.live)
        self.assertEqual(invoice.autopay_attempt_ids, attempt)
        self.assertEqual(len(attempt.activity_ids), 1)
        self._converge()
        self._assert_collected(invoice)
