import time
from dataclasses import dataclass, replace
from unittest.mock import patch

import stripe

from odoo.tests import BaseCase, tagged

from ...gateways.stripe import session as stripe_session
from ..common_simulator import SimulatorMixin, canned_stripe
from ..fault import fault


@dataclass(frozen=True)
class Fault:
    """A fault that never ends, and what becomes of a request that meets it.

    :param prepared: (kind, stop reason) of the preparation
    :param charged: (kind, stop reason) of the charge
    :param executed: whether Stripe did what was asked
    :param mismatch: whether a person must look
    """

    kind: str
    prepared: tuple[str, str]
    charged: tuple[str, str]
    executed: bool
    mismatch: bool = False


UNKNOWN = ("unknown", "")
DOWN = ("unknown", "unreachable")
BUSY = ("unknown", "rate_limit")
WRONG_MODE = ("unknown", "credentials")

# The preparation is repeated by the SDK, so a connection that breaks there broke twice
# in a row; the charge is never repeated.
FAULTS = [
    Fault("refuse", DOWN, UNKNOWN, executed=False),
    Fault("reset_before", DOWN, UNKNOWN, executed=False),
    Fault("reset_after", DOWN, UNKNOWN, executed=True),
    # The repeat meets its own first request, still under way: 409.
    Fault("delay_before", UNKNOWN, UNKNOWN, executed=True),
    Fault("delay_after", DOWN, UNKNOWN, executed=True),
    Fault("drip", ("prepared", ""), ("succeeded", ""), executed=True),
    Fault("truncate", UNKNOWN, UNKNOWN, executed=True),
    Fault("garbage", UNKNOWN, UNKNOWN, executed=True),
    Fault("html_502_before", UNKNOWN, UNKNOWN, executed=False),
    Fault("html_502_after", UNKNOWN, UNKNOWN, executed=True),
    Fault("conflict_409", UNKNOWN, UNKNOWN, executed=False),
    Fault("rate_limit_429", BUSY, BUSY, executed=False),
    Fault("lock_timeout_429", UNKNOWN, UNKNOWN, executed=False),
    Fault("error_500_before", UNKNOWN, UNKNOWN, executed=False),
    Fault("error_500_after", UNKNOWN, UNKNOWN, executed=True),
    Fault("wrong_amount", UNKNOWN, UNKNOWN, executed=True, mismatch=True),
    Fault("wrong_livemode", WRONG_MODE, WRONG_MODE, executed=True, mismatch=True),
]
SLOW = {"delay_before": 0.9, "delay_after": 0.9, "drip": 0.2}  # seconds
READ_TIMEOUT = 0.4  # seconds


