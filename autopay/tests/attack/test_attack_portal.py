import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.payment import utils as payment_utils

from ..common_portal import PortalCommon

HTTP_LOG = "odoo.http"
AMOUNTS = (777, 100.01, 0, -5, 1e300, "777", "x", "nan", "inf", None, [], {})


@tagged("post_install", "-at_install")
class TestAttackPortal(PortalCommon):
    """Payments by people who are not asked to pay, or not that way."""

    # === WHAT STAYS POSSIBLE === #

    def test_owner_pays_an_open_invoice_with_a_saved_method(self):
        token = self._create_token()
        invoice = self._create_posted_invoice()
        self._log_in(self.owner_user)
        before = self._count_taken()
        _result, error = self._pay(invoice, token)
        self.assertFalse(error)
        self.assertEqual(self._get_others(invoice).state, "done")
        self.assertEqual(self._count_taken(), before + 1)

    def test_holder_of_a_link_pays_with_a_card_of_his_own(self):
        invoice = self._create_posted_invoice()
        self._log_in()
        result, error = self._pay(invoice, amount=60)
        self.assertFalse(error)
        self.assertIn("client_secret", result)
        self.assertEqual(self._get_others(invoice).amount, 60)

    # === LINKS === #

    def test_holder_of_a_link_never_charges_a_saved_method(self):
        token = self._enrol()
        for invoice in (self._create_posted_invoice(), self._create_due_invoice()):
            self._log_in()
            for amount in (1, 100, 777):
                with self.subTest(amount=amount, status=invoice.autopay_status):
                    error = self._assert_payment_refused(invoice, token, amount=amount)
                    self.assertIn("AccessError", error)

    def test_other_customer_never_charges_a_saved_method_by_a_link(self):
        token = self._enrol()
        invoice = self._create_posted_invoice()
        self._log_in(self.stranger_user)
        self._assert_payment_refused(invoice, token)

    def test_payment_link_of_the_customer_opens_no_saved_method_either(self):
        token = self._enrol()
        invoice = self._create_posted_invoice()
        currency = invoice.currency_id
        link = payment_utils.generate_access_token(
            self.customer.id, 100.0, currency.id, env=self.env
        )
        for user in (None, self.stranger_user):
            self._log_in(user)
            with self.subTest(user=user and user.login):
                self._assert_payment_refused(
                    invoice,
                    token,
                    route="/payment/transaction",
                    access_token=link,
                    amount=100.0,
                    currency_id=currency.id,
                    partner_id=self.customer.id,
                )

    def test_holder_of_a_link_sees_no_saved_method(self):
        self._enrol()
        invoice = self._create_posted_invoice()
        self._log_in()
        page = self.url_open(invoice.get_portal_url() + "&payment=True").text
        self.assertIn("o_payment_form", page)
        self.assertNotIn("4242", page)
        self._log_in(self.owner_user)
        page = self.url_open(invoice.get_portal_url() + "&payment=True").text
        self.assertIn("4242", page)

    def test_wrong_token_of_an_invoice_opens_nothing(self):
        invoice = self._create_posted_invoice()
        self._log_in()
        for token in ("", "x", None, False, 0, [], {"a": 1}):
            with self.subTest(token=token):
                self._assert_payment_refused(invoice, access_token=token)

    # === TAMPERING === #

    def test_nobody_pays_another_amount_than_is_due(self):
        token = self._create_token()
        invoice = self._create_posted_invoice()
        for user, method in ((None, None), (self.owner_user, token)):
            self._log_in(user)
            for amount in AMOUNTS:
                with self.subTest(user=user and user.login, amount=amount):
                    self._assert_payment_refused(invoice, method, amount=amount)

    def test_amounts_that_are_no_numbers_are_refused(self):
        invoice = self._create_posted_invoice()
        self._log_in()
        for amount in ("NaN", "Infinity", "-Infinity"):
            body = json.dumps(
                {
                    "params": {
                        "access_token": invoice._portal_ensure_token(),
                        "provider_id": self.provider.id,
                        "payment_method_id": self.card_method.id,
                        "token_id": None,
                        "amount": float(amount),
                        "flow": "direct",
                        "tokenization_requested": False,
                        "landing_route": "/my",
                    }
                }
            )
            self.env.flush_all()
            with self.subTest(amount=amount), mute_logger(HTTP_LOG, "odoo.sql_db"):
                answer = self.url_open(
                    f"/invoice/transaction/{invoice.id}",
                    data=body,
                    headers={"Content-Type": "application/json"},
                )
                self.assertNotIn("result", answer.json())
            self.env.invalidate_all()
        self.assertFalse(invoice.transaction_ids)

    def test_nobody_pays_what_is_paid_already(self):
        token = self._create_token()
        invoice = self._create_posted_invoice()
        self._log_in(self.owner_user)
        self._pay(invoice, token)
        self.assertIn("ValidationError", self._assert_payment_refused(invoice, token))
        self._get_others(invoice)._post_process()
        self.assertEqual(invoice.amount_residual, 0)
        self._assert_payment_refused(invoice, token)

    def test_method_of_another_provider_is_refused(self):
        token = self._create_token()
        demo = self._create_provider("demo")
        invoice = self._create_posted_invoice()
        self._log_in(self.owner_user)
        self._assert_payment_refused(invoice, token, provider_id=demo.id)

    def test_provider_of_another_company_or_switched_off_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.provider.sudo().copy(
            {
                "company_id": other.id,
                "state": "test",
                "stripe_secret_key": "sk_test_other",
                "stripe_publishable_key": "pk_test_other",
            }
        )
        invoice = self._create_posted_invoice()
        self._log_in()
        self._assert_payment_refused(invoice, provider_id=foreign.id)
        self.provider.state = "disabled"
        self._assert_payment_refused(invoice)

    def test_invoice_is_no_occasion_to_validate_a_method(self):
        token = self._create_token()
        invoice = self._create_posted_invoice()
        self._log_in(self.owner_user)
        for method in (token, None):
            self._assert_payment_refused(invoice, method, is_validation=True)

    def test_further_values_are_refused(self):
        invoice = self._create_posted_invoice()
        self._log_in()
        for name in ("partner_id", "currency_id", "state", "invoice_ids", "company_id"):
            with self.subTest(name=name):
                self._assert_payment_refused(invoice, **{name: 1})

    def test_strange_ids_lead_nowhere(self):
        token = self._create_token()
        invoice = self._create_posted_invoice()
        self._log_in(self.owner_user)
        for number in (0, -1, 2**31, 2**70, "1", "x", [token.id], 1.5, {"id": 1}):
            for name in ("token_id", "provider_id"):
                with self.subTest(name=name, number=number):
                    self._assert_payment_refused(invoice, token, **{name: number})
        for number in (0, -1, 2**31, "x", "1.5"):
            with self.subTest(invoice=number):
                route = f"/invoice/transaction/{number}"
                with mute_logger(HTTP_LOG, "odoo.sql_db"):
                    answer = self.url_open(
                        route, json={"params": {"access_token": "x"}}
                    )
                self.assertTrue(answer.status_code == 404 or "error" in answer.json())

    def test_method_archived_a_moment_ago_is_refused(self):
        token = self._create_token()
        token.active = False
        invoice = self._create_posted_invoice()
        self._log_in(self.owner_user)
        self._assert_payment_refused(invoice, token)
