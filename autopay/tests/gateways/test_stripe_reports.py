import time

from odoo.tests import BaseCase, tagged

from ...gateways.base import Credentials
from ...gateways.reports import Reading
from ...gateways.stripe import lists as stripe_lists
from ...gateways.stripe.charges import StripeReports
from ..common_simulator import TEST_KEY, SimulatorMixin, canned_stripe

LIST = "GET /v1/charges"
CHARGE = {"id": "ch_1", "object": "charge", "livemode": False}


@tagged("post_install", "-at_install")
class TestStripeReports(SimulatorMixin, BaseCase):
    def setUp(self):
        super().setUp()
        self.admin.reset()
        self.reports = StripeReports(Credentials(1, TEST_KEY, livemode=False))

    def _charge(self, behaviour=None, **values):
        """Charge at the simulator and return the request."""
        gateway = self._create_gateway()
        request = self._prepare(self._create_request(behaviour, **values))
        gateway.charge(request)
        return request

    def _read(self, since=None, until=None):
        now = self.admin.now()
        return self.reports.list_charges(
            now - 3600 if since is None else since, until or now + 3600
        )

    def test_an_intent_that_the_account_does_not_know_has_no_charge(self):
        with canned_stripe({LIST: (404, '{"error": {"code": "resource_missing"}}')}):
            reports = StripeReports(Credentials(1, TEST_KEY, livemode=False))
            reading = reports.add_charges_of(["pi_1"], Reading())
        self.assertEqual(reading, Reading((), True, ""))

    def test_what_was_not_read_to_its_end_is_not_looked_up(self):
        reading = Reading((), False, "unreachable")
        self.assertIs(self.reports.add_charges_of(["pi_1"], reading), reading)

    def _read_canned(self, status, body):
        with canned_stripe({LIST: (status, body)}):
            reports = StripeReports(Credentials(1, TEST_KEY, livemode=False))
            return reports.list_charges(0, 1)

    def test_a_charge_is_told_with_its_tags_and_exact_amount(self):
        request = self._charge(
            amount_minor=777,
            currency="eur",
            metadata={"autopay_database": "our-database"},
        )
        (row,) = self._read().rows
        self.assertEqual((row.amount_minor, row.currency), (777, "eur"))
        self.assertEqual(row.object_ref, request.object_ref)
        self.assertEqual(row.tag, request.metadata_tag)
        self.assertEqual(row.database, "our-database")
        self.assertEqual((row.status, row.livemode), ("succeeded", False))
        self.assertTrue(row.charge_ref.startswith("ch_"))

    def test_a_declined_charge_is_told_as_failed(self):
        self._charge({"kind": "decline", "decline_code": "insufficient_funds"})
        (row,) = self._read().rows
        self.assertEqual(row.status, "failed")

    def test_a_charge_of_another_program_has_no_tags(self):
        customer = self._create_customer()
        method = self.admin.create_payment_method("card", customer)
        self._create_client().v1.payment_intents.create(
            {
                "amount": 500,
                "currency": "usd",
                "customer": customer,
                "payment_method": method["id"],
                "allowed_payment_method_types": ["card"],
                "confirm": True,
            }
        )
        (row,) = self._read().rows
        self.assertEqual((row.tag, row.database), ("", ""))

    def test_every_page_is_read_once(self):
        requests = [self._charge() for _number in range(5)]
        self.patch(stripe_lists, "PAGE_SIZE", 2)
        reading = self._read()
        self.assertTrue(reading.complete)
        self.assertEqual(
            sorted(row.tag for row in reading.rows),
            sorted(request.metadata_tag for request in requests),
        )

    def test_only_the_period_is_read(self):
        self._charge()
        now = self.admin.now()
        self.assertFalse(self._read(since=now + 60, until=now + 120).rows)
        self.assertFalse(self._read(since=now - 7200, until=now - 3600).rows)

    def test_a_list_that_does_not_end_is_incomplete(self):
        for _number in range(3):
            self._charge()
        self.patch(stripe_lists, "PAGE_SIZE", 1)
        self.patch(stripe_lists, "MAX_PAGES", 2)
        reading = self._read()
        self.assertEqual(
            (reading.complete, reading.problem), (False, "incomplete_list")
        )
        self.assertEqual(len(reading.rows), 2)

    def test_stripe_being_down_is_no_empty_list(self):
        self._charge()
        self.admin.add_fault("refuse", times=None)
        reading = self._read()
        self.assertEqual((reading.complete, reading.problem), (False, "unreachable"))

    def test_a_page_that_fails_later_leaves_the_list_incomplete(self):
        for _number in range(3):
            self._charge()
        self.patch(stripe_lists, "PAGE_SIZE", 1)
        self.patch(stripe_lists, "RETRIES", 0)
        self.admin.add_fault(
            "error_500_before", method="GET", path="/v1/charges", nth=2
        )
        reading = self._read()
        self.assertFalse(reading.complete)
        self.assertEqual(reading.problem, "unreadable")
        self.assertEqual(len(reading.rows), 1)

    def test_a_refused_key_is_said(self):
        error = {"error": {"type": "invalid_request_error", "message": "no"}}
        for status in (401, 403):
            with self.subTest(status):
                reading = self._read_canned(status, error)
                self.assertEqual(reading.problem, "credentials")

    def test_an_unreadable_answer_is_no_empty_list(self):
        for body in ("<html>", {}, {"data": "none", "has_more": False}, {"data": []}):
            with self.subTest(body):
                reading = self._read_canned(200, body)
                self.assertFalse(reading.complete)
                self.assertEqual(reading.problem, "unreadable")

    def test_charges_of_the_other_mode_are_not_taken_for_ours(self):
        body = {"data": [{**CHARGE, "livemode": True}], "has_more": False}
        reading = self._read_canned(200, body)
        self.assertEqual((reading.complete, reading.rows), (False, ()))
        self.assertEqual(reading.problem, "wrong_mode")

    def test_fields_that_are_missing_are_empty(self):
        reading = self._read_canned(200, {"data": [CHARGE], "has_more": False})
        (row,) = reading.rows
        self.assertEqual((row.object_ref, row.tag, row.amount_minor), ("", "", 0))
        self.assertTrue(reading.complete)

    def test_a_charge_is_known_by_the_id_of_its_intent(self):
        charge = {**CHARGE, "payment_intent": {"id": "pi_9"}}
        reading = self._read_canned(200, {"data": [charge], "has_more": False})
        self.assertEqual(reading.rows[0].object_ref, "pi_9")

    def test_reading_takes_seconds_since_the_epoch(self):
        self._charge()
        (row,) = self._read().rows
        self.assertLess(abs(row.created_at - time.time()), 3600)
