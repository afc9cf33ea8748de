from odoo.tests import tagged

from .common_pages import PagesCommon

OPTIONS = "//input[@name='o_payment_radio'][@data-payment-option-type='token']"


@tagged("post_install", "-at_install")
class TestPortalContacts(PagesCommon):
    """A customer's contacts pay with its saved methods as far as staff let them."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.colleague = self.colleague_user.partner_id
        self.invoice = self._create_posted_invoice()

    def _get_offered(self, user):
        """Return the ids of the saved methods that the page of an invoice offers."""
        self._log_in(user)
        page = self._open(f"{self.invoice.get_portal_url()}&payment=True")
        found = page.xpath(f"{OPTIONS}/@data-payment-option-id")
        return {int(token_id) for token_id in found}

    def test_contact_who_may_change_how_the_company_pays_is_offered_its_method(self):
        self.assertEqual(self._get_offered(self.owner_user), {self.token.id})
        self.assertFalse(self._get_offered(self.colleague_user))
        self.colleague.autopay_portal_manager = True
        self.assertEqual(self._get_offered(self.colleague_user), {self.token.id})
        _result, error = self._pay(self.invoice, self.token)
        self.assertFalse(error)
        payment = self._get_others(self.invoice)
        self.assertEqual(
            (payment.state, payment.partner_id, payment.token_id),
            ("done", self.colleague, self.token),
        )
        self.stranger.autopay_portal_manager = True
        self.assertFalse(self._get_offered(self.stranger_user))

    def test_method_of_a_contact_is_offered_to_others_once_it_pays_for_all(self):
        private = self._create_token(customer=self.colleague, payment_details="1111")
        self.assertEqual(self._get_offered(self.owner_user), {self.token.id})
        self.customer.with_company(self.company).autopay_token_id = private
        both = {self.token.id, private.id}
        self.assertEqual(self._get_offered(self.owner_user), both)
        consents = self.env["autopay.authorization"].sudo()
        consents.search([("token_id", "=", private.id)])._revoke("Asked by phone")
        self.assertEqual(self._get_offered(self.owner_user), {self.token.id})

    def test_method_of_a_contact_that_left_for_another_customer_goes_along(self):
        private = self._create_token(customer=self.colleague, payment_details="1111")
        self.customer.with_company(self.company).autopay_token_id = private
        self.colleague.parent_id = self.stranger.commercial_partner_id
        self.assertEqual(self._get_offered(self.owner_user), {self.token.id})

    def test_contacts_are_offered_what_odoo_offers_where_autopay_is_off(self):
        self.colleague.autopay_portal_manager = True
        self.company.autopay_enabled = False
        self.assertFalse(self._get_offered(self.colleague_user))
