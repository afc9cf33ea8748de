"""Strangers at the webhook: nothing they send or guess moves money."""

import json
import logging
import time
from urllib.parse import urlencode

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..event.common_webhook import (
    CONTROLLER_LOG,
    WEBHOOK_SECRET,
    WebhookCommon,
    build_event,
    sign,
)
from ..fault import fault

INTENT = {"id": "pi_1", "object": "payment_intent"}
SECRET_FIELDS = (
    "autopay_webhook_token",
    "autopay_webhook_url",
    "autopay_webhook_secret",
    "autopay_webhook_old_secret",
)


@tagged("post_install", "-at_install")
class TestAttackWebhook(WebhookCommon):
    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    def _assert_refused(self, payload, header, expected, **options):
        """Send it; the answer is the expected one and nothing is written."""
        body = payload if isinstance(payload, bytes) else payload.encode()
        with mute_logger(CONTROLLER_LOG, "odoo.http"):
            answer = self._post(body, header, **options)
        self.assertEqual(answer.status_code, expected, answer.text)
        self.assertFalse(self._get_events())
        return answer

    # === SIGNATURES === #

    def test_headers_that_try_to_confuse_the_check_are_refused(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        stamp, good = sign(payload).split(",")
        zeros = "v1=" + "0" * 64
        # The time is part of what is signed: another one is another message.
        late = f"t={int(time.time()) + 1}"
        headers = [
            "",
            ",",
            "t=,v1=",
            good,
            stamp,
            f"{stamp},{zeros}",
            f"{late},{good}",
            f"{stamp},{late},{good}",
            f"t=-1,{good}",
            f"t=1e9,{good}",
            f"t={'9' * 400},{good}",
            f"{stamp},{good.replace('v1', 'v0')}",
            f"{stamp},{good.upper()}",
            f"{stamp},{good[:-1]}",
            f"{stamp},{good}é",
            f"{stamp}," + ",".join([zeros] * 500),
        ]
        for header in headers:
            with self.subTest(header=header[:60]):
                self._assert_refused(payload, header.encode("latin-1"), 400)

    @fault(66)
    def test_secret_of_another_provider_is_refused(self):
        other = self.provider.copy({"autopay_webhook_secret": "whsec_other"})
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        self._assert_refused(payload, sign(payload, "whsec_other"), 400)
        self._assert_refused(
            payload, sign(payload), 400, path=other.autopay_webhook_url
        )

    def test_secret_of_stock_odoo_is_refused(self):
        self.provider.stripe_webhook_secret = "whsec_stock"
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        self._assert_refused(payload, sign(payload, "whsec_stock"), 400)

    def test_signature_covers_every_byte_of_the_body(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        header = sign(payload)
        for changed in (payload + " ", "\ufeff" + payload, payload[:-1]):
            self._assert_refused(changed, header, 400)
        self._assert_refused(b"\xff\xfe" + payload.encode(), header, 400)

    # === BODIES === #

    def test_form_is_not_read_as_a_message(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        form = urlencode({"payload": payload, "token": "x", "csrf_token": "y"})
        for body in (form, payload):
            kind = "application/x-www-form-urlencoded"
            self._assert_refused(body, sign(body), 400, **{"Content-Type": kind})

    def test_query_cannot_replace_the_address(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        guess = self.path.rsplit("/", 1)[0] + "/guess"
        right = self.provider.autopay_webhook_token
        self._assert_refused(payload, sign(payload), 404, path=f"{guess}?token={right}")

    def test_address_is_matched_exactly(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        start = self.path.rsplit("/", 1)[0]
        for guess in ("%25", "_", "False", "false", "0", "%00", "*", "null"):
            with self.subTest(guess=guess):
                self._assert_refused(
                    payload, sign(payload), 404, path=f"{start}/{guess}"
                )

    def test_provider_of_another_kind_has_no_address(self):
        self.provider.sudo().autopay_webhook_token = False
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        start = self.path.rsplit("/", 1)[0]
        self._assert_refused(payload, sign(payload), 404, path=f"{start}/False")

    # === WHAT A GENUINE SIGNATURE CANNOT DO === #

    def test_success_claimed_for_a_charge_that_never_happened_books_nothing(self):
        invoice, attempt = self._charge_in_doubt()
        forged = {
            "id": attempt.object_ref,
            "object": "payment_intent",
            "status": "succeeded",
            "amount": 10000,
            "amount_received": 10000,
            "currency": "usd",
            "description": attempt.transaction_id.reference,
            "metadata": {"autopay_tx": attempt.transaction_id.reference},
        }
        self._receive("payment_intent.succeeded", forged)
        self._process_events()
        self.assertEqual(attempt.state, "canceled")
        self.assertFalse(invoice.transaction_ids.payment_id)
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_success_of_another_charge_naming_our_invoice_books_nothing(self):
        invoice, attempt = self._charge_in_doubt()
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        metadata = {
            "autopay_tx": attempt.transaction_id.reference,
            "autopay_database": database,
        }
        paid = self.stripe.v1.payment_intents.create(
            {
                "amount": 50,
                "currency": "usd",
                "allowed_payment_method_types": ["card"],
                "customer": self.token.provider_ref,
                "payment_method": self.token.stripe_payment_method,
                "confirm": True,
                "off_session": True,
                "description": attempt.transaction_id.reference,
                "metadata": metadata,
            }
        )
        self._receive("payment_intent.succeeded", paid.to_dict())
        self._process_events()
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertFalse(invoice.transaction_ids.payment_id)

    def test_unsigned_message_at_the_address_of_stock_odoo_books_nothing(self):
        # Odoo's own webhook takes unsigned messages when it has no secret.
        invoice, attempt = self._charge_in_doubt()
        transaction = attempt.transaction_id
        forged = {
            "id": attempt.object_ref,
            "object": "payment_intent",
            "description": transaction.reference,
            "amount": 10000,
            "currency": "usd",
            "status": "succeeded",
            "payment_method": {"id": "pm_1", "type": "card"},
        }
        event = json.dumps(build_event("payment_intent.succeeded", forged))
        with mute_logger("odoo.addons.payment_stripe.controllers.main", "odoo.http"):
            self._post(event.encode(), path="/payment/stripe/webhook")
        self.assertEqual(transaction.state, "pending")
        self.assertEqual(attempt.state, "unknown")
        self._process_events()
        self._resolve_autopay()
        self.assertFalse(transaction.payment_id)
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_amount_of_a_message_is_not_the_amount_booked(self):
        self.admin.add_fault(
            "reset_after", method="POST", path="/v1/payment_intents/*/confirm"
        )
        invoice = self._create_due_invoice(100)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids.sudo()
        claimed = {
            "id": attempt.object_ref,
            "object": "payment_intent",
            "amount": 99900,
            "amount_received": 99900,
        }
        self._receive("payment_intent.succeeded", claimed)
        self._process_events()
        self.assertEqual(invoice.transaction_ids.payment_id.amount, 100)
        self.assertFalse(attempt.mismatch)

    # === SECRETS === #

    def test_nothing_of_a_message_or_a_secret_is_logged(self):
        payload = json.dumps(
            build_event("payment_intent.succeeded", {**INTENT, "note": "4242" * 4})
        )
        with self.assertLogs("odoo", logging.DEBUG) as logs:
            self._post(payload.encode(), sign(payload))
            self._post(payload.encode(), sign(payload, "whsec_guessed"))
        text = "\n".join(line for line in logs.output if "autopay.controllers" in line)
        self.assertIn("refused", text)
        self.assertNotIn("whsec_", text)
        self.assertNotIn("4242", text)
        self.assertNotIn("v1=", text)

    def test_answers_say_nothing_about_the_provider(self):
        payload = json.dumps(build_event("payment_intent.succeeded", INTENT))
        answer = self._assert_refused(payload, sign(payload, "whsec_guessed"), 400)
        for secret in (WEBHOOK_SECRET, self.provider.name, "Traceback"):
            self.assertNotIn(secret, answer.text)

    def test_secrets_are_hidden_from_everybody_but_administrators(self):
        manager = new_test_user(
            self.env,
            "autopay_attack_manager",
            "account.group_account_manager",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        providers = self.env["payment.provider"].with_user(manager)
        with self.assertRaises(AccessError):
            providers.browse(self.provider.id).read(SECRET_FIELDS)
        shown = providers.fields_get() if providers.has_access("read") else {}
        self.assertFalse(set(SECRET_FIELDS) & set(shown))

    def test_portal_and_employees_see_no_events(self):
        event = self._receive("payment_intent.succeeded", INTENT)
        for name, group in (
            ("autopay_attack_portal", "base.group_portal"),
            ("autopay_attack_employee", "base.group_user"),
            ("autopay_attack_biller", "account.group_account_invoice"),
        ):
            user = new_test_user(self.env, name, group)
            with self.assertRaises(AccessError):
                event.with_user(user).read(["event_ref"])
            with self.assertRaises(AccessError):
                event.with_user(user).action_process_again()

    def test_nobody_writes_events_by_hand(self):
        event = self._receive("payment_intent.succeeded", INTENT)
        manager = new_test_user(
            self.env,
            "autopay_attack_writer",
            "account.group_account_manager",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        mine = event.with_user(manager)
        with self.assertRaises(AccessError):
            mine.write({"intent_ref": "pi_other"})
        with self.assertRaises(AccessError):
            mine.create(
                {"provider_id": self.provider.id, "event_ref": "e", "type": "t"}
            )
        with self.assertRaises(AccessError):
            mine.unlink()
