from odoo.tests import tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestPaymentToken(AutopayCommon):
    """Staff who are no administrators find payment methods by typing."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.debit = self._create_token("pm_usBankAccount_success")
        self.billing = self._create_user("billing", "account.group_account_invoice")

    def _search(self, text, user=None, operator="ilike", **context):
        methods = self.env["payment.token"].with_user(user or self.billing)
        own = [("partner_id", "=", self.customer.id)]
        methods = methods.with_context(allowed_company_ids=self.company.ids, **context)
        found = methods.name_search(text, own, operator)
        return methods.browse(token_id for token_id, _name in found).sudo(False)

    def test_billing_users_find_a_method_by_what_they_read(self):
        self.assertEqual(self._search("4242"), self.token)
        self.assertEqual(self._search("visa"), self.token)
        self.assertEqual(self._search(self.token._get_autopay_label()), self.token)
        self.assertEqual(self._search("green valley 6789"), self.debit)
        self.assertFalse(self._search("visa 6789"))
        self.assertEqual(self._search("visa", operator="not ilike"), self.debit)
        self.assertEqual(self._search(""), self.token | self.debit)

    def test_administrators_find_it_by_its_brand_in_our_lists(self):
        admin = self._create_user(
            "boss", "account.group_account_manager,base.group_system"
        )
        self.assertEqual(self._search("visa", admin, autopay_brand=True), self.token)
        # Odoo's own search stays: it knows providers, but no brands.
        self.assertEqual(self._search("stripe", admin), self.token | self.debit)

    def test_billing_users_search_lists_by_method(self):
        consents = self.env["autopay.authorization"].with_user(self.billing)
        consents = consents.with_context(allowed_company_ids=self.company.ids)
        found = consents.search([("token_id", "ilike", "4242")])
        self.assertEqual(found.token_id, self.token)
        self.assertEqual(consents.search([("token_id", "=", "4242")]), found)
