from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common_series import SeriesCommon

# (first day, period, number of invoices, day of the last one)
COUNTS = [
    ("2025-01-31", "monthly", 2, "2025-02-28"),
    ("2025-01-31", "monthly", 3, "2025-03-31"),
    ("2024-01-31", "monthly", 14, "2025-02-28"),
    ("2025-01-15", "monthly", 1, "2025-01-15"),
    ("2024-11-30", "quarterly", 2, "2025-02-28"),
    ("2024-11-30", "quarterly", 5, "2025-11-30"),
    ("2024-02-29", "yearly", 2, "2025-02-28"),
    ("2024-02-29", "yearly", 5, "2028-02-29"),
]


@tagged("post_install", "-at_install")
class TestAutopaySeriesCount(SeriesCommon):
    """The number of invoices and the end of a series say the same."""

    def _expect_end(self, record, day):
        self.assertEqual(record.auto_post_until, fields.Date.to_date(day))

    def test_number_gives_the_end_and_the_end_the_number(self):
        move = self._create_first()
        form = self._form(move)
        for day, period, count, last in COUNTS:
            with self.subTest(day=day, period=period, count=count):
                form.invoice_date = day
                form.auto_post = period
                form.auto_post_until = False
                self.assertEqual(form.autopay_repeat_count, 0)
                form.autopay_repeat_count = count
                self._expect_end(form, last)
                form.autopay_repeat_count = 0
                self.assertFalse(form.auto_post_until)
                form.auto_post_until = last
                self.assertEqual(form.autopay_repeat_count, count)
                before = fields.Date.add(fields.Date.to_date(last), days=-1)
                form.auto_post_until = before
                self.assertEqual(form.autopay_repeat_count, max(count - 1, 1))
        # Nothing was saved.
        self.assertFalse(move.auto_post_until)

    def test_number_and_end_are_saved_as_they_were_typed(self):
        with self._form(self._create_first()) as form:
            form.autopay_repeat_count = 4
        move = form.record
        self._expect_end(move, "2025-04-30")
        self.assertEqual(move.autopay_repeat_given, 4)
        with self._form(move) as form:
            form.auto_post_until = "2025-03-10"
        # The end itself was given: it is no end of a month by accident.
        self._expect_end(move, "2025-03-10")
        self.assertEqual((move.autopay_repeat_count, move.autopay_repeat_given), (2, 0))
        with self._form(move) as form:
            form.invoice_date = "2025-02-01"
        self._expect_end(move, "2025-03-10")

    def test_number_that_was_given_stays_on_other_dates(self):
        move = self._create_first()
        with self._form(move) as form:
            form.autopay_repeat_count = 3
            form.invoice_date = "2025-03-31"
            self._expect_end(form, "2025-05-31")
            form.auto_post = "quarterly"
        self._expect_end(move, "2025-09-30")
        self.assertEqual((move.autopay_repeat_count, move.autopay_repeat_given), (3, 3))
        with self._form(move) as form:
            form.auto_post = "no"
        self.assertEqual((move.autopay_repeat_count, move.autopay_repeat_given), (0, 0))
        self.assertFalse(move.auto_post_until)

    def test_copies_count_down_whatever_their_dates_become(self):
        move = self._create_first(autopay_repeat_count=4)
        self._expect_end(move, "2025-04-30")
        # It is posted later than it was meant to be, by a date past its end.
        move.invoice_date = "2025-02-28"
        move.action_post()
        self._expect_end(move, "2025-05-28")
        counts = [move.autopay_repeat_count]
        while follower := self._get_next(move):
            counts.append(follower.autopay_repeat_count)
            follower.action_post()
        self.assertEqual(counts, [4, 3, 2, 1])
        self.assertEqual(
            self._get_dates(self._get_all(move)),
            ["2025-02-28", "2025-03-28", "2025-04-28", "2025-05-28"],
        )

    def test_end_of_a_copy_is_what_somebody_gives_it(self):
        move = self._create_first(autopay_repeat_count=12)
        move.action_post()
        follower = self._get_next(move)
        follower.auto_post_until = "2025-03-31"
        self.assertEqual(follower.autopay_repeat_given, 0)
        follower.action_post()
        self._get_next(move).action_post()
        self.assertFalse(self._get_next(move))
        self.assertEqual(len(self._get_all(move)), 3)

    def test_numbers_that_no_series_can_have_are_refused_in_words(self):
        move = self._create_first()
        once = self._create_first(auto_post="at_date")
        posted = self._create_first()
        posted.action_post()
        for each, count, words in (
            (move, -1, "1 to 1200 invoices"),
            (move, 5000, "1 to 1200 invoices"),
            (once, 3, "not recurring"),
            (posted, 3, "still a draft"),
        ):
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                each.with_user(self.user).autopay_repeat_count = count
        form = Form(move.with_user(self.user))
        form.autopay_repeat_count = -3
        self.assertEqual(form.autopay_repeat_count, 0)
        move.autopay_repeat_count = 1200
        self.assertEqual(move.auto_post_until.year, 2124)