@tagged("post_install", "-at_install")
class TestStripeFaults(SimulatorMixin, BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for patcher in (
            patch.object(stripe_session, "READ_TIMEOUT", READ_TIMEOUT),
            patch.object(stripe.HTTPClient, "INITIAL_DELAY", 0.01),
        ):
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.gateway = cls._create_gateway()

    def _add_fault(self, case, path):
        seconds = {"seconds": SLOW[case.kind]} if case.kind in SLOW else {}
        self.admin.add_fault(case.kind, method="POST", path=path, times=None, **seconds)

    def test_every_fault_while_preparing_moves_no_money_and_can_be_cleared_up(self):
        for case in FAULTS:
            with self.subTest(case.kind):
                request = self._create_request()
                self._add_fault(case, "/v1/payment_intents")
                outcome = self.gateway.prepare(request)
                self.admin.clear_faults()
                self.assertEqual((outcome.kind, outcome.stop_reason), case.prepared)
                self.assertEqual(outcome.mismatch, case.mismatch)
                truth = "prepared" if case.executed else "absent"
                self.assertEqual(self._read_settled(request, truth).kind, truth)
                self.assertEqual(self._count_charges(request), 0)

    @fault(19)
    def test_request_that_came_too_fast_is_repeated_and_charges_once(self):
        request = self._create_request()
        self.admin.add_fault("rate_limit_429", method="POST", times=2)
        prepared = self.gateway.prepare(request)
        self.admin.add_fault("rate_limit_429", method="POST", times=2)
        request = replace(request, object_ref=prepared.object_ref)
        self.assertEqual(self.gateway.charge(request).kind, "succeeded")
        self.assertEqual(self._count_charges(request), 1)

    @fault(16)
    @fault(17)
    @fault(18)
    def test_after_a_fault_the_same_preparation_again_makes_no_second_object(self):
        for case in FAULTS:
            with self.subTest(case.kind):
                request = self._create_request()
                self._add_fault(case, "/v1/payment_intents")
                self.gateway.prepare(request)
                self.admin.clear_faults()
                self._read_settled(request, "prepared" if case.executed else "absent")
                again = self.gateway.prepare(request)
                # Stripe keeps a 500 with the key and repeats it: the resolver finds the
                # object by its tag instead.
                kept = case.kind == "error_500_after"
                self.assertEqual(again.kind, "unknown" if kept else "prepared")
                self.assertEqual(self.gateway.withdraw(request).kind, "canceled")
                self.assertEqual(self.gateway.read(request).kind, "canceled")

    def test_every_fault_while_charging_charges_at_most_once_and_is_found_out(self):
        for case in FAULTS:
            with self.subTest(case.kind):
                request = self._prepare(self._create_request())
                self._add_fault(case, "*/confirm")
                outcome = self.gateway.charge(request)
                self.admin.clear_faults()
                self.assertEqual((outcome.kind, outcome.stop_reason), case.charged)
                self.assertEqual(outcome.mismatch, case.mismatch)
                self.assertEqual(outcome.object_ref, request.object_ref)
                truth = "succeeded" if case.executed else "prepared"
                self.assertEqual(self._read_settled(request, truth).kind, truth)
                self.assertEqual(self._count_charges(request), int(case.executed))

    def test_after_every_fault_the_same_charge_again_takes_the_money_once(self):
        for case in FAULTS:
            with self.subTest(case.kind):
                request = self._prepare(self._create_request())
                self._add_fault(case, "*/confirm")
                self.gateway.charge(request)
                self.admin.clear_faults()
                self.gateway.charge(request)
                self.assertEqual(
                    self._read_settled(request, "succeeded").amount_minor, 12345
                )
                self.assertEqual(self._count_charges(request), 1)

    def test_a_lost_answer_to_the_preparation_is_repeated_with_the_same_key(self):
        request = self._create_request()
        self.admin.add_fault("reset_after", path="/v1/payment_intents", times=1)
        self.admin.clear_requests()
        self.assertEqual(self.gateway.prepare(request).kind, "prepared")
        keys = [entry["idempotency_key"] for entry in self.admin.requests()]
        self.assertEqual(keys, [request.prepare_key] * 2)

    def test_a_lost_answer_to_the_charge_is_not_repeated_by_itself(self):
        request = self._prepare(self._create_request())
        self.admin.add_fault("reset_after", path="*/confirm", times=1)
        self.admin.clear_requests()
        self.assertEqual(self.gateway.charge(request).kind, "unknown")
        self.assertEqual(len(self.admin.requests()), 1)

    def test_a_server_that_is_not_there_stops_the_provider(self):
        request = self._prepare(self._create_request())
        with canned_stripe({}):
            gone = self._create_gateway()
        for step in (gone.prepare, gone.charge, gone.read, gone.withdraw):
            with self.subTest(step=step.__name__):
                outcome = step(request)
                self.assertEqual(outcome.kind, "unknown")
                self.assertEqual(outcome.code, "connection_failed")
                self.assertEqual(outcome.stop_reason, "unreachable")

    def _read_settled(self, request, truth):
        """Read until what was still under way when the caller gave up has ended."""
        outcome = self.gateway.read(request)
        for _poll in range(40):
            if outcome.kind == truth:
                break
            time.sleep(0.05)
            outcome = self.gateway.read(request)
        return outcome
