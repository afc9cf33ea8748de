from datetime import timedelta

from odoo.tests import tagged

from ..common_discount import DiscountCommon
from ..credit.test_autopay_open_credit import OpenCreditCommon
from .common_deadline import DeadlineCommon


@tagged("post_install", "-at_install")
class TestAutopayDeadlineDiscount(DeadlineCommon, DiscountCommon, OpenCreditCommon):
    """A person who can clear the way is called while the discount still holds."""

    def _create_held(self, days_left):
        """Return an invoice held by credit, so many days before its discount ends."""
        self._credit(30)
        invoice = self._create_discounted(days_ago=7 - days_left)
        invoice.autopay_date = self.today + timedelta(days=days_left)
        self.company.sudo().autopay_blocked_date = False
        self.assertEqual(invoice.autopay_blocker, "open_credit")
        return invoice

    def test_person_is_called_before_the_discount_is_over(self):
        invoice = self._create_held(2)
        call = self._assert_called_once(self.customer, invoice.name)
        self.assertIn("discount is lost", call.note)

    def test_nobody_is_called_long_before(self):
        self._create_held(4)
        self._assert_not_called(self.customer)

    def test_nobody_is_called_early_where_no_discount_is_taken(self):
        self.company.autopay_discount_policy = "ignore"
        self._create_held(2)
        self._assert_not_called(self.customer)
