from odoo.tests import tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayTerms(AutopayCommon):
    """The text that a customer agrees to is recorded as shown, with its limits."""

    def _limit(self, token, amount):
        """Have the customer agree to a method up to an amount, and take that back."""
        authorizations = self.env["autopay.authorization"]
        consent = authorizations._record(
            self.customer, self.company, token, "staff", max_amount=amount
        )
        consent._revoke("Test")

    def _agree(self, token, old_token=None):
        terms = self.env["autopay.terms"]
        shown = terms._get(self.customer, self.company, token, old_token)
        return terms._agree(shown, self.customer, self.company, token)

    def test_limits_that_are_recorded_were_shown(self):
        old, new = self._create_token(), self._create_token()
        self.assertNotIn("At most", self._agree(new).text)
        self._limit(new, 30.0)
        for consent in (self._agree(new), self._agree(new, old)):
            self.assertIn("At most $\xa030.00 per charge.", consent.text)
            self.assertEqual(consent.max_amount, 30.0)
        self._limit(old, 50.0)
        consent = self._agree(new, old)
        self.assertIn("At most $\xa050.00 per charge.", consent.text)
        self.assertEqual(consent.max_amount, 50.0)
