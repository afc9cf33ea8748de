import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.payment import utils as payment_utils

from ..common_portal import PortalCommon
from ..fault import fault

HTTP_LOG = "odoo.http"


@tagged("post_install", "-at_install")
class TestAttackPortalHeld(PortalCommon):
    """Payments of what autopay collects, and other ways in."""

    # === WHILE AUTOPAY COLLECTS === #

    @fault(26)
    @fault(84)
    def test_nobody_pays_what_is_being_collected(self):
        for state in ("pending", "unknown", "action_required", "prepared"):
            invoice, attempt = self._leave(state)
            for user in (None, self.owner_user, self.stranger_user):
                self._log_in(user)
                for token in (None, attempt.token_id):
                    with self.subTest(state=state, user=user and user.login):
                        self._assert_payment_refused(invoice, token)

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
        # An icon tells it on a phone, too, where Odoo shows an empty spot.
        self.assertIn('aria-label="Being collected"', page)
        self.assertNotIn("Pending", page)

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
        self.assertEqual(error, "odoo.exceptions.UserError")
        self.assertTrue(attempt.token_id.active)
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
