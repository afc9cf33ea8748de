import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...gateways.reports import EventFacts
from ...models.engine.autopay_booking import AutopayBooking
from ...models.engine.autopay_run import AutopayRun
from ...words.days import say_day
from .common_deadline import DeadlineCommon

INTENTS = "/v1/payment_intents*"
STAGES = ("odoo.addons.autopay.models.engine.autopay_stage",)


@tagged("post_install", "-at_install")
class TestAutopayDeadlineAttempt(DeadlineCommon):
    """Charges that hold an invoice for too long reach a person who can end them."""

    def _leave_pending(self, state="pending", **values):
        """Charge with a provider that cannot be asked, and leaves it pending."""
        demo = self._enrol_at_demo(state)
        self.customer.with_company(self.company).autopay_token_id.sudo().write(values)
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual((attempt.state, attempt.provider_id), ("pending", demo))
        return invoice, attempt

    def _leave_debit(self):
        """Debit a bank account at Stripe, which can be asked and says: under way."""
        self._enrol("pm_usBankAccount_processing")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "pending")
        return invoice, attempt

    def _silence(self):
        """Let nobody reach the provider any more."""
        self.admin.add_fault("reset_before", path=INTENTS, times=1000)

    # === PENDING, AND NOBODY CAN BE ASKED === #

    def test_pending_charge_names_the_day_and_the_person_before_anybody_is_called(self):
        invoice, attempt = self._leave_pending()
        self._assert_not_called(attempt)
        day = say_day(self.env, self.today + timedelta(days=3))
        self.assertIn(day, invoice.autopay_explanation)
        person = self.company._get_autopay_responsible()
        self.assertIn(f"{person.name} is called", invoice.autopay_explanation)
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            self._say(attempt, "paid")

    def test_only_bank_debits_are_said_to_take_days(self):
        words = "Bank debits take some days."
        card, _attempt = self._leave_pending()
        self.assertNotIn(words, card.autopay_explanation)
        self.assertNotIn("  ", card.autopay_explanation)
        debit, _attempt = self._leave_debit()
        self.assertIn(words, debit.autopay_explanation)

    def test_pending_charge_that_is_late_calls_one_person(self):
        invoice, attempt = self._leave_pending()
        self._age(attempt, days=4)
        self._assert_called_once(attempt, "the bank's confirmation")
        self.assertIn("was called", invoice.autopay_explanation)
        self.assertTrue(attempt.can_state_paid and attempt.can_state_not_paid)
        self.assertTrue(attempt.to_resolve)
        self.assertIn("say whether it was paid", attempt.attention)

    def test_late_charge_that_was_paid_is_booked_and_its_call_is_over(self):
        invoice, attempt = self._leave_pending()
        self._age(attempt, days=4)
        self._assert_called_once(attempt, "100.00")
        self._say(attempt, "paid")
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.amount_residual, 0)
        self.assertFalse(self._get_calls(attempt))

    def _get_alarms(self, attempt):
        return attempt.activity_ids.filtered(
            lambda activity: "Counts as paid" in (activity.summary or "")
        )

    def test_late_charge_that_was_said_to_be_paid_and_fails_calls_a_person(self):
        _invoice, attempt = self._leave_pending()
        self._age(attempt, days=4)
        self._say(attempt, "paid")
        self.assertFalse(self._get_alarms(attempt))
        for _time in range(2):
            with mute_logger("odoo.addons.payment.models.payment_transaction"):
                attempt.transaction_id.sudo()._set_error("It has bounced.")
        self.assertEqual(len(self._get_alarms(attempt)), 1)
        self.assertEqual(attempt.transaction_id.state, "done")

    @mute_logger(*STAGES)
    def test_debit_that_was_said_to_be_paid_and_fails_calls_a_person(self):
        _invoice, attempt = self._leave_debit()
        self._age(attempt, days=30)
        attempt.sudo().answered_date -= timedelta(days=4)
        self._silence()
        self._assert_called_once(attempt, "the bank's confirmation")
        self._say(attempt, "paid")
        self.admin.clear_faults()
        facts = EventFacts(
            "evt_failed_after_all",
            "payment_intent.payment_failed",
            int(time.time()),
            False,
            refs={"intent_ref": attempt.object_ref},
        )
        events = self.env["autopay.event"].sudo()
        events._store(attempt.provider_id, facts)
        event = events.search([("event_ref", "=", facts.ref)])
        self._resolve_autopay()
        self.assertEqual(event.attempt_id, attempt)
        self.assertEqual(len(self._get_alarms(attempt)), 1)

    def test_late_charge_that_was_not_paid_gives_the_invoice_back(self):
        invoice, attempt = self._leave_pending()
        self._age(attempt, days=4)
        self._assert_called_once(attempt, invoice.name)
        self._say(attempt, "not_paid")
        self.assertEqual(invoice.autopay_status, "error")
        self.assertFalse(attempt.line_ids.live)
        self._assert_not_called(attempt)

    def test_late_charge_that_settles_by_itself_closes_its_call(self):
        invoice, attempt = self._leave_pending()
        self._age(attempt, days=4)
        call = self._assert_called_once(attempt, "100.00")
        attempt.transaction_id.sudo()._set_done()
        attempt.transaction_id.sudo()._post_process()
        self._resolve_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertFalse(call.active)
        self.assertIn("This has ended", attempt.message_ids.mapped("body")[0])

    def test_bank_debit_has_twenty_days(self):
        invoice, attempt = self._leave_pending(payment_method_id=self.debit_method.id)
        self._age(attempt, days=19)
        self._assert_not_called(attempt)
        day = say_day(self.env, self.today + timedelta(days=1))
        self.assertIn(day, invoice.autopay_explanation)
        self._age(attempt, days=2)
        self._assert_called_once(attempt, "the bank's confirmation")

    def test_call_marked_as_done_comes_back_after_a_week(self):
        _invoice, attempt = self._leave_pending()
        self._age(attempt, days=4)
        call = self._assert_called_once(attempt, "100.00")
        call.action_feedback(feedback="I look into it")
        self._assert_not_called(attempt)
        call.sudo().date_done = fields.Date.today() - timedelta(days=8)
        self._assert_called_once(attempt, "100.00")

    # === A PROVIDER THAT CAN BE ASKED === #

    def test_nobody_decides_what_the_provider_still_answers(self):
        _invoice, attempt = self._leave_debit()
        self._age(attempt, days=30)
        self._assert_called_once(attempt, "the bank's confirmation")
        self.assertFalse(attempt.can_state_paid or attempt.can_state_not_paid)
        # As a form that was opened before the answer came would do.
        attempt.sudo().answered_date = False
        with self.assertRaisesRegex(UserError, "Ask it rather than decide"):
            self._say(attempt, "not_paid")
        self.assertEqual(attempt.state, "pending")

    @mute_logger(*STAGES)
    def test_a_person_decides_once_the_provider_is_silent(self):
        invoice, attempt = self._leave_debit()
        self._age(attempt, days=30)
        attempt.sudo().answered_date -= timedelta(days=4)
        self._silence()
        self._assert_called_once(attempt, "the bank's confirmation")
        self._say(attempt, "not_paid")
        self.assertEqual((attempt.state, invoice.autopay_status), ("declined", "error"))
        self.assertFalse(attempt.line_ids.live)

    @mute_logger(*STAGES)
    def test_charge_that_was_prepared_and_never_sent_is_given_up_by_a_person(self):
        self._enrol()
        invoice = self._create_due_invoice()
        engine = type(self.env["autopay.engine"])
        with (
            patch.object(engine, "_gate", lambda engine, ctx, attempts: attempts[:0]),
            # The run that has it in hand never lets go of its lock.
            patch.object(AutopayRun, "_release_lock", lambda run: None),
        ):
            self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "prepared")
        self._silence()
        self._assert_not_called(attempt)
        self._age(attempt, days=4)
        attempt.sudo().answered_date = False
        self._assert_called_once(attempt, "to be sent")
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            self._say(attempt, "paid")
        self._say(attempt, "not_paid")
        self.assertEqual(attempt.state, "canceled")
        self.assertEqual(invoice.autopay_status, "eligible")

    @mute_logger(*STAGES)
    def test_declined_charge_that_cannot_be_closed_gives_its_invoice_back(self):
        self._enrol("pm_card_visa_chargeDeclinedInsufficientFunds")
        invoice = self._create_due_invoice()
        self.admin.add_fault(
            "reset_before", path="/v1/payment_intents/*/cancel", times=1000
        )
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "declined")
        self.assertTrue(attempt.line_ids.live)
        self._silence()
        self._age(attempt, days=4)
        attempt.sudo().answered_date -= timedelta(days=4)
        self._assert_called_once(attempt, "to be closed")
        self._say(attempt, "not_paid")
        self.assertFalse(attempt.line_ids.live)
        self.assertEqual(attempt.decline_code, "insufficient_funds")
        self.assertTrue(invoice.autopay_retry_date)

    @mute_logger(*STAGES)
    def test_money_that_is_not_booked_for_a_day_calls_a_person(self):
        self._enrol()
        invoice = self._create_due_invoice()
        with patch.object(
            AutopayBooking, "_book", lambda booking, attempts: attempts[:0]
        ):
            self._run_autopay()
            attempt = invoice.autopay_attempt_ids
            self.assertEqual(attempt.state, "succeeded")
            self.assertIn("is called", invoice.autopay_explanation)
            self._age(attempt, days=2)
            self._assert_called_once(attempt, "to be booked")
        self._press("action_check_now", attempt)
        self.assertEqual(invoice.autopay_status, "success")
        self._assert_not_called(attempt)
