import hashlib

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayAuthorization(AutopayCommon):
    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.authorization = self.customer.autopay_authorization_ids

    def test_staff_choosing_a_method_records_who_when_and_the_words(self):
        authorization = self.authorization
        self.assertEqual(authorization.channel, "staff")
        self.assertEqual(authorization.user_id, self.env.user)
        self.assertEqual(authorization.token_id, self.token)
        self.assertIn(self.company.name, authorization.text)
        digest = hashlib.sha256(authorization.text.encode()).hexdigest()
        self.assertEqual(authorization.text_hash, digest)

    def test_an_authorization_is_found_by_customer_and_method(self):
        authorizations = self.env["autopay.authorization"]
        for text in (self.customer.name, "4242"):
            found = [found_id for found_id, _name in authorizations.name_search(text)]
            self.assertIn(self.authorization.id, found)
        self.assertFalse(authorizations.name_search("Nobody of that name"))

    def test_choosing_the_same_method_again_records_nothing_new(self):
        self.customer.with_company(self.company).autopay_token_id = self.token
        self.assertEqual(len(self.customer.autopay_authorization_ids), 1)

    def test_authorization_cannot_be_changed_even_by_the_superuser(self):
        with self.assertRaises(AccessError):
            self.authorization.sudo().text = "Anything"

    def test_authorization_cannot_be_deleted(self):
        with self.assertRaises(UserError):
            self.authorization.sudo().unlink()

    def test_revoking_keeps_the_first_date_and_reason(self):
        self.authorization._revoke("First")
        self.authorization._revoke("Second")
        self.assertEqual(self.authorization.revoke_reason, "First")
        self.assertEqual(self.authorization.revoked_by_id, self.env.user)

    def test_revoking_ends_every_consent_to_the_same_method(self):
        newer = self.env["autopay.authorization"]._record(
            self.customer, self.company, self.token, "paper"
        )
        newer._revoke("Customer called")
        self.assertTrue(self.authorization.revoked_date)
        readiness = self.customer.with_company(self.company).autopay_readiness
        self.assertEqual(readiness, "authorization_revoked")

    def test_new_authorization_after_a_revoked_one_counts(self):
        self.authorization._revoke("Moved")
        newer = self.env["autopay.authorization"]._record(
            self.customer, self.company, self.token, "paper"
        )
        latest = self.env["autopay.authorization"]._get_latest_by_token(
            self.customer, self.token, self.company
        )
        self.assertEqual(latest[self.customer.id, self.token.id], newer)
