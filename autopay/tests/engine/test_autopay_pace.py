import math

from odoo.tests import BaseCase, tagged

from ...gateways.pace import EASE_SECONDS, TENTHS, get_limit, get_steps, give_out
from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestPaceOfRequests(BaseCase):
    """Slots for requests, given out to workers that know nothing of each other."""

    def test_no_second_holds_more_requests_than_the_limit(self):
        slots, times, now = {}, [], 1_700_000_000.0
        for step, count in enumerate([100, 30, 250, 1, 70] * 4):
            start = now + step * 0.35
            times += [start + wait for wait in give_out(slots, start, count, 100, 60)]
        times = sorted(int(time * TENTHS + 1e-6) for time in times)
        for first in set(times):
            within = [time for time in times if first <= time < first + TENTHS]
            self.assertLessEqual(len(within), 100)
        # Nothing is wasted either: 1,804 requests at 100 in a second.
        self.assertLess((times[-1] - times[0]) / TENTHS, 20)

    def test_one_worker_waits_only_when_it_sends_more_than_the_limit(self):
        slots = {}
        self.assertEqual(set(give_out(slots, 50.0, 100, 100, 60)), {0.0})
        self.assertEqual(set(give_out(slots, 51.2, 100, 100, 60)), {0.0})
        self.assertGreater(min(give_out(slots, 51.3, 5, 100, 60)), 0.8)
        self.assertLessEqual(len(slots), 2 * TENTHS)

    def test_nobody_is_given_a_turn_that_is_too_late_to_be_taken(self):
        slots = {}
        waits = give_out(slots, 50.0, 1000, 10, 60)
        sent = [wait for wait in waits if wait <= 60]
        self.assertEqual(len(sent), 610)
        self.assertEqual(set(waits[610:]), {math.inf})
        # The others did not take the turns of those who come after them.
        self.assertEqual(give_out(slots, 111.0, 1, 10, 60), [0.0])

    def test_clock_that_was_set_back_stops_nobody(self):
        slots = {}
        give_out(slots, 5_000.0, 50, 100, 60)
        self.assertEqual(set(give_out(slots, 50.0, 50, 100, 60)), {0.0})

    def test_provider_that_is_overrun_is_sent_less_and_more_again_in_time(self):
        self.assertEqual(
            [get_limit(100, step, 0) for step in range(4)], [100, 50, 25, 12]
        )
        self.assertEqual(get_limit(100, 9, 0), 6)
        self.assertEqual(get_limit(100, 2, EASE_SECONDS + 1), 50)
        self.assertEqual(get_steps(2, 1e9), 0)
        self.assertEqual(get_limit(1, 4, 0), 1)


@tagged("post_install", "-at_install")
class TestAutopayPace(AutopayCommon):
    """Processes know of each other's requests."""

    def setUp(self):
        super().setUp()
        self._enrol()
        self.pace = self.env["autopay.pace"].sudo()

    def _get_row(self):
        self.env.invalidate_all()
        return self.pace.search([("provider_id", "=", self.provider.id)])

    def _take(self, count):
        gateway = self.provider._get_autopay_gateway().charges
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            pace = self.env(cr=cr, su=True)["autopay.pace"]
            return pace._take([(self.provider.id, gateway, None)] * count)

    def test_requests_of_all_processes_share_the_limit(self):
        self.assertEqual(max(self._take(100)), 0.0)
        waits = self._take(40)
        self.assertGreater(min(waits), 0.0)
        self.assertLess(max(waits), 1.1)

    def test_account_with_a_limit_of_its_own_is_sent_no_more(self):
        self.provider.autopay_requests_per_second = 10
        waits = self._take(30)
        self.assertEqual([wait < 0.5 for wait in waits], [True] * 10 + [False] * 20)
        self.assertGreater(max(waits), 1.8)

    def test_requests_of_a_run_are_counted(self):
        self._create_due_invoice()
        self._run_autopay()
        row = self._get_row()
        self.assertEqual(sum(row.slots.values()), 2)
        self.assertFalse(row.steps)

    def test_refusal_slows_all_down_also_if_a_repeat_was_not_refused(self):
        invoice = self._create_due_invoice()
        self.admin.add_fault(
            "rate_limit_429", method="POST", path="/v1/payment_intents", times=1
        )
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(self._get_row().steps, 1)
        waits = self._take(60)
        self.assertGreater(max(waits), 0.8)

    def test_gateway_without_a_limit_waits_for_nobody(self):
        self.assertEqual(self.pace._take([(self.provider.id, object(), None)]), [0.0])
        self.assertFalse(self._get_row())
