from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestResPartner(AutopayCommon):
    def _get_readiness(self):
        self.customer.invalidate_recordset()
        return self.customer.with_company(self.company).autopay_readiness

    def test_readiness_names_what_is_missing(self):
        self.assertEqual(self._get_readiness(), "no_method")
        token = self._enrol()
        self.assertEqual(self._get_readiness(), "ready")
        token.autopay_expiry_date = self.today - timedelta(days=1)
        self.assertEqual(self._get_readiness(), "method_expired")
        token.autopay_expiry_date = False
        self.customer.autopay_authorization_ids._revoke("x")
        self.assertEqual(self._get_readiness(), "authorization_revoked")
        token.active = False
        self.assertEqual(self._get_readiness(), "method_archived")
        self.customer.with_company(self.company).autopay_policy = "off"
        self.assertEqual(self._get_readiness(), "off")

    def test_nobody_is_said_to_be_charged_where_autopay_is_switched_off(self):
        self._enrol()
        customer = self.customer.with_company(self.company)
        self.assertIn("are charged with", customer.autopay_readiness_text)
        self.company.autopay_enabled = False
        customer.invalidate_recordset()
        self.assertIn("Nothing is charged now", customer.autopay_readiness_text)
        customer.autopay_token_id.active = False
        customer.invalidate_recordset()
        # Missing things stay said: they are mended before switching on again.
        self.assertIn("was archived", customer.autopay_readiness_text)

    def test_customers_are_found_by_readiness(self):
        self._enrol()
        partners = self.env["res.partner"].with_company(self.company)
        ready = partners.search([("autopay_readiness", "=", "ready")])
        self.assertIn(self.customer, ready)
        missing = partners.search([("autopay_readiness", "in", ["no_method"])])
        self.assertNotIn(self.customer, missing)

    def test_method_of_another_customer_cannot_be_chosen(self):
        token = self._create_token(customer=self._create_customer("Blue Harbour"))
        with self.assertRaises(ValidationError):
            self.customer.with_company(self.company).autopay_token_id = token

    def test_method_of_a_contact_pays_for_the_whole_customer(self):
        contact = self._create_customer("Accounts", parent_id=self.customer.id)
        token = self._create_token(customer=contact)
        self.customer.with_company(self.company).autopay_token_id = token
        invoice = self._create_due_invoice(customer=contact)
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")

    def test_token_is_kept_for_each_company(self):
        token = self._enrol()
        other = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(
            self.customer.with_company(self.company).autopay_token_id, token
        )
        self.assertFalse(self.customer.with_company(other).autopay_token_id)
