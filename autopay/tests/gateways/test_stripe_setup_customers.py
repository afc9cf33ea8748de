from itertools import count

from odoo.tests import BaseCase, tagged

from ...gateways import base
from ...gateways.base import Credentials, CustomerOrder
from ...gateways.stripe.account import StripeAccount
from ..common_simulator import TEST_KEY, SimulatorMixin, canned_stripe

PATH = "/v1/customers"
_numbers = count(1)


@tagged("post_install", "-at_install")
class TestStripeSetupCustomers(SimulatorMixin, BaseCase):
    """The customer at Stripe with whom methods are kept, made once for each key."""

    def _get_setups(self):
        return StripeAccount(Credentials(1, TEST_KEY, False)).setups

    def _get_order(self, **values):
        number = next(_numbers)
        return CustomerOrder(**{"key": f"customer-{number}", "name": "Mill", **values})

    def _create_canned(self, status, body):
        with canned_stripe({f"POST {PATH}": (status, body)}):
            return self._get_setups().create_customer(self._get_order())

    def test_customer_is_made_once_for_each_key(self):
        order = self._get_order(
            email="mill@example.com", metadata={"autopay_partner": "7"}
        )
        setups = self._get_setups()
        made, again = (setups.create_customer(order) for _time in range(2))
        self.assertEqual((made.kind, made), (base.PREPARED, again))
        seen = self._create_client().v1.customers.retrieve(made.ref)
        self.assertEqual((seen.name, seen.email), ("Mill", "mill@example.com"))
        self.assertEqual(seen.metadata.to_dict(), {"autopay_partner": "7"})

    def test_answer_that_was_lost_is_had_again(self):
        order, setups = self._get_order(), self._get_setups()
        self.admin.add_fault("reset_after", times=2, path=PATH)
        lost = setups.create_customer(order)
        self.assertEqual((lost.kind, lost.ref), (base.UNKNOWN, ""))
        self.assertEqual(lost.stop_reason, base.STOP_UNREACHABLE)
        self.assertEqual(setups.create_customer(order).kind, base.PREPARED)

    def test_refusal_names_what_was_refused(self):
        error = {"type": "invalid_request_error", "code": "email_invalid"}
        made = self._create_canned(400, {"error": {**error, "param": "email"}})
        self.assertEqual((made.kind, made.param), (base.REFUSED, "email"))
        self.assertEqual(made.code, "email_invalid")

    def test_anything_but_a_customer_of_our_mode_is_unknown(self):
        right = {"id": "cus_1", "object": "customer", "livemode": False}
        self.assertEqual(self._create_canned(200, right).ref, "cus_1")
        cases = [
            (200, {**right, "livemode": True}),
            (200, {**right, "object": "charge"}),
            (200, {**right, "id": None}),
            (200, "<html>"),
            (500, {"error": {"type": "api_error"}}),
        ]
        for status, body in cases:
            with self.subTest(body=str(body)):
                made = self._create_canned(status, body)
                self.assertEqual((made.kind, made.ref), (base.UNKNOWN, ""))

    def test_defect_of_ours_is_unknown(self):
        order = CustomerOrder("k", "Mill", metadata=None)
        with self.assertLogs("odoo.addons.autopay.gateways.stripe.setups"):
            made = self._get_setups().create_customer(order)
        self.assertEqual((made.kind, made.code), (base.UNKNOWN, base.RAISED))
