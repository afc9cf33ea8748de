"""The simulator delivers to a real Odoo, as Stripe does: late, twice, never, forged."""

import json
import time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..fault import fault
from .common_webhook import CONTROLLER_LOG, WebhookCommon, create_administrator

CONFIRM = "/v1/payment_intents/*/confirm"


@tagged("post_install", "-at_install")
class TestWebhookDelivery(WebhookCommon):
    def setUp(self):
        super().setUp()
        self.admin.reset()
        self.provider.sudo().autopay_webhook_secret = False
        administrator = create_administrator(self.company)
        self.provider.with_user(administrator).action_autopay_create_webhook()
        self.admin.hold_deliveries()
        self.token = self._enrol()
        self.admin.drop()

    def _deliver(self, call=None, **options):
        """Let the simulator send what it holds; return the HTTP answers."""
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            deliveries = (call or self.admin.release)(**options)
        self.env.invalidate_all()
        return [
            attempt["status"] for sent in deliveries for attempt in sent["attempts"]
        ]

    def _leave_unknown(self):
        """Charge with a lost answer; the resolver would ask much later."""
        self.admin.add_fault("reset_after", method="POST", path=CONFIRM)
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids.sudo()
        self.assertEqual(attempt.state, "unknown")
        attempt.next_check_date = fields.Datetime.add(fields.Datetime.now(), hours=5)
        return invoice, attempt

    def _assert_collected_once(self, invoice):
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(len(invoice.transaction_ids.payment_id), 1)
        taken = [
            entry
            for entry in self.admin.ledger()["entries"]
            if entry["kind"] in ("charge", "submitted")
            and entry["metadata"].get("autopay_tx")
            in invoice.transaction_ids.mapped("reference")
        ]
        self.assertEqual(len(taken), 1)

    # === AS STRIPE MAY DO === #

    def test_delivered_event_resolves_an_unknown_outcome_at_once(self):
        invoice, _attempt = self._leave_unknown()
        self.assertEqual(set(self._deliver()), {200})
        self._process_events()
        self._assert_collected_once(invoice)

    @fault(64)
    def test_each_event_delivered_five_times_has_one_effect(self):
        invoice, _attempt = self._leave_unknown()
        answers = self._deliver(copies=5)
        self.assertEqual(set(answers), {200})
        self.assertEqual(len(self._get_events()) * 5, len(answers))
        self._process_events()
        self._process_events()
        self._assert_collected_once(invoice)

    @fault(65)
    def test_events_in_any_order_end_in_the_same_state(self):
        self._enrol("pm_usBankAccount_success")
        for order in ("oldest", "newest", "random"):
            self.admin.drop()
            invoice, attempt = self._leave_unknown()
            self.admin.settle(attempt.object_ref)
            answers = self._deliver(order=order, seed=3)
            self.assertGreater(len(answers), 1)
            self._process_events()
            self._assert_collected_once(invoice)

    @fault(51)
    def test_held_event_that_comes_after_the_booking_changes_nothing(self):
        invoice, attempt = self._leave_unknown()
        self._resolve_autopay()
        self._assert_collected_once(invoice)
        self._deliver(order="newest")
        self._process_events()
        self._assert_collected_once(invoice)
        self.assertFalse(attempt.next_check_date)

    @fault(68)
    def test_lost_events_change_nothing_in_the_end(self):
        invoice, _attempt = self._leave_unknown()
        self.assertTrue(self.admin.drop())
        self._resolve_autopay()
        self.assertFalse(self._get_events())
        self._assert_collected_once(invoice)

    def test_replayed_event_is_known(self):
        invoice, _attempt = self._leave_unknown()
        self._deliver()
        self._process_events()
        before = self._get_events()
        for event in before:
            self._deliver(lambda ref=event.event_ref: self.admin.replay(ref))
        self._process_events()
        self.assertEqual(self._get_events(), before)
        self._assert_collected_once(invoice)

    def test_events_of_a_charge_are_linked_with_its_attempt(self):
        invoice, attempt = self._leave_unknown()
        self._deliver()
        self._process_events()
        events = self._get_events()
        self.assertEqual(events.attempt_id, attempt)
        self.assertEqual(set(events.mapped("state")), {"processed"})
        self.assertIn("payment_intent.succeeded", events.mapped("type"))
        self._assert_collected_once(invoice)

    # === SECRETS === #

    @fault(67)
    def test_message_signed_with_both_secrets_while_one_is_rolled_is_accepted(self):
        _invoice, _attempt = self._leave_unknown()
        secret = self.admin.roll_secret(self.provider.sudo().autopay_webhook_ref)
        # Staff has not pasted the new one yet; then it has.
        first = self._deliver()
        self.provider.sudo().autopay_webhook_secret = secret
        event = self._get_events()[:1].event_ref
        again = self._deliver(lambda: self.admin.replay(event))
        self.assertEqual({*first, *again}, {200})

    @mute_logger(CONTROLLER_LOG)
    def test_events_refused_without_a_secret_are_sent_again_and_taken_then(self):
        invoice, _attempt = self._leave_unknown()
        secret = self.provider.sudo().autopay_webhook_secret
        self.provider.sudo().autopay_webhook_secret = False
        self.assertEqual(set(self._deliver()), {503})
        self.assertFalse(self._get_events())
        self.provider.sudo().autopay_webhook_secret = secret
        self.admin.send_deliveries()
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            self.admin.advance(301)
            self.admin.wait_for_deliveries()
        self.env.invalidate_all()
        self._process_events()
        self._assert_collected_once(invoice)

    # === FORGED === #

    @mute_logger(CONTROLLER_LOG)
    @fault(66)
    def test_recorded_message_is_refused_when_changed_or_too_old(self):
        self._leave_unknown()
        event = self.admin.deliveries()[-1]["event"]
        stale = self.admin.signed_request(event, at=int(time.time()) - 301)
        fresh = self.admin.signed_request(event)
        forged = json.dumps(json.loads(fresh["body"]) | {"id": "evt_forged"})
        cases = ((stale, stale["body"]), (fresh, forged))
        for request, body in cases:
            header = request["headers"]["Stripe-Signature"]
            answer = self._post(body.encode(), header)
            self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._get_events())

    # === WHAT ELSE HAPPENS AT STRIPE === #

    @fault(71)
    def test_card_renewed_by_the_bank_is_told_and_read(self):
        card = {"last4": "1881", "exp_month": 5, "exp_year": self.today.year + 4}
        self.admin.reissue_card(self.token.stripe_payment_method, **card)
        self._deliver()
        self._process_events()
        self.assertEqual(self.token.payment_details, "1881")
        self.assertEqual(self.token.autopay_expiry_date.year, self.today.year + 4)

    def test_mandate_withdrawn_at_the_bank_revokes_the_authorization(self):
        token = self._enrol("pm_usBankAccount_success")
        mandate = self.admin.create_mandate(token.stripe_payment_method)["id"]
        token.stripe_mandate = mandate
        invoice = self._create_due_invoice()
        self.admin.set_mandate_status(mandate, "inactive")
        self._deliver()
        self._process_events()
        self._run_autopay()
        self.assertEqual(invoice.autopay_blocker, "authorization_revoked")
        self.assertFalse(self.admin.ledger()["entries"])

    @fault(70)
    def test_refund_made_in_the_dashboard_is_followed_at_once(self):
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids.sudo()
        self.admin.drop()
        self.stripe.v1.refunds.create({"charge": attempt.charge_ref})
        self._deliver()
        self._process_events()
        refunds = self._get_events().filtered("refund_ref")
        self.assertEqual(set(refunds.mapped("state")), {"processed"})
        self.assertEqual(refunds.attempt_id, attempt)
        self.assertEqual(invoice.amount_residual, 100)
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    def test_method_detached_in_the_dashboard_is_never_charged_again(self):
        invoice = self._create_due_invoice()
        self.stripe.v1.payment_methods.detach(self.token.stripe_payment_method)
        self._deliver()
        self._process_events()
        self._run_autopay()
        self.assertEqual(invoice.autopay_blocker, "method_archived")
        self.assertFalse(self._get_charges(invoice))

    def test_customer_deleted_in_the_dashboard_is_never_charged_again(self):
        invoice = self._create_due_invoice()
        self.stripe.v1.customers.delete(self.token.provider_ref)
        self._deliver()
        self._process_events()
        self._run_autopay()
        self.assertFalse(self.token.active)
        self.assertFalse(self._get_charges(invoice))
