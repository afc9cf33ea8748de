import json
import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...const.event import EVENT_MAX_BYTES
from ...models.event.autopay_event import AutopayEvent
from ..fault import fault
from .common_webhook import (
    CONTROLLER_LOG,
    WEBHOOK_SECRET,
    WebhookCommon,
    build_event,
    sign,
)

INTENT = {
    "id": "pi_1",
    "object": "payment_intent",
    "amount": 12345,
    "status": "succeeded",
    "customer": "cus_1",
    "payment_method": "pm_1",
    "latest_charge": "ch_1",
    "receipt_email": "somebody@example.com",
    "metadata": {},
}


@tagged("post_install", "-at_install")
class TestStripeWebhook(WebhookCommon):
    def _assert_refused(self, status, *args, **headers):
        """Send something that must be refused; nothing may be written."""
        with mute_logger(CONTROLLER_LOG):
            answer = self._post(*args, **headers)
        self.assertEqual(answer.status_code, status, answer.text)
        self.assertFalse(self._get_events())
        return answer

    # === ACCEPTED === #

    def test_signed_event_is_stored_and_acknowledged(self):
        event = self._receive("payment_intent.succeeded", INTENT)
        self.assertEqual(event.state, "received")
        self.assertEqual(event.intent_ref, "pi_1")
        self.assertEqual(event.charge_ref, "ch_1")
        self.assertEqual(event.customer_ref, "cus_1")
        self.assertEqual(event.company_id, self.company)

    def test_nothing_but_ids_is_kept_of_an_event(self):
        event = self._receive("payment_intent.succeeded", INTENT)
        stored = json.dumps(event.read()[0], default=str)
        self.assertNotIn("12345", stored)
        self.assertNotIn("somebody@example.com", stored)

    def test_event_is_processed_by_the_scheduler_as_soon_as_it_can(self):
        cron = self.env.ref("autopay.ir_cron_resolve_open_attempts")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._receive("payment_intent.succeeded", INTENT)
        after = triggers.search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)

    @fault(64)
    def test_event_sent_ten_times_is_stored_once(self):
        event = build_event("payment_intent.succeeded", INTENT)
        codes = {self._send_event(event).status_code for _time in range(10)}
        self.assertEqual(codes, {200})
        self.assertEqual(len(self._get_events()), 1)

    def test_event_of_a_type_that_was_not_asked_for_is_not_kept(self):
        answer = self._send_event(build_event("invoice.paid", {"object": "invoice"}))
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self._get_events())

    def test_event_that_cannot_be_stored_is_sent_again_by_stripe(self):
        event = build_event("payment_intent.succeeded", INTENT)
        with (
            patch.object(AutopayEvent, "_store", side_effect=OSError("disk full")),
            mute_logger("odoo.http"),
        ):
            self.assertEqual(self._send_event(event).status_code, 500)
        self.assertFalse(self._get_events())
        self.assertEqual(self._send_event(event).status_code, 200)
        self.assertEqual(len(self._get_events()), 1)

    def test_no_session_is_started_for_a_message(self):
        self.opener.cookies.clear()
        answer = self._send_event(build_event("payment_intent.succeeded", INTENT))
        self.assertNotIn("session_id", answer.cookies)

    # === SIGNATURES === #

    @fault(67)
    def test_signature_that_matches_counts_wherever_it_stands(self):
        for order in (1, -1):
            payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
            stamp, good = sign(payload).split(",")
            signatures = [good, f"v1={'0' * 64}"][::order]
            answer = self._post(payload.encode(), ",".join([stamp, *signatures]))
            self.assertEqual(answer.status_code, 200)
        self.assertEqual(len(self._get_events()), 2)

    @fault(67)
    def test_replaced_secret_is_accepted_for_a_day(self):
        self.provider.autopay_webhook_secret = "whsec_newer"
        for secret in ("whsec_newer", WEBHOOK_SECRET):
            payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
            answer = self._post(payload.encode(), sign(payload, secret))
            self.assertEqual(answer.status_code, 200)

    def test_replaced_secret_is_refused_after_a_day(self):
        self.provider.autopay_webhook_secret = "whsec_newer"
        left = self.provider.autopay_webhook_old_until - fields.Datetime.now()
        self.assertLessEqual(left, timedelta(hours=24))
        self.provider.sudo().autopay_webhook_old_until = fields.Datetime.now()
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        self._assert_refused(400, payload.encode(), sign(payload))

    @fault(66)
    def test_message_without_signature_is_refused(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        self._assert_refused(400, payload.encode())

    @fault(66)
    def test_message_signed_with_another_secret_is_refused(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        self._assert_refused(400, payload.encode(), sign(payload, "whsec_guessed"))

    @fault(66)
    def test_message_changed_after_it_was_signed_is_refused(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        changed = payload.replace("pi_1", "pi_2")
        self._assert_refused(400, changed.encode(), sign(payload))

    @fault(66)
    def test_message_is_refused_five_minutes_after_it_was_signed(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        self._assert_refused(400, payload.encode(), sign(payload, age=305))
        answer = self._post(payload.encode(), sign(payload, age=290))
        self.assertEqual(answer.status_code, 200)

    def test_message_from_the_future_is_refused(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        self._assert_refused(400, payload.encode(), sign(payload, age=-310))

    @fault(66)
    def test_provider_without_secret_accepts_nothing(self):
        self.provider.autopay_webhook_secret = False
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        for header in (sign(payload), sign(payload, ""), None):
            self._assert_refused(503, payload.encode(), header)

    def test_removed_secret_is_not_kept_as_an_old_one(self):
        self.provider.autopay_webhook_secret = "whsec_newer"
        self.provider.autopay_webhook_secret = False
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        self._assert_refused(503, payload.encode(), sign(payload))

    # === WHAT IT SAYS === #

    def test_signed_text_that_is_no_event_is_refused(self):
        good = build_event("payment_intent.succeeded", INTENT)
        bad = [
            "",
            "no json",
            "[]",
            "null",
            "[" * 20000,
            json.dumps({**good, "object": "v2.core.event"}),
            json.dumps({**good, "id": "pi_1"}),
            json.dumps({**good, "id": "evt_1' OR 1=1"}),
            json.dumps({**good, "created": True}),
            json.dumps({**good, "created": 1e30}),
            json.dumps({**good, "livemode": "false"}),
            json.dumps({**good, "type": ["payment_intent.succeeded"]}),
            json.dumps({**good, "data": {"object": "pi_1"}}),
        ]
        for payload in bad:
            with self.subTest(payload=payload[:60]):
                self._assert_refused(400, payload.encode(), sign(payload))

    def test_event_of_the_other_mode_is_refused(self):
        event = build_event("payment_intent.succeeded", INTENT, livemode=True)
        payload = json.dumps(event)
        self._assert_refused(403, payload.encode(), sign(payload))

    def test_event_of_another_account_is_refused(self):
        self.provider.sudo().autopay_webhook_account = "acct_ours"
        event = build_event("payment_intent.succeeded", INTENT, account="acct_other")
        payload = json.dumps(event)
        self._assert_refused(403, payload.encode(), sign(payload))
        answer = self._send_event({**event, "account": "acct_ours"})
        self.assertEqual(answer.status_code, 200)

    # === WHERE AND HOW === #

    @mute_logger("odoo.http")
    def test_unknown_address_is_not_found(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        for path in (self.path[:-1], self.path + "x", self.path.rsplit("/", 1)[0]):
            self._assert_refused(404, payload.encode(), sign(payload), path=path)

    def test_each_provider_has_an_address_of_its_own(self):
        other = self.provider.copy()
        self.assertNotEqual(other.autopay_webhook_url, self.path)
        self.assertGreaterEqual(len(other.autopay_webhook_token), 43)
        self.assertFalse(other.autopay_webhook_secret)

    @mute_logger("odoo.http")
    def test_only_posted_messages_are_read(self):
        self.assertEqual(self.url_open(self.path).status_code, 405)

    @mute_logger("odoo.http")
    def test_body_beyond_the_limit_is_not_read(self):
        payload = json.dumps({"filling": "x" * EVENT_MAX_BYTES})
        start = time.monotonic()
        self._assert_refused(413, payload.encode(), sign(payload))
        self.assertLess(time.monotonic() - start, 5)
