from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..fault import fault
from .common_series import SeriesCommon


@tagged("post_install", "-at_install")
class TestAutopaySeriesCopies(SeriesCommon):
    """Each invoice of a series is collected once, as the one before it."""

    def _create_on(self, **values):
        first = self._create_first(**values)
        first.action_autopay_make_eligible()
        return first

    def test_series_of_three_is_collected_by_itself_and_ends(self):
        token = self._enrol()
        first = self._create_on()
        first.autopay_repeat_count = 3
        first.action_post()
        # Odoo posts one invoice of a series with each run of its job.
        for _ in range(4):
            self._run_autopay()
            self._post_as_odoo()
        moves = self._get_all(first)
        self.assertEqual(
            self._get_dates(moves), ["2025-01-31", "2025-02-28", "2025-03-31"]
        )
        self.assertEqual(moves.mapped("autopay_status"), ["success"] * 3)
        self.assertEqual(moves.mapped("amount_residual"), [0.0] * 3)
        self.assertEqual([len(self._get_charges(move)) for move in moves], [1, 1, 1])
        self.assertEqual(moves.autopay_attempt_ids.token_id, token)
        self.assertEqual(moves.mapped("autopay_date"), moves.mapped("invoice_date_due"))
        series = self._get_series(first)
        self.assertEqual(
            (series.state, series.progress, series.collected_amount),
            ("ended", "3 of 3", 300.0),
        )

    def test_next_invoice_inherits_the_method_and_nothing_of_one_occurrence(self):
        self._enrol()
        other = self._create_token(payment_details="1111")
        first = self._create_on()
        first.write(
            {
                "autopay_token_id": other.id,
                "autopay_allowed_kinds": "card",
                "autopay_date": self.today + timedelta(days=9),
                "autopay_hold_date": self.today + timedelta(days=3),
                "autopay_hold_reason": "Asked by phone",
                "autopay_in_dispute": True,
            }
        )
        first.action_post()
        first._set_autopay_customer_hold(True)
        follower = self._get_next(first)
        self.assertEqual(follower.autopay_status, "eligible")
        self.assertEqual(follower.autopay_token_id, other)
        self.assertEqual(follower.autopay_allowed_kinds, "card")
        for name in (
            "autopay_date",
            "autopay_hold_date",
            "autopay_hold_reason",
            "autopay_in_dispute",
            "autopay_customer_hold",
            "autopay_plan_id",
        ):
            self.assertFalse(follower[name], name)
        follower.action_post()
        self.assertEqual(follower.autopay_date, follower.invoice_date_due)
        self.assertEqual(follower.autopay_date_source, "rule")

    def test_next_invoice_is_not_put_on_autopay_once_somebody_wants_none(self):
        self._enrol()
        for case in ("customer", "company", "by hand"):
            with self.subTest(case):
                first = self._create_on()
                owner = self.customer.with_company(self.company)
                if case == "customer":
                    owner.autopay_policy = "off"
                elif case == "company":
                    self.company.autopay_enabled = False
                else:
                    first.action_autopay_remove()
                first.action_post()
                self.assertEqual(len(self._get_next(first)), 1)
                self.assertFalse(self._get_next(first).autopay_status)
                owner.autopay_policy = False
                self.company.autopay_enabled = True

    def test_customer_without_method_keeps_the_series_and_a_person_is_to_see_to_it(
        self,
    ):
        first = self._create_on()
        first.action_post()
        follower = self._get_next(first)
        follower.action_post()
        self.assertEqual(follower.autopay_blocker, "no_method")
        series = self._get_series(first)
        self.assertIn("no payment method", series.explanation.lower())
        self.customer.active = False
        self._get_next(first).action_post()
        self.assertEqual(self._get_all(first)[2].autopay_blocker, "customer_archived")

    def test_policy_automatic_puts_each_on_autopay_when_it_is_posted(self):
        self._enrol()
        self.company.autopay_policy = "automatic"
        first = self._create_first()
        first.action_post()
        self.assertFalse(self._get_next(first).autopay_status)
        self._post_as_odoo()
        self._run_autopay()
        posted = self._get_all(first).filtered(lambda move: move.state == "posted")
        self.assertEqual(posted.mapped("autopay_status"), ["success"] * 2)

    def test_invoice_put_on_autopay_after_posting_takes_the_next_one_along(self):
        self._enrol()
        first = self._create_first()
        first.action_post()
        first.with_user(self.user).action_autopay_make_eligible()
        follower = self._get_next(first)
        self.assertEqual(follower.autopay_status, "eligible")
        self.assertIn("together with", follower.message_ids[0].body)
        # A draft that was taken off stays off, whatever becomes of the one before.
        follower.with_user(self.user).action_autopay_remove()
        self._run_autopay()
        self.assertEqual(first.autopay_status, "success")
        follower.action_post()
        self.assertFalse(self._get_next(first).autopay_status)

    def _post_again(self, move, day):
        """Reset an invoice and post it with another day; numbers are of a year."""
        move.button_draft()
        move.write({"name": False, "invoice_date": day, "date": day})
        move.action_post()

    def test_invoice_posted_once_more_makes_no_second_one_for_the_same_period(self):
        self._enrol()
        first = self._create_on()
        first.action_post()
        follower = self._get_next(first)
        first.button_draft()
        first.invoice_line_ids.price_unit = 120.0
        first.action_post()
        self.assertEqual(self._get_next(first), follower)
        self.assertIn("goes on with", first.message_ids.mapped("body")[0])
        # Nor where it gets a day behind the next one.
        day = first.invoice_date
        self._post_again(first, follower.date + timedelta(days=5))
        self.assertEqual(self._get_all(first), first | follower)
        self._post_again(first, day)
        # Nor does a later one, which the series has left behind.
        follower.action_post()
        follower.button_draft()
        follower.action_post()
        self.assertEqual(len(self._get_all(first)), 3)
        self._run_autopay()
        self.assertEqual(
            sum(len(self._get_charges(move)) for move in self._get_all(first)), 2
        )
        # Without a next invoice the series goes on.
        self._get_next(first).unlink()
        last = self._get_all(first)[-1]
        self.assertTrue(last.autopay_attempt_ids)
        self.assertEqual(self._get_series(first).state, "stopped")

    def test_method_of_somebody_else_stops_no_posting(self):
        self._enrol()
        first = self._create_on()
        other = self._create_customer("Blue River Farm")
        self._force(first, autopay_token_id=self._create_token(customer=other).id)
        first.action_post()
        self.assertEqual(first.state, "posted")
        self.assertFalse(self._get_next(first).autopay_status)
        self.assertIn("belongs to", "".join(first.message_ids.mapped("body")))

    def test_draft_edited_by_hand_is_charged_as_it_is_then(self):
        self._enrol()
        first = self._create_on()
        first.action_post()
        follower = self._get_next(first)
        follower.invoice_line_ids.price_unit = 130.0
        self._post_as_odoo()
        self._run_autopay()
        self.assertEqual(follower.autopay_attempt_ids.amount, 130.0)
        self.assertEqual(first.autopay_attempt_ids.amount, 100.0)

    def test_second_person_is_kept_for_what_odoo_posts_by_itself(self):
        self._enrol()
        self.company.autopay_approval_limit = 50.0
        first = self._create_first().with_user(self.user)
        first.action_autopay_make_eligible()
        self.assertEqual(first.autopay_marked_by_id, self.user)
        first.sudo()._post()
        follower = self._get_next(first.sudo())
        self.assertEqual(follower.autopay_marked_by_id, self.user)
        self._post_as_odoo()
        self.assertEqual(follower.autopay_approval_ids.requested_by_id, self.user)

    @fault(128)
    def test_cancelled_series_has_no_charge_and_says_how_it_goes_on(self):
        self._enrol()
        first = self._create_on()
        first.action_post()
        first.button_cancel()
        series = self._get_series(first, self.user)
        self.assertEqual(series.state, "canceled")
        self.assertIn("the series goes on", series.explanation)
        series.action_stop()
        series = self._get_series(first, self.user)
        self.assertEqual(series.state, "canceled")
        self.assertIn("there is no next one", series.explanation)
        with self.assertRaisesRegex(UserError, "no next invoice"):
            series.action_stop()
        self._post_as_odoo()
        self._run_autopay()
        self.assertFalse(self._get_all(first).autopay_attempt_ids)
