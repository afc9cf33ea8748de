from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_series import SeriesCommon


@tagged("post_install", "-at_install")
class TestAutopaySeries(SeriesCommon):
    """The page of series says what is done, what comes, and stops what shall not."""

    def test_page_says_how_each_series_stands(self):
        self._enrol()
        first = self._create_first(autopay_repeat_count=3)
        first.action_autopay_make_eligible()
        series = self._get_series(first, self.user)
        self.assertEqual((series.state, series.progress), ("waiting", "0 of 3"))
        self.assertEqual(series.next_date, first.date)
        first.action_post()
        self._run_autopay()
        series = self._get_series(first, self.user)
        self.assertEqual((series.state, series.progress), ("running", "1 of 3"))
        self.assertEqual(series.next_move_id, self._get_next(first))
        self.assertEqual(series.collected_amount, 100.0)
        self.assertTrue(series.is_on_autopay)
        self.assertIn("next invoice on Feb 28", series.explanation)
        moves = self.env["account.move"].search(series.action_view_moves()["domain"])
        self.assertEqual(moves, self._get_all(first))

    def test_series_whose_invoice_is_collected_for_a_reason_goes_on(self):
        self._enrol()
        draft, posted = self._create_first(), self._create_first()
        posted.action_post()
        for first in (draft, posted):
            self.assertFalse(first._autopay_collect("rule:1"))
            self._run_autopay()
            self.assertEqual(first.autopay_status, "success")
            series = self._get_series(first, self.user)
            self.assertEqual((series.state, series.is_on_autopay), ("running", True))
            follower = self._get_next(first)
            self.assertEqual(follower.autopay_status, "eligible")
            self.assertIn("together with", follower.message_ids[0].body)

    def test_series_without_end_and_other_documents(self):
        first = self._create_first()
        self.assertEqual(self._get_series(first).progress, "0")
        for values in ({"move_type": "out_refund"}, {"auto_post": "at_date"}):
            other = self._create_first(**values)
            self.assertFalse(self._get_series(other))
        self._force(self.company, autopay_known=False)
        self.assertFalse(self._get_series(first))

    def test_failed_invoices_are_counted_and_found(self):
        self._enrol("pm_card_chargeCustomerFail")
        first = self._create_first()
        first.action_autopay_make_eligible()
        first.action_post()
        self._run_autopay()
        self.assertEqual(self._get_series(first).failed_count, 1)
        found = self.env["autopay.series"].search([("failed_count", ">", 0)])
        self.assertIn(first, found.origin_id)
        self.assertEqual(self._get_series(first).collected_amount, 0.0)

    def test_buttons_change_what_is_to_come_and_nothing_else(self):
        self._enrol()
        first = self._create_first()
        first.action_post()
        self._get_series(first, self.user).action_make_eligible()
        self.assertFalse(first.autopay_status)
        self.assertEqual(self._get_next(first).autopay_status, "eligible")
        self._get_series(first, self.user).action_remove()
        follower = self._get_next(first)
        self.assertFalse(follower.autopay_status)
        self._get_series(first, self.user).action_stop()
        self.assertEqual((follower.state, follower.auto_post), ("draft", "no"))
        self.assertIn("stopped the series", follower.message_ids[0].body)
        series = self._get_series(first, self.user)
        self.assertEqual(series.state, "stopped")
        self.assertFalse(series.next_date)
        self._post_as_odoo()
        self.assertEqual(len(self._get_all(first)), 2)

    def test_page_is_for_billing_and_its_own_companies(self):
        first = self._create_first()
        reader = self._create_user("series_reader", "account.group_account_readonly")
        series = self._get_series(first, reader)
        self.assertEqual(series.partner_id, self.customer)
        for button in ("action_stop", "action_make_eligible", "action_remove"):
            with self.assertRaises(AccessError):
                getattr(series, button)()
        other = self._create_company(name="Elsewhere")
        stranger = self._create_user(
            "series_stranger",
            "account.group_account_invoice",
            company=other,
        )
        self.assertFalse(self._get_series(first, stranger))
        employee = self._create_user("series_employee", "base.group_user")
        with self.assertRaises(AccessError):
            self._get_series(first, employee)

    def test_policy_that_puts_invoices_on_autopay_counts(self):
        self.company.autopay_policy = "automatic"
        first = self._create_first()
        series = self._get_series(first, self.user)
        self.assertEqual((series.is_on_autopay, series.policy), (False, "automatic"))
        self.assertIn("only if the customer can be charged", series.explanation)
        self._enrol()
        series = self._get_series(first, self.user)
        self.assertEqual((series.is_on_autopay, series.is_marked), (True, False))
        self.assertIn("The policy Automatic puts it on autopay", series.explanation)
        found = self.env["autopay.series"].search([("is_on_autopay", "=", True)])
        self.assertIn(first, found.origin_id)
        # Posting would put the invoice there again.
        with self.assertRaisesRegex(UserError, "Choose another policy"):
            series.action_remove()
        self.customer.with_company(self.company).autopay_policy = "manual"
        series = self._get_series(first, self.user)
        self.assertEqual((series.is_on_autopay, series.policy), (False, "manual"))
        self.assertIn("It is not on autopay.", series.explanation)
        self.customer.with_company(self.company).autopay_policy = False
        first.action_post()
        self._run_autopay()
        follower = self._get_next(first)
        self.assertTrue(self._get_series(first, self.user).is_on_autopay)
        # It becomes of it as the page has said.
        follower.action_post()
        self.assertEqual(follower.autopay_status, "eligible")
        self.company.autopay_enabled = False
        first = self._create_first()
        self.assertFalse(self._get_series(first, self.user).is_on_autopay)
