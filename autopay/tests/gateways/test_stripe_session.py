import hashlib
import logging
from unittest.mock import patch

import stripe

from odoo.tests import BaseCase, tagged

from ...const.engine import GATEWAY_THREADS
from ...gateways.base import Credentials
from ...gateways.stripe import client as stripe_client
from ...gateways.stripe import session as stripe_session
from ...gateways.stripe.gateway import StripeGateway
from ...gateways.stripe.session import api_base, configuration_issue
from ..common_simulator import TEST_KEY, stripe_address

ADDRESS = "https://api.stripe.com"


@tagged("post_install", "-at_install")
class TestStripeSession(BaseCase):
    def _create_gateway(self, provider_id=1, secret_key=TEST_KEY):
        return StripeGateway(Credentials(provider_id, secret_key, livemode=False))

    def test_without_the_variable_requests_go_to_stripe(self):
        with stripe_address(""):
            self.assertEqual(api_base(), "")
            client = stripe_client.get_client(Credentials(7, "sk_test_7", False))
        addresses = client._requestor.base_addresses
        self.assertEqual(addresses["api"], "https://api.stripe.com")

    def test_plain_http_is_accepted_for_this_machine_only(self):
        accepted = [
            "http://127.0.0.1:18200",
            "http://127.9.9.9",
            "http://localhost:1",
            "http://[::1]:18200",
            "https://stripe.example.com",
        ]
        for address in accepted:
            with self.subTest(address), stripe_address(f"{address}/"):
                self.assertEqual(api_base(), address)

    def test_secret_keys_are_never_sent_in_the_clear(self):
        refused = [
            "http://stripe.example.com",
            "http://10.0.0.1",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://0.0.0.0",
            "ftp://127.0.0.1",
            "127.0.0.1:18200",
            "https://",
            "http://2130706433",
        ]
        for address in refused:
            with (
                self.subTest(address),
                stripe_address(address),
                self.assertRaisesRegex(ValueError, "must be an https address"),
            ):
                self._create_gateway()

    def test_a_gateway_needs_a_key(self):
        for key in ("", "  ", None, False):
            with self.subTest(key=key), self.assertRaisesRegex(ValueError, "no secret"):
                self._create_gateway(secret_key=key)

    def test_every_way_to_be_misconfigured_has_a_code(self):
        cases = [
            ("sk_test_1", False, ""),
            ("rk_test_1", False, ""),
            ("sk_live_1", True, ""),
            ("rk_live_1", True, ""),
            ("", False, "missing_key"),
            ("   ", False, "missing_key"),
            ("pk_test_1", False, "not_a_secret_key"),
            ("whsec_1", True, "not_a_secret_key"),
            ("sk_live_1", False, "wrong_mode"),
            ("rk_test_1", True, "wrong_mode"),
        ]
        for key, livemode, issue in cases:
            with self.subTest(key=key, livemode=livemode):
                credentials = Credentials(1, key, livemode)
                self.assertEqual(configuration_issue(credentials), issue)

    def test_an_address_that_is_not_allowed_is_a_configuration_issue(self):
        with stripe_address("http://stripe.example.com"):
            issue = configuration_issue(Credentials(1, "sk_test_1", False))
        self.assertEqual(issue, "wrong_address")

    def test_another_key_provider_or_address_is_another_client(self):
        first = self._create_gateway()
        with stripe_address("http://127.0.0.1:1"):
            elsewhere = self._create_gateway()
        others = [
            self._create_gateway(secret_key="sk_test_2"),
            self._create_gateway(provider_id=2),
            elsewhere,
        ]
        requestor = first._intents._requestor
        self.assertIs(self._create_gateway()._intents._requestor, requestor)
        for other in others:
            self.assertIsNot(other._intents._requestor, requestor)

    def test_the_cache_of_clients_keeps_no_key_in_the_clear(self):
        self._create_gateway(secret_key="sk_test_visible")
        self.assertNotIn("sk_test_visible", str(list(stripe_client._clients)))

    def test_the_cache_of_clients_forgets_the_oldest_keys(self):
        in_use = self._create_gateway(secret_key="sk_test_in_use")
        for number in range(stripe_client.CLIENTS_KEPT + 3):
            self._create_gateway(secret_key=f"sk_test_{number}")
            again = self._create_gateway(secret_key="sk_test_in_use")
            self.assertIs(again._intents._requestor, in_use._intents._requestor)
        self._create_gateway(secret_key=f"sk_test_{number}")
        self.assertEqual(len(stripe_client._clients), stripe_client.CLIENTS_KEPT)
        newest = hashlib.sha256(f"sk_test_{number}".encode()).hexdigest()
        self.assertEqual(list(stripe_client._clients)[-1][1], newest)

    def test_the_session_serves_many_threads_and_follows_nobody(self):
        session = stripe_session.new_session(ADDRESS)
        adapter = session.get_adapter(ADDRESS)
        self.assertEqual(adapter._pool_maxsize, GATEWAY_THREADS)
        self.assertEqual(session.max_redirects, 0)

    def test_only_what_came_too_fast_is_repeated(self):
        retries = stripe_session.new_session(ADDRESS).get_adapter(ADDRESS).max_retries
        repeated = {
            status for status in range(400, 600) if retries.is_retry("POST", status)
        }
        self.assertEqual(repeated, {429})
        self.assertIs(retries.read, False)
        self.assertEqual((retries.connect, retries.other), (0, 0))

    def test_every_request_has_both_time_outs(self):
        session = stripe_session.new_session(ADDRESS)
        adapter = session.get_adapter(ADDRESS)
        with patch("requests.adapters.HTTPAdapter.send") as send:
            adapter.send("a request", timeout=None)
        self.assertEqual(send.call_args.kwargs["timeout"], (5, 25))

    def test_requests_go_through_the_proxy_of_the_environment(self):
        proxy = {"https_proxy": "http://proxy.example.com:3128", "no_proxy": ""}
        with patch.dict("os.environ", proxy):
            session = stripe_session.new_session(ADDRESS)
        self.assertEqual(session.proxies["https"], "http://proxy.example.com:3128")

    def test_no_netrc_file_replaces_the_key(self):
        self.assertFalse(stripe_session.new_session(ADDRESS).trust_env)

    def test_the_sdk_neither_reports_nor_logs(self):
        self.assertFalse(stripe.enable_telemetry)
        self.assertGreaterEqual(logging.getLogger("stripe").level, logging.WARNING)
