from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ..common_portal import PortalCommon
from .common_setup import CommittingOverHttp, SetupCommon

SECOND_KEY = "sk_test_second"


@tagged("post_install", "-at_install")
class TestAutopayProviderUsage(CommittingOverHttp, SetupCommon, PortalCommon):
    """Two Stripe accounts and the Demo provider side by side, each for its purpose."""

    def setUp(self):
        super().setUp()
        self.second = self.provider.copy(
            {"name": "Stripe for Agreements", "sequence": 90}
        )
        self.second.write(
            {
                "stripe_publishable_key": "pk_test_second",
                "stripe_secret_key": SECOND_KEY,
                "state": "test",
                "is_published": True,
            }
        )
        self.demo = self._create_provider("demo", is_published=True, sequence=95)
        self.all = self.provider | self.second | self.demo

    # === ACTS AND FACTS === #

    def _get_offered(self, report=None, **values):
        """Return which of the three Odoo offers, to pay 100 or to save a method."""
        found = self.env["payment.provider"]._get_compatible_providers(
            self.company.id, self.customer.id, 100.0, report=report, **values
        )
        return found & self.all

    def _get_savable(self):
        own, others = self.env["autopay.saved.method"]._get_ways(
            self.company, self.customer
        )
        return own, others & self.all

    def _get_reason(self, provider, **values):
        report = {}
        self._get_offered(report, **values)
        row = report["providers"][provider]
        return "" if row["available"] else str(row["reason"])

    # === OFFERS === #

    def test_each_provider_is_offered_for_what_it_is_for(self):
        self.assertEqual(self._get_offered(), self.all)
        self.assertEqual(self._get_offered(is_validation=True), self.all)
        self.provider.autopay_usage = "one_time"
        self.second.autopay_usage = "autopay"
        self.assertEqual(self._get_offered(), self.provider | self.demo)
        self.assertEqual(
            self._get_offered(is_validation=True, force_tokenization=True),
            self.second | self.demo,
        )
        self.assertEqual(self._get_savable(), (self.second, self.demo))

    def test_odoos_report_says_why_one_is_not_offered(self):
        self.provider.autopay_usage = "one_time"
        self.second.autopay_usage = "autopay"
        self.assertEqual(self._get_reason(self.second), "used for autopay only")
        self.assertEqual(self._get_reason(self.provider), "")
        self.assertEqual(
            self._get_reason(self.provider, is_validation=True),
            "used for one-time payments only",
        )
        # Odoo's own reasons come first.
        self.second.maximum_amount = 50.0
        reason = self._get_reason(self.second, currency_id=self.company.currency_id.id)
        self.assertEqual(reason, "maximum amount exceeded")

    def test_where_autopay_is_off_all_are_offered(self):
        self.provider.autopay_usage = "one_time"
        self.second.autopay_usage = "autopay"
        self.company.autopay_enabled = False
        self.assertEqual(self._get_offered(), self.all)
        self.assertEqual(self._get_offered(is_validation=True), self.all)
        self.assertFalse(self.second.autopay_shown)

    def test_browsers_cannot_choose_what_is_not_offered(self):
        self.second.autopay_usage = "autopay"
        self.provider.autopay_usage = "one_time"
        invoice = self._create_posted_invoice()
        self._log_in(self.owner_user)
        self._assert_payment_refused(invoice, provider_id=self.second.id)
        values = {
            "payment_method_id": self.card_method.id,
            "amount": 0.0,
            "currency_id": self.company.currency_id.id,
            "partner_id": self.customer.id,
            "operation": "validation",
            "tokenize": True,
        }
        transactions = self.env["payment.transaction"].with_user(self.owner_user).sudo()
        with self.assertRaisesRegex(ValidationError, "cannot be used for that"):
            transactions.create({**values, "provider_id": self.provider.id})
        self.assertTrue(transactions.create({**values, "provider_id": self.second.id}))
        result, error = self._pay(invoice)
        self.assertTrue(result, error)

    # === NEW CONSENTS === #

    def test_new_methods_are_saved_with_the_companys_provider(self):
        self.assertEqual(self._get_savable(), (self.provider, self.demo))
        self.company.autopay_provider_id = self.second
        none = self.env["payment.provider"]
        self.assertEqual(self._get_savable(), (self.second, none))
        setup = self._save("card")
        self._check(setup)
        self.assertEqual(setup.token_id.provider_id, self.second)
        self.assertEqual(self._get_default(), setup.token_id)
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.transaction_ids.provider_id, self.second)
        # One without a page of its own: Odoo's form, and no link that leads nowhere.
        self.company.autopay_provider_id = self.demo
        self.assertEqual(self._get_savable(), (none, self.demo))
        with self.assertRaisesRegex(UserError, "another one is chosen"):
            self.env["autopay.request.wizard"]._check_provider(self.company)

    def test_customers_who_cannot_use_it_get_another_one(self):
        self.company.autopay_provider_id = self.second
        self.second.available_country_ids = self.env.ref("base.be")
        self.customer.country_id = self.env.ref("base.us")
        self.assertEqual(self._get_savable(), (self.provider, self.demo))
        self.second.available_country_ids = False
        self.second.state = "disabled"
        self.assertEqual(self._get_savable(), (self.provider, self.demo))

    def test_agreed_methods_keep_their_provider_when_another_is_chosen(self):
        token = self._enrol()
        self.company.autopay_provider_id = self.second
        self.provider.autopay_usage = "one_time"
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.transaction_ids.token_id, token)
        self.assertIn(": 1. They go on", self.provider.autopay_usage_words)

    def test_a_person_may_stop_what_was_agreed_and_invoices_say_so(self):
        token = self._enrol()
        invoice = self._create_due_invoice()
        with Form(self.provider) as form:
            self.assertFalse(form.autopay_usage_words)
            form.autopay_usage = "one_time"
            self.assertIn("They go on", form.autopay_usage_words)
            form.autopay_stops_consents = True
            self.assertIn(": 1. They are charged no more", form.autopay_usage_words)
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(invoice.autopay_blocker, "provider_one_time")
        self.assertIn("one-time payments only", invoice.autopay_explanation)
        payer = self.customer.with_company(self.company)
        self.assertEqual(payer.autopay_readiness, "provider_one_time")
        self.provider.autopay_usage = "both"
        self._run_autopay()
        self.assertEqual(invoice.transaction_ids.token_id, token)

    def test_nobody_agrees_to_a_provider_for_one_time_payments(self):
        token = self._create_token()
        self.provider.autopay_usage = "one_time"
        saved = self.env["autopay.saved.method"]
        self.assertNotIn(token, saved._get_choices(self.company, self.customer))
        payer = self.customer.with_company(self.company)
        with self.assertRaisesRegex(ValidationError, "one-time payments only"):
            payer.autopay_token_id = token
        wizard = self.env["autopay.consent.wizard"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": token.id,
                "channel": "phone",
            }
        )
        with self.assertRaisesRegex(ValidationError, "one-time payments only"):
            wizard.action_confirm()
        self.provider.autopay_usage = "both"
        wizard.action_confirm()
        self.assertTrue(self._get_consents())

    def test_offers_of_agreed_methods_stay(self):
        token, other = self._enrol(), self._create_token()
        self.provider.autopay_usage = "one_time"
        portal = self.env["autopay.portal.consent"].with_user(self.owner_user).sudo()
        offers = {row.token: row.problem for row in portal._get_offers(self.company)}
        self.assertFalse(offers[token])
        self.assertIn("payments that you make yourself", offers[other])

    # === SETTINGS === #

    def _assert_refused_to_write(self, words, record, **values):
        refused = self.assertRaisesRegex(ValidationError, words)
        with refused, self.env.cr.savepoint():
            record.write(values)

    def test_the_provider_for_new_consents_must_fit(self):
        refuse = self._assert_refused_to_write
        self.company.autopay_provider_id = self.second
        refuse("choose another one", self.second, autopay_usage="one_time")
        self.demo.autopay_usage = "one_time"
        own = {"autopay_provider_id": self.demo.id}
        refuse("one-time payments only", self.company, **own)
        far = self.setup_other_company()["company"]
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        second = {"autopay_provider_id": self.second.id}
        refuse("belongs to another company", far, **second)
        branch.write(second)
        self.assertEqual(branch.autopay_provider_id, self.second)
