from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ... import const
from ...models.engine.autopay_booking import AutopayBooking
from ...models.engine.autopay_resolver import AutopayResolver
from ...models.engine.autopay_run import AutopayRun
from ..common import AutopayCommon
from ..fault import fault

CONFIRM = "/v1/payment_intents/*/confirm"
STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"


@tagged("post_install", "-at_install")
class TestAutopayResolver(AutopayCommon):
    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    def _leave_unknown(self, kind="reset_after"):
        """Charge with a lost answer, so that the outcome is unknown."""
        self.admin.add_fault(kind, method="POST", path=CONFIRM)
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "unknown")
        return invoice, attempt

    def test_unknown_outcome_is_asked_after_one_minute(self):
        _invoice, attempt = self._leave_unknown()
        wait = attempt.next_check_date - attempt.outcome_date
        self.assertLessEqual(abs(wait.total_seconds() - 60), 5)

    def test_questions_become_rarer_and_then_alarm_people(self):
        _invoice, attempt = self._leave_unknown()
        attempt = attempt.sudo()
        waits = [attempt._get_check_delay(count) for count in (0, 1, 2, 200)]
        minutes = [wait.total_seconds() / 60 for wait in waits]
        self.assertEqual(minutes, [1, 5, 15, 60])
        attempt.check_count = 200
        self.admin.add_fault("refuse", times=None)
        self._resolve_autopay()
        self._resolve_autopay()
        self.assertEqual(len(attempt.activity_ids), 1)

    @fault(30)
    def test_executed_charge_is_booked_once_when_the_answer_was_lost(self):
        invoice, attempt = self._leave_unknown("reset_after")
        self._resolve_autopay()
        self._resolve_autopay()
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(len(invoice.transaction_ids.payment_id), 1)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    @fault(29)
    def test_charge_that_never_arrived_is_withdrawn_and_made_anew(self):
        invoice, attempt = self._leave_unknown("reset_before")
        self._resolve_autopay()
        self.assertEqual(attempt.state, "canceled")
        self.assertEqual(invoice.autopay_status, "eligible")
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)
        newer = invoice.autopay_attempt_ids - attempt
        self.assertNotEqual(newer.object_ref, attempt.object_ref)

    def test_unknown_outcome_keeps_the_invoice_while_the_provider_is_down(self):
        invoice, attempt = self._leave_unknown()
        self.admin.add_fault("refuse", times=None)
        self._resolve_autopay()
        self._run_autopay()
        self.assertEqual(attempt.state, "unknown")
        self.assertEqual(invoice.autopay_status, "in_progress")
        self.assertEqual(invoice.autopay_blocker, "outcome_unknown")

    def _leave_prepared(self, release):
        """Run up to the gate; ``release`` stands for what becomes of the lock."""
        invoice = self._create_due_invoice()
        engine = type(self.env["autopay.engine"])
        with (
            patch.object(engine, "_gate", lambda engine, ctx, attempts: attempts[:0]),
            patch.object(AutopayRun, "_finish", lambda run, tally: None),
            patch.object(AutopayRun, "_release_lock", release),
        ):
            self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual((attempt.state, attempt.run_id.state), ("prepared", "running"))
        return invoice, attempt

    def test_batch_that_fails_as_a_whole_keeps_no_other_from_its_turn(self):
        first, _attempt = self._leave_unknown()
        second, _attempt = self._leave_unknown()
        original = type(self.env["autopay.resolver"])._resolve_batch

        def fail_on_first(resolver, ctx, attempts):
            if attempts.line_ids.move_id.id == first.id:
                raise RuntimeError
            return original(resolver, ctx, attempts)

        with (
            patch.object(const.engine, "BATCH_SIZE", 1),
            patch.object(AutopayResolver, "_resolve_batch", fail_on_first),
            mute_logger("odoo.addons.autopay.models.engine.autopay_resolver"),
        ):
            self._resolve_autopay()
        statuses = (first.autopay_status, second.autopay_status)
        self.assertEqual(statuses, ("in_progress", "success"))

    @fault(8)
    def test_attempt_of_a_dead_run_is_withdrawn(self):
        # A dead process loses its database connection and with it the lock of its run.
        invoice, attempt = self._leave_prepared(AutopayRun._release_lock)

        self._resolve_autopay()

        self.assertEqual(attempt.run_id.state, "interrupted")
        self.assertEqual(attempt.state, "canceled")
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertEqual(invoice.autopay_crash_count, 1)

    def test_attempt_of_a_living_run_is_left_alone(self):
        _invoice, attempt = self._leave_prepared(lambda run: None)
        self.addCleanup(attempt.run_id.sudo()._release_lock)
        self._resolve_autopay()
        self.assertEqual(attempt.state, "prepared")
        self.assertEqual(attempt.run_id.state, "running")

    @fault(36)
    def test_customer_who_confirms_late_is_booked(self):
        self._enrol("pm_card_authenticationRequired")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.stripe.v1.payment_intents.confirm(
            attempt.object_ref,
            {"payment_method": attempt.token_id.stripe_payment_method},
        )
        self.admin.authenticate(attempt.object_ref, "succeeded")
        self._resolve_autopay()
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.amount_residual, 0)

    def test_customer_who_never_confirms_is_given_up_after_three_days(self):
        self._enrol("pm_card_authenticationRequired")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        wait = attempt.confirm_deadline - attempt.outcome_date
        self.assertEqual(round(wait.total_seconds() / 3600), 72)
        attempt.sudo().confirm_deadline -= timedelta(hours=73)
        self._resolve_autopay()
        self.assertEqual(attempt.state, "declined")
        self.assertEqual(attempt.decline_class, "authentication")
        self.assertEqual(invoice.autopay_blocker, "failed")
        intent = self.stripe.v1.payment_intents.retrieve(attempt.object_ref)
        self.assertEqual(intent.status, "canceled")

    @mute_logger(STAGE_LOG)
    @fault(52)
    def test_charge_that_cannot_be_booked_stays_reserved_and_is_booked_later(self):
        invoice = self._create_due_invoice()
        other = self._create_due_invoice(50)
        original = AutopayBooking._prepare_payment_vals

        def refuse_one(booking, attempt):
            if attempt.line_ids.move_id.id == invoice.id:
                raise ValueError("the period is closed")
            return original(booking, attempt)

        with patch.object(AutopayBooking, "_prepare_payment_vals", refuse_one):
            self._run_autopay()
            self._resolve_autopay()
            # The next run tries out another booking before it goes on.
            self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(other.autopay_status, "success")
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.autopay_blocker, "not_booked")
        self.assertIn("the period is closed", attempt.explanation)
        self.assertEqual(len(attempt.activity_ids), 1)

        self._resolve_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertFalse(attempt.booking_error)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    @fault(53)
    def test_charge_of_an_invoice_cancelled_meanwhile_is_booked_and_told(self):
        invoice, attempt = self._leave_unknown()
        # As if it was done on the database, past every guard.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET state = 'cancel' WHERE id = %s", [invoice.id]
        )
        self.env.invalidate_all()
        self._resolve_autopay()
        self.assertEqual(attempt.payment_id.state, "in_process")
        self.assertEqual(attempt.payment_id.amount, 100)
        self.assertIn("refund or apply", attempt.activity_ids.summary)

    def test_contradiction_of_the_provider_calls_a_person(self):
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids.sudo()
        attempt.state = "canceled"
        request = attempt._get_charge_request()
        gateway = attempt.provider_id._get_autopay_gateway().charges
        with mute_logger("odoo.addons.autopay.models.attempt.autopay_attempt"):
            attempt._process(gateway.read(request))
        self.assertTrue(attempt.mismatch)
        self.assertIn("should not exist", attempt.activity_ids.summary)
