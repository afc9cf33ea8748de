from datetime import timedelta

from odoo.tests import HttpCase, tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayConsentTour(AutopayCommon, HttpCase):
    """A billing user who may not edit contacts records consents in a real browser."""

    def setUp(self):
        super().setUp()
        self.card = self._create_token()
        groups = "account.group_account_invoice"
        self.biller = self._create_user("consent_biller", groups)

    def test_customer_is_set_up_and_the_invoices_told_are_charged(self):
        first = self._create_due_invoice(150.0)
        second = self._create_due_invoice(250.0)
        second.autopay_date = self.today + timedelta(days=7)
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}",
            "autopay_consent_tour",
            login=self.biller.login,
        )
        [consent] = self.customer.autopay_authorization_ids
        self.assertEqual((consent.channel, consent.max_amount), ("phone", 200.0))
        self.assertEqual(consent.user_id, self.biller)
        decisions = self.env["autopay.decision"]._decide(first | second)
        self.assertFalse(decisions[first].blocker)
        self.assertEqual(decisions[second].blocker, "above_authorization")

    def test_paper_mandate_is_recorded_for_a_saved_method(self):
        bank = self._create_token("pm_usBankAccount_success")
        self.start_tour(
            "/odoo/autopay-authorizations",
            "autopay_authorization_new_tour",
            login=self.biller.login,
        )
        [consent] = self.customer.autopay_authorization_ids
        self.assertEqual((consent.token_id, consent.channel), (bank, "paper"))
        self.assertEqual(consent.max_month_amount, 500.0)
        self.assertFalse(self.customer.with_company(self.company).autopay_token_id)
