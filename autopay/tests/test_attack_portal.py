import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.payment import utils as payment_utils

from .common_portal import PortalCommon

HTTP_LOG = "odoo.http"
AMOUNTS = (777, 100.01, 0, -5, 1e300, "777", "x", "nan", "inf", None, [], {})


@tagged("post_install", "-at_install")
class TestAttackPortal(PortalCommon):
    """Payments by people who are not asked to pay, or not that way."""

    def _refuse(self, invoice, *args, **kwargs):
        """Expect that a payment is refused and that nothing comes of it."""
        before = (self._count_taken(), len(self._get_others(invoice)))
        with mute_logger(HTTP_LOG, "odoo.sql_db"):
            result, error = self._pay(invoice, *args, **kwargs)
        self.assertTrue(error, result)
        self.assertEqual(self._count_taken(), before[0])
        self.assertEqual(len(self._get_others(invoice)), before[1])
        return error

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
                    error = self._refuse(invoice, token, amount=amount)
                    self.assertIn("AccessError", error)

    def test_other_customer_never_charges_a_saved_method_by_a_link(self):
        token = self._enrol()
        invoice = self._create_posted_invoice()
        self._log_in(self.stranger_user)
        self._refuse(invoice, token)

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
                self._refuse(
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
                self._refuse(invoice, access_token=token)

    # === TAMPERING === #

    def test_nobody_pays_another_amount_than_is_due(self):
        token = self._create_token()
        invoice = self._create_posted_invoice()
        for user, method in ((None, None), (self.owner_user, token)):
            self._log_in(user)
            for amount in AMOUNTS:
                with self.subTest(user=user and user.login, amount=amount):
                    self._refuse(invoice, method, amount=amount)

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
        self.assertIn("ValidationError", self._refuse(invoice, token))
        self._get_others(invoice)._post_process()
        self.assertEqual(invoice.amount_residual, 0)
        self._refuse(invoice, token)

    def test_method_of_another_provider_is_refused(self):
        token = self._create_token()
        demo = self._create_provider("demo")
        invoice = self._create_posted_invoice()
        self._log_in(self.owner_user)
        self._refuse(invoice, token, provider_id=demo.id)

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
        self._refuse(invoice, provider_id=foreign.id)
        self.provider.state = "disabled"
        self._refuse(invoice)

    def test_invoice_is_no_occasion_to_validate_a_method(self):
        token = self._create_token()
        invoice = self._create_posted_invoice()
        self._log_in(self.owner_user)
        for method in (token, None):
            self._refuse(invoice, method, is_validation=True)

    def test_further_values_are_refused(self):
        invoice = self._create_posted_invoice()
        self._log_in()
        for name in ("partner_id", "currency_id", "state", "invoice_ids", "company_id"):
            with self.subTest(name=name):
                self._refuse(invoice, **{name: 1})

    def test_strange_ids_lead_nowhere(self):
        token = self._create_token()
        invoice = self._create_posted_invoice()
        self._log_in(self.owner_user)
        for number in (0, -1, 2**31, 2**70, "1", "x", [token.id], 1.5, {"id": 1}):
            for name in ("token_id", "provider_id"):
                with self.subTest(name=name, number=number):
                    self._refuse(invoice, token, **{name: number})
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
        self._refuse(invoice, token)

    # === WHILE AUTOPAY COLLECTS === #

    def test_nobody_pays_what_is_being_collected(self):
        for state in ("pending", "unknown", "action_required", "prepared"):
            invoice, attempt = self._leave(state)
            for user in (None, self.owner_user, self.stranger_user):
                self._log_in(user)
                for token in (None, attempt.token_id):
                    with self.subTest(state=state, user=user and user.login):
                        self._refuse(invoice, token)

    def test_refusal_tells_customers_that_nothing_is_left_to_do(self):
        invoice, attempt = self._leave()
        self._log_in()
        with mute_logger(HTTP_LOG):
            values = {
                "access_token": invoice._portal_ensure_token(),
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "token_id": None,
                "amount": 100,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "/my",
            }
            answer = self.url_open(
                f"/invoice/transaction/{invoice.id}", json={"params": values}
            )
        message = answer.json()["error"]["data"]["message"]
        self.assertIn("is being collected automatically since", message)
        self.assertNotIn(attempt.name, message)

    def test_page_says_who_collects_and_offers_no_button(self):
        invoice, _attempt = self._leave()
        for user in (None, self.owner_user):
            self._log_in(user)
            page = self.url_open(invoice.get_portal_url() + "&payment=True").text
            self.assertIn("is being collected automatically since", page)
            self.assertNotIn("Pay Now", page)
            self.assertNotIn("o_payment_form", page)
        page = self.url_open("/my/invoices").text
        self.assertIn(invoice.name, page)
        self.assertNotIn(f"/my/invoices/{invoice.id}?payment=True", page)

    def test_old_payment_link_leads_to_nothing_to_pay(self):
        invoice, _attempt = self._leave()
        link = payment_utils.generate_access_token(
            self.customer.id, 100.0, invoice.currency_id.id, env=self.env
        )
        self._log_in()
        page = self.url_open(
            "/payment/pay",
            params={"amount": 100.0, "invoice_id": invoice.id, "access_token": link},
        )
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("o_payment_form", page.text)

    def test_overdue_invoices_are_paid_without_those_that_are_collected(self):
        held, _attempt = self._leave()
        partly = self._create_posted_invoice(80)
        self._register_payment(partly, 30)
        token = self._create_token()
        self._log_in(self.owner_user)
        page = self.url_open("/my/invoices/overdue").text
        self.assertIn("50.00", page)
        self.assertNotIn(held.name, page)
        before = self._count_taken()
        values = {"route": "/invoice/transaction/overdue", "payment_reference": "B/1"}
        for amount in (180, 80):
            with mute_logger(HTTP_LOG):
                _result, error = self._pay_overdue(token, amount, **values)
            self.assertIn("ValidationError", error)
        _result, error = self._pay_overdue(token, 50, **values)
        self.assertFalse(error)
        self.assertEqual(self._count_taken(), before + 1)
        self.assertFalse(self._get_others(held))
        self.assertEqual(self._get_others(partly).amount, 50)

    def _register_payment(self, invoice, amount):
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizards = self.env["account.payment.register"].with_context(**context)
        wizards.create({"amount": amount}).action_create_payments()

    def _pay_overdue(self, token, amount, route, **values):
        return self._ask(
            route,
            provider_id=self.provider.id,
            payment_method_id=self.card_method.id,
            token_id=token.id,
            amount=amount,
            flow="token",
            tokenization_requested=False,
            landing_route="/my",
            **values,
        )

    # === METHODS ON THE PORTAL === #

    def test_customer_removes_a_method_while_it_is_being_charged(self):
        invoice, attempt = self._leave()
        self._log_in(self.owner_user)
        _result, error = self._ask(
            "/payment/archive_token", token_id=attempt.token_id.id
        )
        self.assertFalse(error)
        self.assertFalse(attempt.token_id.active)
        self.assertEqual(attempt.state, "pending")
        self.admin.settle(attempt.object_ref)
        self._resolve_autopay()
        self.assertEqual(invoice.autopay_status, "success")

    def test_customer_removes_a_method_that_waits_for_the_bank(self):
        invoice, attempt = self._leave("action_required")
        self._log_in(self.owner_user)
        self._ask("/payment/archive_token", token_id=attempt.token_id.id)
        self._resolve_autopay()
        self.assertEqual(attempt.state, "declined")
        self.assertFalse(attempt.line_ids.live)
        self.assertEqual(self._get_charges(invoice), [])

    def test_nobody_removes_the_method_of_another_customer(self):
        token = self._enrol()
        self._log_in(self.stranger_user)
        self._ask("/payment/archive_token", token_id=token.id)
        self.assertTrue(token.active)

    # === WAYS IN === #

    def test_forms_and_texts_of_other_sites_reach_no_json_route(self):
        token = self._create_token()
        invoice = self._create_posted_invoice()
        self._log_in(self.owner_user)
        body = json.dumps({"params": {"token_id": token.id}})
        bodies = {
            "text/plain": body,
            "application/x-www-form-urlencoded": "token_id=1",
            "multipart/form-data; boundary=x": "--x--",
        }
        routes = (f"/invoice/transaction/{invoice.id}", "/payment/archive_token")
        for content_type, text in bodies.items():
            for route in routes:
                with self.subTest(type=content_type, route=route):
                    with mute_logger(HTTP_LOG):
                        answer = self.url_open(
                            route, data=text, headers={"Content-Type": content_type}
                        )
                    self.assertGreaterEqual(answer.status_code, 400)
        self.assertTrue(token.active)
        self.assertFalse(self._get_others(invoice))

    def test_looking_changes_nothing(self):
        token = self._enrol()
        invoice = self._create_due_invoice()
        self._log_in(self.owner_user)
        urls = (
            invoice.get_portal_url() + "&payment=True",
            f"/invoice/transaction/{invoice.id}",
            f"/payment/archive_token?token_id={token.id}",
            "/my/invoices?sortby=x%27;DROP&filterby=%27",
            "/my/payment_method",
            "/payment/confirmation?tx_id=1&access_token=x",
        )
        for url in urls:
            with self.subTest(url=url), mute_logger(HTTP_LOG):
                self.url_open(url)
        self.env.invalidate_all()
        self.assertTrue(token.active)
        self.assertFalse(invoice.transaction_ids)
        self.assertEqual(invoice.autopay_status, "eligible")
