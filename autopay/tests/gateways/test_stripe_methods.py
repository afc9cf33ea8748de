from datetime import date

from odoo.tests import BaseCase, tagged

from ...gateways.base import ABSENT, FOUND, GONE, UNKNOWN, Credentials
from ...gateways.stripe.methods import StripeMethods
from ..common_simulator import TEST_KEY, SimulatorMixin, canned_stripe


def card(**values):
    """Return a saved card as Stripe shows it."""
    return {
        "id": "pm_1",
        "object": "payment_method",
        "livemode": False,
        "type": "card",
        "customer": "cus_1",
        "card": {"last4": "4242", "exp_month": 2, "exp_year": 2028},
        **values,
    }


@tagged("post_install", "-at_install")
class TestStripeMethods(SimulatorMixin, BaseCase):
    def _get_methods(self, key=TEST_KEY, livemode=False):
        return StripeMethods(Credentials(1, key, livemode))

    def _read_canned(self, body, status=200):
        with canned_stripe({"GET /v1/payment_methods/pm_1": (status, body)}):
            return self._get_methods().read_method("pm_1")

    # === METHODS === #

    def test_saved_card_is_read(self):
        customer = self._create_customer()
        facts = {"last4": "0077", "exp_month": 12, "exp_year": 2031}
        saved = self.admin.create_payment_method("card", customer=customer, card=facts)
        report = self._get_methods().read_method(saved["id"])
        self.assertEqual(report.kind, FOUND)
        self.assertEqual((report.customer_ref, report.last4), (customer, "0077"))
        self.assertEqual(report.expiry_date, date(2031, 12, 31))

    def test_card_is_valid_until_the_last_day_of_its_month(self):
        self.assertEqual(self._read_canned(card()).expiry_date, date(2028, 2, 29))

    def test_bank_account_does_not_expire(self):
        account = card(type="us_bank_account", us_bank_account={"last4": "6789"})
        report = self._read_canned(account)
        self.assertEqual((report.last4, report.expiry_date), ("6789", None))

    def test_date_that_is_none_is_left_out(self):
        for month, year in ((13, 2028), (0, 2028), (2, 28), ("2", "2028"), (None, 1)):
            printed = {"last4": "4242", "exp_month": month, "exp_year": year}
            self.assertIsNone(self._read_canned(card(card=printed)).expiry_date)

    def test_detached_method_is_gone(self):
        customer = self._create_customer()
        saved = self.admin.create_payment_method("card", customer=customer)
        self._create_client().v1.payment_methods.detach(saved["id"])
        self.assertEqual(self._get_methods().read_method(saved["id"]).kind, GONE)

    def test_method_that_the_account_does_not_know_is_not_called_gone(self):
        self.assertEqual(self._get_methods().read_method("pm_none").kind, ABSENT)

    def test_anything_but_the_method_asked_for_is_unknown(self):
        answers = [
            (card(livemode=True), 200),
            (card(object="card"), 200),
            ("<html>", 200),
            ("<html>", 404),
            ({"error": {"type": "api_error"}}, 500),
            ({"error": {"type": "invalid_request_error"}}, 401),
            ({"error": {"type": "rate_limit_error"}}, 429),
        ]
        for body, status in answers:
            with self.subTest(status=status, body=str(body)[:40]):
                self.assertEqual(self._read_canned(body, status).kind, UNKNOWN)

    def test_provider_out_of_reach_is_unknown(self):
        self.admin.add_fault("refuse", times=None)
        report = self._get_methods().read_method("pm_1")
        self.assertEqual(report.kind, UNKNOWN)
        self.assertTrue(report.problem)

    # === CUSTOMERS AND MANDATES === #

    def test_customer_is_there_until_it_is_deleted(self):
        customer = self._create_customer()
        methods = self._get_methods()
        self.assertEqual(methods.read_customer(customer), FOUND)
        self._create_client().v1.customers.delete(customer)
        self.assertEqual(methods.read_customer(customer), GONE)
        self.assertEqual(methods.read_customer("cus_none"), ABSENT)

    def test_mandate_is_gone_when_it_is_inactive(self):
        mandate = {
            "id": "mandate_1",
            "object": "mandate",
            "livemode": False,
            "payment_method": "pm_1",
        }
        kinds = {"active": FOUND, "pending": FOUND, "inactive": GONE}
        for status, kind in kinds.items():
            body = {**mandate, "status": status}
            with canned_stripe({"GET /v1/mandates/mandate_1": (200, body)}):
                report = self._get_methods().read_mandate("mandate_1")
            self.assertEqual((report.kind, report.method_ref), (kind, "pm_1"))
