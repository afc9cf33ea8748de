from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..fault import fault
from .common_setup import SetupCommon

SESSIONS = "/v1/checkout/sessions"


@tagged("post_install", "-at_install")
class TestAutopayMethodSetup(SetupCommon):
    """A method is saved on the provider's page, once, with the consent to it."""

    def setUp(self):
        super().setUp()
        self.admin.reset()

    # === THE PAGE === #

    def test_wish_is_written_down_before_the_page_is_asked_for(self):
        url = self._open()
        setup = self._get_setup()
        self.assertEqual((setup.state, setup.url), ("open", url))
        self.assertIn("/c/pay/", url)
        transaction = setup.transaction_id
        self.assertEqual(transaction.operation, "validation")
        self.assertTrue(transaction.tokenize)
        self.assertEqual((transaction.amount, transaction.state), (0, "draft"))
        self.assertIn("I authorize", setup.text)
        self.assertEqual(setup.ip_address, "203.0.113.7")
        self.assertFalse(self._get_tokens() | self._get_consents().token_id)

    def test_page_is_for_the_customer_and_says_what_was_agreed(self):
        self._open()
        setup = self._get_setup()
        session = self.stripe.v1.checkout.sessions.retrieve(setup.session_ref)
        self.assertEqual(session.custom_text.submit.message, setup.text)
        self.assertEqual(session.customer, setup.customer_ref)
        customer = self.stripe.v1.customers.retrieve(setup.customer_ref)
        self.assertEqual(customer.name, "Green Valley Dairy")
        self.assertEqual(customer.email, self.customer.email)
        self.assertIn(setup._get_return_path(), session.success_url)
        self.assertEqual(session.success_url, session.cancel_url)

    # === SAVED === #

    def test_saved_card_pays_by_itself_and_its_consent_is_kept(self):
        setup = self._save("card")
        self._check(setup)
        token = self._get_tokens()
        self.assertEqual(setup.state, "done")
        self.assertEqual((setup.token_id, self._get_default()), (token, token))
        self.assertEqual(token.payment_details, "4242")
        self.assertEqual(token.payment_method_id, self.card_method)
        self.assertEqual(str(token.autopay_expiry_date), "2034-12-31")
        self.assertTrue(token.autopay_fingerprint)
        self.assertEqual(token.provider_ref, setup.customer_ref)
        self.assertEqual(setup.transaction_id.state, "done")
        consent = self._get_consents()
        self.assertEqual((consent.token_id, consent.channel), (token, "portal"))
        self.assertEqual(consent.text, setup.text)
        self.assertEqual(consent.text_hash, setup.text_hash)
        self.assertEqual(consent.user_id, self.owner_user)
        self.assertEqual(consent.ip_address, "203.0.113.7")
        self.assertEqual(consent.user_agent, "Browser of a test")

    def test_saved_card_is_charged(self):
        setup = self._save("card")
        self._check(setup)
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.payment_state, "paid", invoice.autopay_explanation)
        self.assertEqual(
            invoice.autopay_attempt_ids.authorization_id, setup.authorization_id
        )

    def test_bank_account_keeps_its_mandate(self):
        setup = self._save("us_bank_account")
        self._check(setup)
        token = self._get_default()
        self.assertEqual(token.payment_method_id, self.debit_method)
        self.assertTrue(token.stripe_mandate.startswith("mandate_"))
        self.assertFalse(token.autopay_expiry_date)

    def test_copy_of_the_consent_is_mailed_once(self):
        setup = self._save("card")
        self._check(setup)
        self._resolve()
        consent = setup.authorization_id
        mails = self._write_copies(consent)
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.recipient_ids, self.customer)
        self.assertIn("I authorize", mails.body_html)
        self.assertIn("4242", mails.body_html)
        self.assertFalse(setup.next_check_date)

    # === NOT SAVED === #

    @fault(114)
    def test_declined_card_leaves_the_page_open(self):
        setup = self._save("card_declined")
        self._check(setup)
        self.assertEqual(setup.state, "open")
        self.assertEqual(setup.message, "Your card was declined.")
        self.assertFalse(self._get_tokens() | self._get_consents().token_id)

    def test_text_that_has_changed_is_shown_again(self):
        self.assertEqual(self._get_problem(text_hash="0" * 64), "outdated")
        self.assertFalse(self._get_setups())
        self.assertFalse(self._get_sent(SESSIONS))

    # === VISITORS === #

    def test_visits_that_saved_nothing_forget_who_came(self):
        self._open()
        setup = self._get_setup().sudo()
        old = fields.Datetime.now() - timedelta(days=31)
        self._force(setup, create_date=old)
        setup._gc_visitors()
        self.assertTrue(setup.ip_address, "it may still be saved")
        self._force(setup, state="done")
        setup._gc_visitors()
        self.assertTrue(setup.ip_address, "it is a part of the agreement")
        self._force(setup, state="expired", create_date=fields.Datetime.now())
        setup._gc_visitors()
        self.assertTrue(setup.ip_address, "it is not long ago")
        self._force(setup, create_date=old)
        setup._gc_visitors()
        self.assertFalse(setup.ip_address or setup.user_agent)
