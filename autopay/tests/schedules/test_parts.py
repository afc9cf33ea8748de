from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from tests.model.replay import make_settings

from ...schedules.parts import Limits, Row, find_open, get_due

START = date(2027, 1, 10)
FOUR = [Row(START + timedelta(days=30 * number), 25000) for number in range(4)]


def _day(number):
    return START + timedelta(days=number)


def _amounts(rows):
    return sum(row.amount for row in rows)


ROWS = st.lists(
    st.builds(Row, st.integers(0, 120).map(_day), st.integers(1, 20000)),
    min_size=1,
    max_size=8,
)
LIMITS = st.builds(Limits, st.sampled_from([1, 50, 200]), st.sampled_from([1, 10, 100]))
# The events of the days to come: the engine's run, or so much paid by others.
EVENTS = st.lists(
    st.tuples(st.integers(0, 25), st.one_of(st.none(), st.integers(-9000, 9000))),
    max_size=20,
)


@tagged("post_install", "-at_install")
class TestParts(BaseCase):
    def _check(self, count, check, *strategies):
        make_settings(count, 1)(given(*strategies)(check))()

    # === EXAMPLES === #

    def test_nothing_is_due_before_the_first_day(self):
        due = get_due(FOUR, 100000, 100000, _day(-1))
        self.assertEqual((due.amount, due.day), (25000, _day(0)))
        self.assertFalse(due.is_due(_day(-1)))
        self.assertTrue(due.is_due(_day(0)))

    def test_all_parts_that_have_come_are_due_together(self):
        due = get_due(FOUR, 100000, 100000, _day(40))
        self.assertEqual((due.amount, due.day), (50000, _day(0)))
        self.assertEqual((due.next_amount, due.next_day), (25000, _day(60)))
        self.assertEqual((due.part, due.parts, due.collected), (1, 4, 0))

    def test_payment_pays_the_oldest_part_first(self):
        due = get_due(FOUR, 100000, 70000, _day(40))
        self.assertEqual((due.amount, due.day, due.part), (20000, _day(30), 2))

    def test_payment_in_advance_shifts_the_parts(self):
        due = get_due(FOUR, 100000, 40000, _day(0))
        self.assertEqual((due.amount, due.day), (15000, _day(60)))
        self.assertEqual((due.next_amount, due.next_day), (25000, _day(90)))

    def test_nothing_comes_when_nothing_is_open(self):
        due = get_due(FOUR, 100000, 0, _day(40))
        self.assertEqual((due.amount, due.day, due.next_day), (0, None, None))
        self.assertEqual(due.collected, 4)

    def test_last_part_takes_what_the_others_leave(self):
        thirds = [Row(_day(30 * number), 33) for number in range(3)]
        due = get_due(thirds, 100, 34, _day(90))
        self.assertEqual(due.amount, 34)

    def test_part_below_the_minimum_waits_for_the_next(self):
        rows = [Row(_day(0), 30), Row(_day(30), 1000)]
        due = get_due(rows, 1030, 1030, _day(0), limits=Limits(50))
        self.assertEqual((due.amount, due.day, due.late), (1030, _day(30), 30))

    def test_last_part_below_the_minimum_goes_with_the_one_before(self):
        rows = [Row(_day(0), 1000), Row(_day(30), 30)]
        due = get_due(rows, 1030, 1030, _day(0), limits=Limits(50))
        self.assertEqual((due.amount, due.early, due.next_day), (1030, 30, None))

    def test_fraction_of_a_step_goes_with_the_next(self):
        rows = [Row(_day(30 * number), 33333) for number in range(3)]
        due = get_due(rows, 100000, 100000, _day(0), limits=Limits(1, 10))
        self.assertEqual((due.amount, due.next_amount), (33330, 33330))

    def test_part_at_hand_is_moved_ahead_alone(self):
        due = get_due(FOUR, 100000, 75000, _day(5), moved=_day(5))
        self.assertEqual(
            (due.amount, due.day, due.next_day), (25000, _day(5), _day(60))
        )

    def test_part_at_hand_that_is_moved_back_holds_the_next_ones(self):
        due = get_due(FOUR, 100000, 100000, _day(45), moved=_day(50))
        self.assertEqual((due.amount, due.day), (50000, _day(50)))

    def test_parts_of_unlike_signs_are_never_more_than_what_is_open(self):
        rows = [Row(_day(0), 200), Row(_day(30), -100)]
        due = get_due(rows, 100, 100, _day(0))
        self.assertEqual((due.amount, due.next_day), (100, None))

    # === WHAT ALWAYS HOLDS === #

    def test_whatever_is_paid_in_between_all_is_charged_and_never_twice(self):
        def check(rows, events, limits):
            total = residual = _amounts(rows)
            today, charged, others = START, 0, 0
            for days, paid in [*events, (200, None), (0, None)]:
                today += timedelta(days=days)
                if paid is not None:
                    # Somebody pays, or takes back what was paid by others.
                    paid = max(min(paid, residual), -others)
                    others, residual = others + paid, residual - paid
                    continue
                due = get_due(rows, total, residual, today, limits=limits)
                if due.amount and due.is_due(today):
                    self._check_charge(rows, residual, today, due, limits)
                    charged, residual = charged + due.amount, residual - due.amount
            self.assertEqual(charged + others, total)
            self.assertEqual(residual, 0)

        self._check(400, check, ROWS, EVENTS, LIMITS)

    def _check_charge(self, rows, residual, today, due, limits):
        paid = _amounts(rows) - residual
        come = sum(row.amount for row in rows if row.date <= today)
        allowed = max(come - paid, 0)
        # The early part is too little to be charged by itself, or a fraction of a step.
        self.assertLessEqual(due.amount - due.early, allowed)
        self.assertLess(due.early, limits.minimum + limits.step)
        self.assertLessEqual(due.amount, residual)
        left = residual - due.amount
        self.assertTrue(not left or left >= limits.minimum)
        if left:
            self.assertEqual(due.amount % limits.step, 0)
            self.assertGreaterEqual(due.amount, limits.minimum)

    def test_everything_that_has_come_is_taken(self):
        def check(rows, days, share):
            total = _amounts(rows)
            residual = total * share // 100
            today = _day(days)
            due = get_due(rows, total, residual, today)
            come = sum(row.amount for row in rows if row.date <= today)
            expected = max(come - (total - residual), 0)
            self.assertEqual(due.amount if due.is_due(today) else 0, expected)

        self._check(300, check, ROWS, st.integers(-1, 121), st.integers(1, 100))

    def test_charge_at_hand_and_the_next_are_in_order(self):
        def check(rows, days, share, limits):
            total = _amounts(rows)
            residual = total * share // 100
            due = get_due(rows, total, residual, _day(days), limits=limits)
            self.assertEqual(due.collected, find_open(rows, total, residual))
            self.assertLessEqual(due.amount + due.next_amount, residual)
            if due.next_day:
                self.assertGreater(due.next_day, max(due.day, _day(days)))
                self.assertGreater(due.next_amount, 0)
            else:
                self.assertEqual(due.amount, residual)

        self._check(300, check, ROWS, st.integers(-1, 121), st.integers(0, 100), LIMITS)
