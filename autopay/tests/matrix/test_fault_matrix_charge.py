import time
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ... import const
from ...gateways.stripe import session as stripe_session
from ...gateways.stripe.gateway import StripeGateway
from ..common_faults import CONFIRM, CREATE, FaultCommon
from ..fault import fault

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"
READ_TIMEOUT = 1  # seconds
SLOW = 2.5  # seconds


@tagged("post_install", "-at_install")
class TestFaultMatrixCharge(FaultCommon):
    """Faults of the provider with our requests, and with its answers to them."""

    def _be_impatient(self):
        self.startPatcher(patch.object(stripe_session, "READ_TIMEOUT", READ_TIMEOUT))

    def _leave(self, kind, path=CONFIRM, **values):
        """Run once into a fault; return the invoice and its attempt."""
        self._add_fault(kind, path, **values)
        invoice = self._create_due_invoice()
        self._run_autopay()
        return invoice, self._get_attempt(invoice)

    # === CREATE === #

    @fault(16)
    def test_intent_made_behind_a_time_out_is_the_only_one_and_is_closed(self):
        self._be_impatient()
        invoice, attempt = self._leave("delay_after", CREATE, times=2, seconds=SLOW)
        self.assertEqual(attempt.state, "reserved")
        self.assertEqual(len(self._get_intents(invoice)), 1)

        self._converge(rounds=1)
        self.assertEqual(attempt.state, "canceled")
        older = self._get_intents(invoice)[-1]
        self.assertEqual(older.status, "canceled")
        self._assert_collected(invoice)

    @fault(19)
    def test_requests_that_come_too_fast_end_the_run_early_and_count_as_no_try(self):
        invoices = self.env["account.move"].union(
            *(self._create_due_invoice() for _number in range(6))
        )
        # The first invoice goes through alone: its two requests, and then the storm.
        self.admin.add_fault("rate_limit_429", method="POST", nth=3, times=None)
        self._run_autopay()

        run = self._get_last_run()
        self.assertIn("slow down", run.stopped_text)
        self.assertEqual(len(self._get_alarms("autopay.run")), 1)
        self.assertFalse(invoices.filtered(lambda move: move.autopay_retry_date))
        self.assertNotIn("declined", invoices.autopay_attempt_ids.mapped("state"))
        self.assertNotIn("error", invoices.mapped("autopay_status"))

        self._converge()
        for invoice in invoices:
            self._assert_collected(invoice)

    @fault(21)
    def test_many_saved_methods_that_are_gone_stop_the_provider(self):
        customers = [self._create_customer(f"Gone {number}") for number in range(6)]
        for customer in customers:
            token = self._enrol(customer=customer)
            token.stripe_payment_method = f"pm_unknown_{customer.id}"
        moves = [self._create_due_invoice(customer=each) for each in customers]
        with patch.object(const.engine, "BATCH_SIZE", 2):
            self._run_autopay()

        states = [self._get_attempt(move).decline_class for move in moves[:4]]
        self.assertEqual(states, ["method"] * 4)
        self.assertIn("does not know several", self._get_last_run().stopped_text)
        self.assertEqual(len(self._get_alarms("autopay.run")), 1)
        for move in moves[4:]:
            self._assert_untouched(move)

    # === CONFIRM: WHAT BECAME OF IT === #

    @fault(28)
    def test_charge_behind_a_time_out_is_found_and_booked_once(self):
        self._be_impatient()
        invoice, attempt = self._leave("delay_after", seconds=SLOW)
        self.assertEqual(attempt.state, "unknown")
        self._converge()
        self._assert_collected(invoice)
        self.assertEqual(len(self._get_intents(invoice)), 1)

    @fault(29)
    def test_charge_that_timed_out_and_arrives_late_is_taken_once(self):
        self._be_impatient()
        invoice, attempt = self._leave("delay_before", seconds=SLOW)
        self.assertEqual(attempt.state, "unknown")
        self._converge()
        time.sleep(SLOW)
        self._converge()
        self._assert_collected(invoice)

    @fault(29)
    def test_no_second_intent_is_made_while_the_first_is_open(self):
        invoice, attempt = self._leave("reset_before")
        for _run in range(2):
            self._run_autopay()
        self.assertEqual(len(self._get_intents(invoice)), 1)
        self._resolve_autopay()
        self.assertEqual(self._get_intents(invoice)[0].status, "canceled")
        self.assertEqual(attempt.state, "canceled")
        self._converge()
        self._assert_collected(invoice)

    @fault(31)
    @fault(32)
    @fault(33)
    def test_unreadable_answers_to_charges_are_cleared_up_by_asking(self):
        kinds = (
            "garbage",
            "truncate",
            "error_500_before",
            "error_500_after",
            "html_502_before",
            "html_502_after",
        )
        for kind in kinds:
            with self.subTest(kind):
                invoice, attempt = self._leave(kind)
                self.assertEqual(attempt.state, "unknown")
                self._converge()
                self._assert_collected(invoice)

    @fault(45)
    def test_answer_that_drips_for_too_long_is_not_waited_for(self):
        self.startPatcher(patch.object(const.engine, "ANSWER_SECONDS", 1))
        start = time.monotonic()
        invoice, attempt = self._leave("drip", seconds=6)
        self.assertLess(time.monotonic() - start, 6)
        self.assertEqual(attempt.state, "unknown")
        self._converge()
        self._assert_collected(invoice)

    @fault(42)
    def test_charge_confirmed_by_somebody_else_a_moment_before_is_booked(self):
        invoice = self._create_due_invoice()

        def confirm(attempts):
            self.stripe.v1.payment_intents.confirm(attempts.object_ref)

        self._run_with_before_charge(confirm)
        self._assert_collected(invoice)

    @fault(61)
    def test_expired_keys_are_never_sent_again(self):
        invoice, attempt = self._leave("reset_before")
        self.admin.advance(25 * 3600)
        self.admin.clear_requests()
        self._resolve_autopay()

        sent = self.admin.requests()
        keys = {request["idempotency_key"] for request in sent}
        self.assertFalse(keys & {attempt.prepare_key, attempt.charge_key})
        self.assertFalse([each for each in sent if each["path"].endswith("/confirm")])
        self._converge()
        self._assert_collected(invoice)

    # === CONFIRM: ANSWERS THAT PEOPLE MUST SEE === #

    @fault(46)
    def test_other_amount_in_the_answer_raises_an_alarm_and_keeps_the_intent(self):
        invoice, attempt = self._leave("wrong_amount")
        self.assertEqual((attempt.state, attempt.mismatch), ("unknown", True))
        self.assertTrue(attempt.object_ref.startswith("pi_"))
        self.assertEqual(attempt.transaction_id.provider_reference, attempt.object_ref)
        self.assertFalse(attempt.payment_id)
        self.assertIn("does not match", attempt.activity_ids.summary)
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids, attempt)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    @fault(47)
    def test_answer_of_the_other_mode_raises_an_alarm_and_stops_the_provider(self):
        first, attempt = self._leave("wrong_livemode", times=None)
        second = self._create_due_invoice()
        self.assertEqual((attempt.state, attempt.mismatch), ("unknown", True))
        self.assertIn("livemode", attempt.message)
        self.assertIn("does not match", attempt.activity_ids.summary)
        self.assertIn("Check the provider", self._get_last_run().stopped_text)
        self._assert_untouched(second)
        self._converge()
        for invoice in (first, second):
            self._assert_collected(invoice)

    @fault(41)
    def test_money_that_is_held_but_not_taken_is_left_to_a_person(self):
        build = StripeGateway.build_requests

        def hold(gateway, order):
            create, confirm = build(gateway, order)
            return {**create, "capture_method": "manual"}, confirm

        invoice = self._create_due_invoice()
        with patch.object(StripeGateway, "build_requests", hold):
            self._run_autopay()
        attempt = self._get_attempt(invoice)
        self._resolve_autopay()
        self._run_autopay()
        self.assertEqual((attempt.state, attempt.mismatch), ("unknown", True))
        self.assertEqual(attempt.decline_class, "configuration")
        self.assertIn("does not match", attempt.activity_ids.summary)
        self.assertEqual(invoice.autopay_attempt_ids, attempt)
        self.assertEqual(self._get_charges(invoice), [])

    # === CONFIRM: REFUSALS === #

    @fault(38)
    def test_block_after_an_earlier_decline_asks_for_another_method(self):
        self._enrol(
            {
                "kind": "decline",
                "decline_code": "generic_decline",
                "outcome_reason": "previously_declined_do_not_retry",
            }
        )
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(self._get_attempt(invoice).decline_class, "method")
        self.assertFalse(invoice.autopay_retry_date)
        self._assert_untouched(invoice, "error")

    @fault(40)
    def test_intent_that_asks_for_the_customer_without_a_refusal_waits_for_them(self):
        self._enrol({"kind": "authentication_on_session"})
        build = StripeGateway.build_requests

        def come_in_person(gateway, order):
            create, confirm = build(gateway, order)
            return create, {**confirm, "off_session": False}

        invoice = self._create_due_invoice()
        with patch.object(StripeGateway, "build_requests", come_in_person):
            self._run_autopay()
        attempt = self._get_attempt(invoice)
        intents = self._get_intents(invoice)
        self.assertEqual([each.status for each in intents], ["requires_action"])
        self.assertEqual(attempt.state, "action_required")
        self.admin.authenticate(attempt.object_ref)
        self._resolve_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)
        self.assertEqual(len(invoice.transaction_ids.payment_id), 1)

    @fault(37)
    def test_stopped_consent_pauses_all_and_tells_staff(self):
        self._enrol({"kind": "decline", "decline_code": "stop_payment_order"})
        invoice, other = self._create_due_invoice(), self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(self._get_attempt(invoice).decline_class, "revoked")
        self.assertTrue(self.customer.autopay_authorization_ids[:1].revoked_date)
        self.assertEqual(self.customer.autopay_readiness, "authorization_revoked")
        self.assertEqual(len(self._get_news(invoice)), 1)
        for move in (invoice, other):
            self._assert_untouched(move, move.autopay_status)
            self.assertFalse(move.autopay_retry_date)

    @fault(39)
    def test_bank_debit_is_asked_about_again_within_a_day_and_never_repeated(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = self._get_attempt(invoice)
        hours = (attempt.next_check_date - fields.Datetime.now()).total_seconds() / 3600
        self.assertTrue(0 < hours <= 24, hours)
        self._converge()
        self.assertEqual(attempt.state, "pending")
        self.assertEqual(len(self._get_intents(invoice)), 1)

    # === RECORD === #

    @mute_logger(STAGE_LOG)
    @fault(51)
    def test_outcome_that_a_message_brought_first_is_booked_and_told_once(self):
        invoice = self._create_due_invoice()
        engine = type(self.env["autopay.engine"])

        def resolve_first(engine, attempts, outcomes):
            resolver = engine.env["autopay.resolver"]
            with patch.object(type(attempts), "_is_abandoned", lambda attempt: True):
                resolver._resolve(attempts)

        self._run_with(engine, "_record_charged", resolve_first)
        self._assert_collected(invoice)
