import time
from dataclasses import replace
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ...gateways.stripe import gateway as stripe_gateway
from ..common_simulator import SimulatorMixin
from ..fault import fault


@tagged("post_install", "-at_install")
class TestStripeReading(SimulatorMixin, BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls._create_gateway()

    # === MISMATCH === #

    def test_an_answer_about_something_else_calls_a_person(self):
        request = self._prepare(self._create_request())
        self.gateway.charge(request)
        others = {
            "amount": replace(request, amount_minor=1),
            "currency": replace(request, currency="eur"),
            "metadata": replace(request, metadata_tag="INV/other"),
        }
        for name, other in others.items():
            with self.subTest(name):
                outcome = self.gateway.read(other)
                self.assertEqual((outcome.kind, outcome.mismatch), ("unknown", True))
                self.assertIn(name, outcome.message)

    def test_reserved_money_is_neither_paid_nor_declined(self):
        request = self._create_request()
        params = {**request.prepare_params, "capture_method": "manual"}
        request = self._prepare(replace(request, prepare_params=params))
        outcome = self.gateway.charge(request)
        self.assertEqual((outcome.kind, outcome.mismatch), ("unknown", True))
        self.assertEqual(outcome.code, "requires_capture")
        self.assertEqual(self.gateway.withdraw(request).kind, "canceled")

    # === READ === #

    def test_a_charge_that_was_never_sent_reads_as_prepared(self):
        request = self._prepare(self._create_request())
        self.assertEqual(self.gateway.read(request).kind, "prepared")

    def test_an_object_whose_id_was_lost_is_found_by_its_tag(self):
        request = self._create_request()
        made = self._prepare(request)
        outcome = self.gateway.read(request)
        self.assertEqual(outcome.kind, "prepared")
        self.assertEqual(outcome.object_ref, made.object_ref)

    def test_an_object_that_was_never_made_is_absent(self):
        self.assertEqual(self.gateway.read(self._create_request()).kind, "absent")

    def test_the_search_goes_through_all_pages(self):
        customer = self._create_customer()
        requests = [self._create_request(customer_ref=customer) for _n in range(5)]
        made = [self._prepare(request) for request in requests]
        with patch.object(stripe_gateway, "PAGE_SIZE", 2):
            found = [self.gateway.read(request).object_ref for request in requests]
            never = self._create_request(customer_ref=customer)
            self.assertEqual(self.gateway.read(never).kind, "absent")
        self.assertEqual(found, [request.object_ref for request in made])

    @fault(62)
    def test_an_incomplete_list_never_says_absent(self):
        customer = self._create_customer()
        for _n in range(3):
            self._prepare(self._create_request(customer_ref=customer))
        never = self._create_request(customer_ref=customer)
        with patch.object(stripe_gateway, "PAGE_SIZE", 1):
            with patch.object(stripe_gateway, "MAX_PAGES", 2):
                self.assertEqual(self.gateway.read(never).code, "incomplete_list")
            self.admin.add_fault("error_500_before", method="GET", nth=3, times=None)
            outcome = self.gateway.read(never)
        self.assertEqual((outcome.kind, outcome.code), ("unknown", "api_error"))

    # === WITHDRAW === #

    def test_a_withdrawn_object_can_never_be_charged(self):
        request = self._prepare(self._create_request())
        self.assertEqual(self.gateway.withdraw(request).kind, "canceled")
        self.assertEqual(self.gateway.charge(request).kind, "unknown")
        self.assertEqual(self.gateway.read(request).kind, "canceled")
        self.assertEqual(self._count_charges(request), 0)

    def test_withdrawing_twice_is_the_same_as_once(self):
        request = self._prepare(self._create_request())
        kinds = [self.gateway.withdraw(request).kind for _repeat in range(2)]
        self.assertEqual(kinds, ["canceled", "canceled"])

    def test_withdrawing_finds_an_object_whose_id_was_lost(self):
        request = self._create_request()
        made = self._prepare(request)
        outcome = self.gateway.withdraw(request)
        self.assertEqual(outcome.kind, "canceled")
        self.assertEqual(outcome.object_ref, made.object_ref)

    def test_withdrawing_what_was_never_made_says_absent(self):
        self.assertEqual(self.gateway.withdraw(self._create_request()).kind, "absent")

    def test_withdrawing_too_late_says_that_the_money_was_taken(self):
        request = self._prepare(self._create_request())
        self.gateway.charge(request)
        self.assertEqual(self.gateway.withdraw(request).kind, "succeeded")

    def test_a_bank_debit_under_way_cannot_be_withdrawn(self):
        request = self._prepare(self._create_request(method_type="us_bank_account"))
        self.gateway.charge(request)
        self.assertEqual(self.gateway.withdraw(request).kind, "pending")

    def test_a_declined_object_is_closed_by_withdrawing_it(self):
        request = self._prepare(self._create_request({"kind": "decline"}))
        self.gateway.charge(request)
        self.assertEqual(self.gateway.withdraw(request).kind, "canceled")

    def test_an_interrupted_withdrawal_is_unknown(self):
        request = self._prepare(self._create_request())
        self.admin.add_fault("error_500_after", path="*/cancel", times=None)
        self.assertEqual(self.gateway.withdraw(request).kind, "unknown")
        self.admin.clear_faults()
        self.assertEqual(self.gateway.withdraw(request).kind, "canceled")

    # === NEVER RAISES === #

    @mute_logger("odoo.addons.autopay.gateways.stripe.outcomes")
    def test_any_exception_at_all_becomes_unknown(self):
        request = replace(self._create_request(), object_ref="pi_1")
        gateway = self._create_gateway()
        for error in (RuntimeError("sk_test_secret"), KeyError("id"), MemoryError()):
            with patch.object(gateway, "_intents") as intents:
                for name in ("create", "confirm", "retrieve", "cancel"):
                    getattr(intents, name).side_effect = error
                for step in ("prepare", "charge", "read", "withdraw"):
                    with self.subTest(step=step, error=type(error).__name__):
                        outcome = getattr(gateway, step)(request)
                        self.assertEqual(outcome.kind, "unknown")
                        self.assertEqual(outcome.code, "internal_error")
                        self.assertNotIn("sk_test_secret", str(outcome))

    def test_an_exception_is_logged_without_its_text(self):
        gateway = self._create_gateway()
        request = replace(self._create_request(), object_ref="pi_1")
        logger = "odoo.addons.autopay.gateways.stripe.outcomes"
        with patch.object(gateway, "_intents") as intents:
            intents.confirm.side_effect = RuntimeError("sk_test_secret")
            with self.assertLogs(logger, "ERROR") as logs:
                gateway.charge(request)
        self.assertIn("RuntimeError", logs.output[0])
        self.assertNotIn("sk_test_secret", logs.output[0])

    @mute_logger("odoo.addons.autopay.gateways.stripe.outcomes")
    def test_nothing_is_sent_without_a_payment_intent(self):
        request = self._create_request()
        self.admin.clear_requests()
        self.assertEqual(self.gateway.charge(request).kind, "unknown")
        self.assertEqual(self.admin.requests(), [])

    def test_an_old_attempt_is_found_after_a_late_preparation(self):
        request = self._create_request()
        hours_ago = int(time.time()) - 5 * 3600
        request = replace(request, reserved_at=hours_ago)
        made = self._prepare(request)
        self.assertEqual(self.gateway.read(request).object_ref, made.object_ref)
