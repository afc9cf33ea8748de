from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from tests.model.replay import make_settings

from ...schedules.parts import Row
from ...schedules.plans import (
    MAX_ROWS,
    count_by_amount,
    divide_by_amount,
    divide_equally,
    find_problems,
    get_dates,
    keep_paid,
)

TODAY = date(2027, 1, 31)


@tagged("post_install", "-at_install")
class TestPlans(BaseCase):
    def test_months_are_counted_from_the_first_part(self):
        days = get_dates(TODAY, 4, 1, "month")
        self.assertEqual(
            days,
            [TODAY, date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)],
        )

    def test_every_second_week(self):
        days = get_dates(TODAY, 3, 2, "week")
        self.assertEqual(days[2] - days[0], timedelta(days=28))

    def test_equal_parts_differ_by_the_rounding_of_the_last(self):
        self.assertEqual(divide_equally(10000, 3), [3333, 3333, 3334])

    def test_fixed_amount_leaves_the_rest_for_the_last(self):
        self.assertEqual(divide_by_amount(1000, 300), [300, 300, 300, 100])
        self.assertEqual(divide_by_amount(900, 300), [300, 300, 300])

    def test_divisions_add_up(self):
        def check(total, count, amount):
            if count <= total:
                self.assertEqual(sum(divide_equally(total, count)), total)
                self.assertEqual(len(divide_equally(total, count)), count)
            parts = divide_by_amount(total, amount)
            self.assertEqual(sum(parts), total)
            self.assertEqual(len(parts), count_by_amount(total, amount))
            self.assertTrue(all(0 < part <= amount for part in parts))

        numbers = st.integers(1, 20000)
        make_settings(200, 1)(
            given(numbers, st.integers(1, MAX_ROWS), st.integers(50, 20000))(check)
        )()

    def _find(self, rows, total=300):
        return [(each.code, each.place) for each in find_problems(rows, total, TODAY)]

    def test_each_bad_row_is_found(self):
        day = TODAY + timedelta(days=10)
        good = [Row(TODAY, 100), Row(day, 200)]
        self.assertEqual(self._find(good), [])
        cases = [
            ([], [("empty", None)]),
            ([Row(TODAY, 1)] * 200, [("many", None)]),
            ([Row(None, 300)], [("undated", 0)]),
            ([Row(TODAY - timedelta(days=1), 300)], [("past", 0)]),
            ([Row(date(2099, 1, 1), 300)], [("far", 0)]),
            ([Row(day, 100), Row(day, 200)], [("same_day", 1)]),
            ([Row(day, 100), Row(TODAY, 200)], [("unordered", 1)]),
            ([Row(TODAY, 300), Row(day, 0)], [("nothing", 1)]),
            ([Row(TODAY, 400), Row(day, -100)], [("nothing", 1)]),
            ([Row(TODAY, 100), Row(day, 199)], [("less", None)]),
            ([Row(TODAY, 100), Row(day, 201)], [("more", None)]),
        ]
        for rows, found in cases:
            with self.subTest(found=found):
                self.assertEqual(self._find(rows), found)

    def test_what_is_paid_of_a_plan_comes_before_the_new_parts(self):
        rows = [Row(TODAY + timedelta(days=30 * number), 100) for number in range(4)]
        kept = keep_paid(rows, 400, 150, TODAY)
        self.assertEqual([row.amount for row in kept], [100, 100, 50])
        self.assertTrue(all(row.date <= TODAY for row in kept))
        self.assertEqual(keep_paid(rows, 400, 400, TODAY), [])
