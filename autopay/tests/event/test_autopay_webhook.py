import stripe

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...const.event import EVENT_STEPS
from ..common import AutopayCommon
from ..common_simulator import canned_stripe
from .common_webhook import create_administrator

ENDPOINTS = "/v1/webhook_endpoints"


def refusal(status, message, kind="invalid_request_error"):
    return status, {"error": {"type": kind, "message": message}}


@tagged("post_install", "-at_install")
class TestAutopayWebhook(AutopayCommon):
    def setUp(self):
        super().setUp()
        self.provider = self.provider.with_user(create_administrator(self.company))
        self._set_base_url("https://odoo.example.com")

    def _set_base_url(self, url):
        self.env["ir.config_parameter"].sudo().set_param("web.base.url", url)

    def _get_endpoints(self):
        """Return the endpoints of this provider at the simulator."""
        url = self.provider._get_autopay_webhook_url()
        found = self.stripe.v1.webhook_endpoints.list({"limit": 100}).data
        return [endpoint for endpoint in found if endpoint.url == url]

    # === CREATE AND RENEW === #

    def test_endpoint_is_created_with_the_events_and_version_we_understand(self):
        self.provider.action_autopay_create_webhook()
        (endpoint,) = self._get_endpoints()
        self.assertEqual(self.provider.autopay_webhook_ref, endpoint.id)
        self.assertTrue(self.provider.autopay_webhook_secret.startswith("whsec_"))
        self.assertEqual(sorted(endpoint.enabled_events), sorted(EVENT_STEPS))
        self.assertEqual(endpoint.api_version, stripe.api_version)
        self.assertIn(self.provider.autopay_webhook_token, endpoint.url)

    def test_renewed_endpoint_replaces_the_old_one_and_keeps_its_secret_for_a_day(self):
        self.provider.action_autopay_create_webhook()
        first, secret = (
            self._get_endpoints()[0].id,
            self.provider.autopay_webhook_secret,
        )
        self.provider.action_autopay_create_webhook()
        (endpoint,) = self._get_endpoints()
        self.assertNotEqual(endpoint.id, first)
        accepted = self.provider._get_autopay_webhook_secrets()
        self.assertEqual(accepted, [self.provider.autopay_webhook_secret, secret])

    def test_endpoint_left_by_a_failed_creation_is_removed(self):
        self.stripe.v1.webhook_endpoints.create(
            {
                "url": self.provider._get_autopay_webhook_url(),
                "enabled_events": ["charge.updated"],
            }
        )
        self.provider.action_autopay_create_webhook()
        (endpoint,) = self._get_endpoints()
        self.assertEqual(endpoint.id, self.provider.autopay_webhook_ref)

    def test_endpoints_of_others_are_left_alone(self):
        other = self.stripe.v1.webhook_endpoints.create(
            {"url": "https://shop.example.com/hook", "enabled_events": ["*"]}
        )
        self.provider.action_autopay_create_webhook()
        self.provider.action_autopay_remove_webhook()
        kept = self.stripe.v1.webhook_endpoints.retrieve(other.id)
        self.assertEqual(kept.status, "enabled")

    def test_removed_endpoint_leaves_no_secret(self):
        self.provider.action_autopay_create_webhook()
        self.provider.action_autopay_remove_webhook()
        self.assertFalse(self._get_endpoints())
        self.assertFalse(self.provider._get_autopay_webhook_secrets())

    def test_endpoint_that_is_gone_at_stripe_can_be_removed(self):
        self.provider.action_autopay_create_webhook()
        self.stripe.v1.webhook_endpoints.delete(self.provider.autopay_webhook_ref)
        self.provider.action_autopay_remove_webhook()
        self.assertFalse(self.provider.autopay_webhook_ref)

    # === REFUSED === #

    def _assert_setup_refused(self, words, answers=None):
        """Try to create the endpoint; the person must read these words."""
        with self.assertRaisesRegex(UserError, words):
            if answers is None:
                self.provider.action_autopay_create_webhook()
            else:
                with canned_stripe({f"POST {ENDPOINTS}": answers}):
                    self.provider.action_autopay_create_webhook()
        self.assertFalse(self.provider.autopay_webhook_secret)

    def test_restricted_key_without_the_right_is_told_what_to_do(self):
        self.provider.stripe_secret_key = "rk_test_without_webhook_endpoints"
        self._assert_setup_refused("Give the restricted key write access")

    def test_wrong_key_is_told(self):
        self._assert_setup_refused("refuses our key", refusal(401, "Invalid API Key"))

    def test_refusal_is_told_in_the_words_of_stripe(self):
        answer = refusal(400, "You have reached the maximum of 16 webhook endpoints.")
        self._assert_setup_refused("maximum of 16", answer)

    def test_stripe_out_of_reach_is_told(self):
        self.admin.add_fault("refuse", times=None)
        self._assert_setup_refused("cannot be reached")

    def test_provider_without_key_is_told(self):
        self.provider.write({"state": "disabled", "stripe_secret_key": False})
        self._assert_setup_refused("secret key")

    def test_address_that_stripe_cannot_reach_is_told(self):
        webhook = self.env["autopay.webhook"]
        addresses = {
            "http://odoo.example.com/x": False,
            "https://localhost/x": False,
            "https://127.0.0.1/x": False,
            "https://192.168.1.7:8069/x": False,
            "https://[::1]/x": False,
            "https://odoo/x": False,
            "https://odoo.local/x": False,
            "https://billing.company.com/x": True,
            "https://8.8.8.8/x": True,
        }
        for address, good in addresses.items():
            with self.subTest(address=address):
                if good:
                    webhook._check_address("Stripe", address)
                    continue
                with self.assertRaisesRegex(UserError, "Stripe .* public https"):
                    webhook._check_address("Stripe", address)

    def test_copy_of_a_database_gets_no_messages(self):
        flag = self.env["ir.config_parameter"].sudo()
        flag.set_param("database.is_neutralized", "true")
        self._assert_setup_refused("is a copy")
        self.assertFalse(self._get_endpoints())

    def test_only_administrators_change_how_stripe_reaches_odoo(self):
        manager = new_test_user(
            self.env, "autopay_webhook_manager", "account.group_account_manager"
        )
        for action in ("create", "remove"):
            with self.assertRaises(AccessError):
                getattr(
                    self.provider.with_user(manager), f"action_autopay_{action}_webhook"
                )()

    # === SHOWN === #

    def test_form_shows_the_address_and_the_last_message(self):
        self.assertFalse(self.provider.autopay_last_event)
        self.env.cr.execute(
            """INSERT INTO autopay_event
                   (provider_id, company_id, event_ref, type, state, received_date)
               VALUES (%s, %s, 'evt_1', 'refund.created', 'processed', now())""",
            [self.provider.id, self.company.id],
        )
        self.provider.invalidate_recordset()
        self.assertIn("Refund made", self.provider.autopay_last_event)
        self.assertTrue(self.provider.autopay_webhook_url.startswith("https://"))

    def test_providers_other_than_stripe_have_no_address(self):
        other = self.env["payment.provider"].search([("code", "=", "demo")], limit=1)
        self.assertFalse(other.autopay_webhook_url)
