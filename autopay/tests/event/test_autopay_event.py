import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...const.event import EVENT_RETRY_MINUTES, EVENT_STEPS
from ...gateways.reports import EventFacts
from ...gateways.stripe.webhooks import REF_FIELDS
from ...models.attempt.autopay_attempt_schedule import AutopayAttemptSchedule
from ...models.event.autopay_event_handler import AutopayEventHandler
from ...words.events import EVENT_WORDS
from ..common import AutopayCommon
from ..fault import fault

CONFIRM = "/v1/payment_intents/*/confirm"
STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"
STATE_LOG = "odoo.addons.autopay.models.attempt.autopay_attempt_state"


@tagged("post_install", "-at_install")
class TestAutopayEvent(AutopayCommon):
    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    # === FACTORIES === #

    def _store(self, kind, ref="evt_1", **values):
        """Store an event as the webhook does and return it."""
        names = {name: values.pop(name) for name in {*values} & {*REF_FIELDS.values()}}
        facts = EventFacts(ref, kind, int(time.time()), False, refs=names, **values)
        events = self.env["autopay.event"].sudo()
        events._store(self.provider, facts)
        return events.search([("event_ref", "=", ref)])

    def _leave_unknown(self, kind="reset_after"):
        """Charge with a lost answer, so that the outcome is unknown."""
        self.admin.add_fault(kind, method="POST", path=CONFIRM)
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "unknown")
        return invoice, attempt.sudo()

    def _charge(self, **values):
        invoice = self._create_due_invoice(**values)
        self._run_autopay()
        return invoice, invoice.autopay_attempt_ids.sudo()

    def _process_events(self):
        """Run the scheduled action without making attempts due."""
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.env.invalidate_all()

    def _get_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    # === ATTEMPTS ARE WOKEN === #

    def test_event_wakes_its_attempt_before_its_next_check(self):
        invoice, attempt = self._leave_unknown()
        attempt.next_check_date = fields.Datetime.now() + timedelta(hours=1)
        event = self._store("payment_intent.succeeded", intent_ref=attempt.object_ref)
        self._process_events()
        self.assertEqual(event.state, "processed")
        self.assertEqual(event.attempt_id, attempt)
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.autopay_status, "success")

    @fault(68)
    def test_without_any_event_the_same_state_is_reached(self):
        invoice, attempt = self._leave_unknown()
        self._resolve_autopay()
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.autopay_status, "success")

    def test_attempt_is_found_by_its_charge(self):
        _invoice, attempt = self._charge()
        event = self._store("charge.updated", charge_ref=attempt.charge_ref)
        self._process_events()
        self.assertEqual(event.attempt_id, attempt)

    def test_attempt_is_found_by_the_reference_we_gave_the_charge(self):
        _invoice, attempt = self._leave_unknown()
        event = self._store(
            "payment_intent.processing",
            tag=attempt.transaction_id.reference,
            database=self._get_uuid(),
        )
        self._process_events()
        self.assertEqual(event.attempt_id, attempt)

    def test_attempt_is_found_by_the_key_of_its_request(self):
        _invoice, attempt = self._leave_unknown()
        event = self._store("payment_intent.succeeded", request_key=attempt.charge_key)
        self._process_events()
        self.assertEqual(event.attempt_id, attempt)

    def test_success_that_is_only_claimed_changes_nothing(self):
        invoice, attempt = self._leave_unknown("reset_before")
        self._store("payment_intent.succeeded", intent_ref=attempt.object_ref)
        self._process_events()
        self.assertEqual(attempt.state, "canceled")
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertFalse(invoice.transaction_ids.payment_id)

    @fault(65)
    def test_events_out_of_order_end_in_the_state_at_the_provider(self):
        self._enrol("pm_usBankAccount_success")
        invoice, attempt = self._charge()
        self.assertEqual(attempt.state, "pending")
        self.admin.settle(attempt.object_ref)
        kinds = ("succeeded", "processing", "payment_failed", "succeeded")
        for number, kind in enumerate(kinds):
            self._store(
                f"payment_intent.{kind}",
                ref=f"evt_{number}",
                intent_ref=attempt.object_ref,
            )
            self._process_events()
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(len(invoice.transaction_ids.payment_id), 1)

    def test_event_about_a_finished_charge_asks_the_provider_nothing(self):
        _invoice, attempt = self._charge()
        self.admin.clear_requests()
        event = self._store("payment_intent.succeeded", intent_ref=attempt.object_ref)
        self._process_events()
        self.assertEqual(event.state, "processed")
        self.assertFalse(attempt.next_check_date)
        asked = [request["path"] for request in self.admin.requests()]
        self.assertFalse([path for path in asked if "payment_intents" in path])

    def test_money_taken_for_an_invoice_given_back_calls_a_person(self):
        _invoice, attempt = self._charge()
        # As if our record had been lost and the invoice been released.
        attempt.with_context(tracking_disable=True).write(
            {"state": "canceled", "provider_closed": True}
        )
        self._store("payment_intent.succeeded", intent_ref=attempt.object_ref)
        with mute_logger(STATE_LOG):
            self._process_events()
        self.assertTrue(attempt.mismatch)
        self.assertIn("should not exist", attempt.activity_ids.summary)

    # === EVENTS OF OTHERS, EARLY ONES === #

    def test_event_of_nothing_of_ours_is_ignored(self):
        event = self._store("payment_intent.succeeded", intent_ref="pi_of_a_shop")
        self._process_events()
        self.assertEqual(event.state, "ignored")

    def test_event_of_another_database_on_the_same_account_is_ignored(self):
        event = self._store(
            "payment_intent.succeeded", tag="tx-1", database="another database"
        )
        self.assertFalse(event.tag)
        self._process_events()
        self.assertEqual(event.state, "ignored")

    @fault(63)
    def test_event_that_comes_before_our_record_is_applied_later(self):
        _invoice, attempt = self._leave_unknown()
        reference = attempt.transaction_id.reference
        attempt.transaction_id.reference = "not committed yet"
        event = self._store(
            "payment_intent.succeeded", tag=reference, database=self._get_uuid()
        )
        self._process_events()
        self.assertEqual(event.state, "received")
        self.assertGreater(event.next_try_date, fields.Datetime.now())
        attempt.transaction_id.reference = reference
        event.next_try_date = fields.Datetime.now()
        self._process_events()
        self.assertEqual(event.state, "processed")
        self.assertEqual(attempt.state, "succeeded")

    def test_event_whose_charge_never_shows_up_is_ignored_in_the_end(self):
        event = self._store("charge.updated", tag="tx-gone", database=self._get_uuid())
        for _try in range(len(EVENT_RETRY_MINUTES) + 1):
            self.assertEqual(event.state, "received")
            event.next_try_date = fields.Datetime.now()
            self._process_events()
        self.assertEqual(event.state, "ignored")
        self.assertFalse(event.next_try_date)

    # === FAILURES === #

    def test_one_bad_event_stops_no_other(self):
        _invoice, attempt = self._leave_unknown()
        bad = self._store("charge.updated", ref="evt_bad", charge_ref="ch_bad")
        good = self._store("charge.updated", ref="evt_2", intent_ref=attempt.object_ref)
        original = AutopayEventHandler._link_attempts

        def link(handler, provider, events):
            if bad in events:
                raise RuntimeError("poison")
            return original(handler, provider, events)

        with (
            patch.object(AutopayEventHandler, "_link_attempts", link),
            mute_logger(STAGE_LOG),
        ):
            self._process_events()
        self.assertEqual(good.state, "processed")
        self.assertEqual((bad.state, bad.try_count), ("received", 1))
        self.assertEqual(bad.reason, "poison")

    def test_broken_processing_of_events_does_not_stop_the_resolver(self):
        invoice, attempt = self._leave_unknown()
        self._store("charge.updated", intent_ref=attempt.object_ref)
        with (
            patch.object(AutopayEventHandler, "_process_batch", side_effect=KeyError),
            mute_logger("odoo.addons.autopay.models.event.autopay_event_handler"),
        ):
            self._resolve_autopay()
        self.assertEqual(invoice.autopay_status, "success")

    def test_event_that_keeps_failing_calls_a_person_in_the_end(self):
        event = self._store("payment_method.updated", method_ref="pm_1")
        self.token.stripe_payment_method = "pm_1"
        self.admin.add_fault("refuse", times=None)
        for _try in range(len(EVENT_RETRY_MINUTES) + 1):
            event.next_try_date = fields.Datetime.now()
            self._process_events()
        self.assertEqual(event.state, "failed")
        self.assertIn("could not be processed", event.activity_ids.summary)

    def test_failed_event_can_be_processed_again_by_a_manager(self):
        event = self._store("charge.updated", charge_ref="ch_1")
        event._set_done("failed", "for a test")
        manager = new_test_user(
            self.env,
            "autopay_event_manager",
            "account.group_account_manager",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        event.with_user(manager).action_process_again()
        self.assertEqual(event.state, "received")
        biller = new_test_user(
            self.env, "autopay_biller", "account.group_account_invoice"
        )
        with self.assertRaises(AccessError):
            event.with_user(biller).action_process_again()

    @fault(64)
    def test_two_workers_do_not_disturb_each_other(self):
        _invoice, attempt = self._leave_unknown()
        event = self._store("payment_intent.succeeded", intent_ref=attempt.object_ref)
        locked_elsewhere = patch.object(
            type(event), "try_lock_for_update", lambda events, **_options: events[:0]
        )
        with (
            locked_elsewhere,
            patch.object(AutopayAttemptSchedule, "_check_soon") as check_soon,
        ):
            self.env["autopay.event.handler"]._take_in(event)
        check_soon.assert_not_called()
        self.assertEqual(event.state, "received")

    # === RECORDS === #

    def test_same_event_of_one_provider_is_one_record(self):
        self._store("charge.updated", ref="evt_same")
        again = self._store("charge.updated", ref="evt_same")
        self.assertEqual(len(again), 1)

    def test_every_type_asked_for_has_words_and_a_step(self):
        self.assertEqual(EVENT_STEPS.keys(), EVENT_WORDS.keys())
        handler = self.env["autopay.event.handler"]
        for step in set(EVENT_STEPS.values()) - {"wake", "nothing"}:
            self.assertTrue(hasattr(handler, f"_handle_{step}"), step)

    def test_events_are_forgotten_after_three_months(self):
        old = self._store("charge.updated", ref="evt_old")
        new = self._store("charge.updated", ref="evt_new")
        old.received_date = fields.Datetime.now() - timedelta(days=91)
        self.env["autopay.event"].sudo()._gc_events()
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())

    def test_events_of_other_companies_are_hidden(self):
        event = self._store("charge.updated")
        manager = new_test_user(
            self.env,
            "autopay_elsewhere",
            "account.group_account_manager",
            company_id=self.env.company.create({"name": "Elsewhere"}).id,
        )
        self.assertFalse(
            self.env["autopay.event"]
            .with_user(manager)
            .search([("event_ref", "=", event.event_ref)])
        )
