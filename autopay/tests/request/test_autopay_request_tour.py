import re

from odoo.tests import HttpCase, tagged

from .common_request import RequestCommon

LINK = re.compile(r"/autopay/m/[\w-]+")


@tagged("post_install", "-at_install")
class TestAutopayRequestTour(RequestCommon, HttpCase):
    """From a customer without a method to a paid invoice, in a real browser."""

    def setUp(self):
        super().setUp()
        self.customer.email = "dairy@valley.example.com"
        self.invoice = self._create_due_invoice()

    def _run_cron(self, xml_id):
        """Override: a test over HTTP is in registry test mode from the start."""
        self.env.flush_all()
        self.env.ref(xml_id).method_direct_trigger()
        self.env.invalidate_all()

    def test_asked_by_mail_saved_agreed_ready_and_charged(self):
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.start_tour(
                "/odoo/autopay-customers",
                "autopay_request_staff_tour",
                login=self.biller.login,
            )
            self.env["mail.mail"].sudo().process_email_queue()
        self.env.invalidate_all()
        [mail] = self._mails
        self.assertIn("dairy@valley.example.com", str(mail["email_to"]))
        [link] = set(LINK.findall(mail["body"]))
        self._walk(link)
        self.assertEqual(self.invoice.payment_state, "paid")
        self.assertEqual(len(self._get_charges(self.invoice)), 1)
        used = self.url_open(link)
        self.assertEqual(used.status_code, 410)
        self.assertIn("has been used", used.text)

    def _walk(self, link):
        """Go through the link to the provider and back; have the invoice charged."""
        self.admin.set_next_visitor("card")
        self.start_tour(link, "autopay_request_customer_tour")
        self.env.invalidate_all()
        request = self.requests.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            (request.state, request.email), ("answered", self.customer.email)
        )
        customer = self.customer.with_company(self.company)
        self.assertEqual(customer.autopay_readiness, "ready")
        self.assertEqual(customer.autopay_authorization_ids.channel, "link")
        self._run_autopay()


@tagged("post_install", "-at_install")
class TestAutopayRequestPhone(TestAutopayRequestTour):
    """The customer's half on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_asked_by_mail_saved_agreed_ready_and_charged(self):
        request = self._ask(self.customer)
        self._walk(LINK.search(request.with_user(self.biller).link_url)[0])
        self.assertEqual(self.invoice.payment_state, "paid")
