from unittest.mock import patch

import requests

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.payment.models.payment_provider import PaymentProvider

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestPaymentTransaction(AutopayCommon):
    """Charges through Odoo's own provider code, with Odoo's Demo provider."""

    def _charge(self, simulated_state):
        self._enrol_at_demo(simulated_state)
        invoice = self._create_due_invoice()
        self._run_autopay()
        return invoice, invoice.autopay_attempt_ids

    def test_success_is_booked_once(self):
        invoice, attempt = self._charge("done")
        self.assertEqual(
            (attempt.state, invoice.autopay_status), ("succeeded", "success")
        )
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(len(invoice.transaction_ids.payment_id), 1)

    def test_refusals_release_the_invoice(self):
        for state in ("cancel", "error"):
            with self.subTest(state=state):
                invoice, attempt = self._charge(state)
                self.assertEqual(attempt.state, "declined")
                self.assertEqual(invoice.autopay_status, "error")
                self.assertFalse(attempt.line_ids.live)

    def test_pending_is_booked_when_odoo_learns_of_the_success(self):
        invoice, attempt = self._charge("pending")
        self.assertEqual(attempt.state, "pending")
        attempt.transaction_id.sudo().action_demo_set_done()
        attempt.transaction_id.sudo()._post_process()
        self._resolve_autopay()
        self.assertEqual(
            (attempt.state, invoice.autopay_status), ("succeeded", "success")
        )
        self.assertEqual(len(invoice.transaction_ids.payment_id), 1)

    def test_pending_is_released_when_odoo_learns_of_the_failure(self):
        invoice, attempt = self._charge("pending")
        attempt.transaction_id.sudo().action_demo_set_error()
        self._resolve_autopay()
        self.assertEqual((attempt.state, invoice.autopay_status), ("declined", "error"))

    def _charge_with(self, behaviour):
        """Charge while the provider's code behaves in a given way."""
        target = type(self.env["payment.transaction"])
        with patch.object(target, "_send_payment_request", behaviour):
            return self._charge("done")

    def test_lost_connection_is_unknown_and_never_repeated(self):
        def lose(transaction):
            transaction.provider_id._send_api_request("POST", "charges")

        with patch.object(
            requests, "request", side_effect=requests.exceptions.ReadTimeout
        ):
            invoice, attempt = self._charge_with(lose)
        self.assertEqual(attempt.state, "unknown")
        self._resolve_autopay()
        self._run_autopay()
        self.assertEqual(attempt.state, "unknown")
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)
        self.assertEqual(invoice.autopay_blocker, "outcome_unknown")
        self.assertIn("Still unknown", attempt.activity_ids.summary)

    def test_refused_request_is_a_definite_no(self):
        def refuse(transaction):
            try:
                transaction.provider_id._send_api_request("POST", "charges")
            except ValidationError as error:
                transaction._set_error(str(error))

        response = requests.Response()
        response.status_code, response._content = 402, b"declined"
        with (
            patch.object(requests, "request", return_value=response),
            patch.object(
                PaymentProvider, "_parse_response_error", lambda *args: "declined"
            ),
            mute_logger("odoo.addons.payment.models.payment_provider"),
        ):
            invoice, attempt = self._charge_with(refuse)
        self.assertEqual(attempt.state, "declined")
        self.assertEqual(invoice.autopay_status, "error")

    def test_any_surprise_of_the_providers_code_is_unknown(self):
        def surprise(transaction):
            raise KeyError("status")

        _invoice, attempt = self._charge_with(surprise)
        self.assertEqual(attempt.state, "unknown")
        self.assertTrue(attempt.line_ids.live)

    def test_billing_users_change_nothing_that_the_engine_relies_on(self):
        _invoice, attempt = self._charge("done")
        transaction = attempt.transaction_id.with_user(self.env.user)
        for name in ("reference", "payment_id", "provider_id", "partner_id"):
            with self.assertRaises(AccessError):
                transaction.write({name: False})
