from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ... import const
from ..common_faults import CONFIRM, FaultCommon
from ..fault import fault

GUARD_LOG = "odoo.addons.autopay.models.guard.autopay_transaction_guard"


@tagged("post_install", "-at_install")
class TestFaultMatrixPeople(FaultCommon):
    """Clocks, schedulers, settings, and people at the same invoice."""

    # === CLOCK AND SCHEDULER === #

    @fault(75)
    def test_clock_that_jumps_brings_no_further_attempts(self):
        collected = self._create_due_invoice()
        self._run_autopay()
        self._enrol("pm_card_visa_chargeDeclinedInsufficientFunds")
        declined = self._create_due_invoice()
        self._run_autopay()
        retry_date = declined.autopay_retry_date
        for jump in (timedelta(days=-1), timedelta(hours=1), timedelta(hours=-1)):
            moment = datetime.now(timezone.utc) + jump
            with self.subTest(jump=jump), freeze_time(moment, tick=True):
                self._run_autopay()
                self._resolve_autopay()
        self.assertEqual(len(collected.autopay_attempt_ids), 1)
        self.assertEqual(len(declined.autopay_attempt_ids), 1)
        self.assertEqual(declined.autopay_retry_date, retry_date)
        self._assert_collected(collected)

    @fault(76)
    def test_after_days_without_a_run_each_invoice_is_charged_once(self):
        moves = [self._create_due_invoice(amount) for amount in (10, 20, 30)]
        for days, move in enumerate(moves):
            move.autopay_date = self.today - timedelta(days=days)
        not_yet = self._create_due_invoice()
        not_yet.autopay_date = self.today + timedelta(days=1)
        for name in ("charge_due_invoices", "resolve_open_attempts"):
            cron = self.env.ref(f"autopay.ir_cron_{name}")
            cron.nextcall = fields.Datetime.now() - timedelta(days=3)
        self._run_autopay()
        self._run_autopay()
        for move in moves:
            self._assert_collected(move)
            self.assertEqual(len(move.autopay_attempt_ids), 1)
        self._assert_untouched(not_yet)

    # === SETTINGS === #

    def _leave_debit(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = self._get_attempt(invoice)
        self.assertEqual(attempt.state, "pending")
        return invoice, attempt

    @fault(82)
    def test_provider_switched_to_live_raises_an_alarm_and_loses_no_debit(self):
        invoice, attempt = self._leave_debit()
        other = self._create_due_invoice()
        self.provider.write(
            {"state": "enabled", "stripe_secret_key": "sk_live_autopay"}
        )
        self._run_autopay()
        self._resolve_autopay()
        self._resolve_autopay()
        self.assertEqual(attempt.state, "pending")
        self.assertTrue(attempt.line_ids.live)
        self.assertEqual(len(self._get_alarms("autopay.run")), 1)
        self._assert_untouched(other)

        self.provider.write({"state": "test", "stripe_secret_key": "sk_test_autopay"})
        self.admin.settle(attempt.object_ref)
        self._resolve_autopay()
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.amount_residual, 0)

    @fault(78)
    def test_copy_of_the_database_charges_nothing_and_asks_nothing(self):
        invoice, attempt = self._leave_debit()
        other = self._create_due_invoice()
        self.env["ir.config_parameter"].set_param("database.uuid", "of the copy")
        self.admin.clear_requests()
        self._run_autopay()
        self._resolve_autopay()
        self.assertEqual(self.admin.requests(), [])
        self.assertEqual(self._get_last_run().skipped, {"database_copied": 1})
        self._assert_untouched(other)

        self.company.autopay_enabled = False
        self.company.autopay_enabled = True
        self.admin.settle(attempt.object_ref)
        self._resolve_autopay()
        self.assertEqual(invoice.autopay_status, "success")

    @fault(85)
    def test_method_that_was_declined_too_often_rests_for_all_its_invoices(self):
        self._enrol("pm_card_visa_chargeDeclinedInsufficientFunds")
        moves = [self._create_due_invoice() for _number in range(4)]
        with patch.object(const.retry, "MAX_DECLINES", 3):
            for move in moves:
                self._charge_now(move)
            self.assertEqual(moves[3].autopay_blocker, "method_exhausted")
            self._run_autopay()
        self.assertFalse(moves[3].autopay_attempt_ids)
        declined = [len(move.autopay_attempt_ids) for move in moves[:3]]
        self.assertEqual(declined, [1, 1, 1])
        for move in moves:
            self.assertEqual(self._get_charges(move), [])

    @fault(83)
    def test_customer_merged_into_another_is_booked_there_and_charged_once(self):
        self._add_fault("reset_after", CONFIRM)
        invoice = self._create_due_invoice()
        waiting = self._create_due_invoice(20)
        self._run_autopay()
        self.assertEqual(self._get_attempt(invoice).state, "unknown")
        other = self._create_customer("Green Valley Dairy Ltd")
        self.env.flush_all()
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.customer | other).ids, other
        )
        self.env.invalidate_all()
        self._converge()
        self._assert_collected(invoice)
        payment = invoice.transaction_ids.payment_id
        self.assertEqual(payment.partner_id, other)
        self.assertEqual(self._get_attempt(invoice).partner_id, other)
        self.assertLessEqual(len(self._get_charges(waiting)), 1)

    # === AT THE SAME TIME === #

    @fault(79)
    def test_charge_now_while_the_job_is_charging_does_nothing_more(self):
        invoice = self._create_due_invoice()

        def press(attempts):
            engine = attempts.env["autopay.engine"]
            engine._charge_now(attempts.line_ids.move_id, {})

        self._run_with_before_charge(press)
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)
        self._assert_collected(invoice)

    @fault(84)
    def test_customer_who_pays_while_the_job_is_charging_is_refused(self):
        invoice = self._create_due_invoice()
        refused = []

        def pay(attempts):
            try:
                self._begin_payment(attempts.env, invoice)
            except UserError as error:
                refused.append(str(error))

        self._run_with_before_charge(pay)
        self.assertEqual(len(refused), 1)
        self._assert_collected(invoice)

    @fault(84)
    def test_payment_that_a_customer_has_begun_keeps_the_job_away(self):
        invoice = self._create_due_invoice()
        self._begin_payment(self.env, invoice)
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(self._get_last_run().skipped, {"payment_pending": 1})
        self.assertEqual(self._get_charges(invoice), [])

    def _begin_payment(self, env, invoice):
        return env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "amount": 100,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )

    @mute_logger(GUARD_LOG)
    @fault(80)
    def test_transaction_that_is_only_called_paid_books_nothing(self):
        invoice, attempt = self._leave_debit()
        transaction = attempt.transaction_id
        transaction._set_done()
        transaction.sudo()._post_process()
        self.assertEqual(transaction.state, "pending")
        self.assertFalse(transaction.payment_id)
        self._resolve_autopay()
        self.assertEqual(attempt.state, "pending")
        self.assertEqual(invoice.amount_residual, 100)
