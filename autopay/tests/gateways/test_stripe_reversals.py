from odoo.tests import BaseCase, tagged

from ...gateways.base import Credentials
from ...gateways.reports import Reading
from ...gateways.stripe.reversals import StripeReversals
from ..common_simulator import TEST_KEY, SimulatorMixin, canned_stripe

DISPUTES = "GET /v1/disputes"
REFUNDS = "GET /v1/refunds"
EMPTY = {"object": "list", "data": [], "has_more": False}


@tagged("post_install", "-at_install")
class TestStripeReversals(SimulatorMixin, BaseCase):
    """Refunds and disputes as plain values, whole lists or none."""

    def setUp(self):
        super().setUp()
        self.reader = StripeReversals(Credentials(1, TEST_KEY, False))

    def _charge(self, amount=10000):
        request = self._prepare(self._create_request(amount_minor=amount))
        outcome = self._create_gateway().charge(request)
        self.assertEqual(outcome.kind, "succeeded")
        return outcome.object_ref

    def _refund(self, intent, amount):
        params = {"payment_intent": intent, "amount": amount}
        return self._create_client().v1.refunds.create(params).id

    def test_lists_are_read_to_their_end(self):
        intent = self._charge(30000)
        refs = {self._refund(intent, 100) for _number in range(105)}
        reading = self.reader.list_of(intent)
        self.assertTrue(reading.complete)
        self.assertEqual({row.ref for row in reading.rows}, refs)

    def test_refunds_and_disputes_are_listed_since_a_moment(self):
        intent = self._charge()
        refund = self._refund(intent, 100)
        other = self._charge()
        dispute = self.admin.open_dispute(other)["id"]
        now = self.admin.now()
        found = {row.ref: row for row in self.reader.list_since(now - 60).rows}
        self.assertEqual(found[refund].object_ref, intent)
        self.assertEqual(found[refund].amount_minor, 100)
        self.assertTrue(found[dispute].withdrawn)
        self.assertEqual(self.reader.list_since(now + 3600), Reading())

    def test_one_refund_is_read_as_it_is_now(self):
        refund = self._refund(self._charge(), 100)
        self.admin.settle_refund(refund, "failed", "declined")
        row = self.reader.read("refund", refund).rows[0]
        self.assertEqual((row.status, row.reason), ("failed", "declined"))

    def test_absent_refund_is_a_problem_and_no_row(self):
        reading = self.reader.read("refund", "re_nowhere")
        self.assertEqual((reading.rows, reading.complete), ((), False))
        self.assertEqual(reading.problem, "resource_missing")

    def test_list_that_breaks_off_is_incomplete(self):
        self.admin.add_fault("truncate", method="GET", path="/v1/disputes", times=None)
        reading = self.reader.list_since(0)
        self.assertFalse(reading.complete)
        self.assertTrue(reading.problem)

    def test_unreadable_row_makes_the_list_incomplete(self):
        rows = {**EMPTY, "data": [{"id": "re_1", "object": "refund"}]}
        answers = {REFUNDS: (200, rows), DISPUTES: (200, EMPTY)}
        with canned_stripe(answers):
            reader = StripeReversals(Credentials(1, TEST_KEY, False))
            reading = reader.list_since(0)
        self.assertFalse(reading.complete)
        self.assertFalse(reading.rows)

    def test_surprise_is_a_problem_and_no_exception(self):
        reading = self.reader.read("other", "re_1")
        self.assertEqual(reading.problem, "internal_error")

    def _read_canned(self, *rows, kind="refund"):
        rows = {**EMPTY, "data": [{"object": kind, **row} for row in rows]}
        lists = {"refund": REFUNDS, "dispute": DISPUTES}
        answers = dict.fromkeys(lists.values(), (200, EMPTY))
        with canned_stripe({**answers, lists[kind]: (200, rows)}):
            reader = StripeReversals(Credentials(1, TEST_KEY, False))
            return reader.list_since(0)

    def test_garbage_in_one_row_leaves_the_others_readable(self):
        good = {
            "id": "re_1",
            "amount": 100,
            "currency": "usd",
            "created": 1_700_000_000,
        }
        for bad in (
            {"id": "re_\0"},
            {"charge": "ch_\0"},
            {"payment_intent": {"id": "pi 1"}},
            {"amount": -5},
            {"amount": 10**30},
            {"created": 10**18},
        ):
            with self.subTest(bad):
                reading = self._read_canned({**good, **bad}, good)
                self.assertEqual([row.ref for row in reading.rows], ["re_1"])
                self.assertFalse(reading.complete)

    def test_money_converted_twice_is_back_although_the_sums_differ(self):
        dispute = {
            "id": "dp_1",
            "amount": 8000,
            "currency": "eur",
            "created": 1_700_000_000,
            "status": "won",
            "balance_transactions": [{"amount": -9000}],
        }
        reading = self._read_canned(dispute, kind="dispute")
        self.assertTrue(reading.rows[0].withdrawn)
        dispute["balance_transactions"].append({"amount": 8900})
        reading = self._read_canned(dispute, kind="dispute")
        self.assertFalse(reading.rows[0].withdrawn)
