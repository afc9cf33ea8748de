import re
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common_confirmation import ConfirmationCommon

PATH = "/autopay/pay/"


@tagged("post_install", "-at_install")
class TestPortalPay(ConfirmationCommon):
    """The link in the mail of a failure lets its reader pay, with a hand of his own."""

    def setUp(self):
        super().setUp()
        self.invoices = self._create_failed(100.0) | self._create_failed(70.0)
        self.assertEqual(set(self.invoices.mapped("autopay_status")), {"error"})
        self.other = self._create_due_invoice(55.0)
        self.link = self._get_pay_link()
        self._log_in()

    def _create_failed(self, amount):
        """Return an invoice whose charge has failed for good."""
        self._enrol("pm_card_visa_chargeDeclinedLostCard")
        invoice = self._create_due_invoice(amount)
        self._run_autopay()
        return invoice

    def _get_pay_link(self, moves=None, **values):
        url = self.env["autopay.pay.link"]._get_url(
            self.customer, self.company, moves or self.invoices, **values
        )
        return urlsplit(url).path

    def test_page_shows_what_the_link_names_and_leads_to_odoos_own_page(self):
        page = self._open(self.link)
        shown = page.text_content()
        for invoice in self.invoices:
            self.assertIn(invoice.name, shown)
        for secret in (self.other.name, "4242", self.customer.street):
            self.assertNotIn(secret, shown)
        self.assertEqual(self.last_answer.headers["Cache-Control"], "no-store")
        forms = page.xpath("//form[.//button[@name='autopay_pay_one']]/@action")
        self.assertEqual(len(forms), 2)
        place = self._send_form(forms[0]).headers["Location"]
        self.assertIn(f"/my/invoices/{self.invoices[0].id}?", place)
        page = self._open(place)
        self.assertTrue(page.xpath("//*[@id='o_payment_form_options']"))
        self.assertEqual(self._count_taken(), 0)

    def test_what_is_paid_or_not_named_cannot_be_paid(self):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoices[0].ids
        )
        wizard.create({}).action_create_payments()
        page = self._open(self.link)
        self.assertEqual(len(page.xpath("//button[@name='autopay_pay_one']")), 1)
        self.assertIn("Paid", self._text(page, "autopay_words"))
        answer = self._send_form(f"{self.link}/{self.invoices[0].id}")
        self.assertEqual(answer.headers["Location"], self.link)
        foreign = self._create_due_invoice(customer=self.stranger)
        for move_id in (self.other.id, foreign.id, 0, 2**31, 99999999):
            answer = self._send_form(f"{self.link}/{move_id}")
            self.assertEqual(answer.status_code, 404, move_id)

    def test_invoice_that_went_to_another_customer_is_not_shown(self):
        self.env.cr.execute(
            "UPDATE account_move SET commercial_partner_id = %s WHERE id = %s",
            [self.stranger.id, self.invoices[0].id],
        )
        self.env.invalidate_all()
        page = self._open(self.link)
        self.assertNotIn(self.invoices[0].name, page.text_content())

    def test_charge_that_waits_for_its_customer_is_confirmed(self):
        attempt = self._create_waiting()
        page = self._open(self._get_pay_link(attempt.move_ids))
        [place] = page.xpath("//a[@name='autopay_confirm']/@href")
        self.assertEqual(place, self._get_link(attempt))
        self.assertFalse(page.xpath("//button[@name='autopay_pay_one']"))

    def test_another_method_is_saved_and_charged_with_what_was_ticked(self):
        link = self._get_pay_link(may_save=True)
        page = self._open(link)
        self.assertIn("I authorize", self._text(page, "autopay_consent"))
        ticks = page.xpath("//input[@name='recollect']/@value")
        self.assertEqual(ticks, [str(each) for each in self.invoices.ids])
        [text_hash] = page.xpath("//input[@name='text_hash']/@value")
        # An invoice that the link does not name cannot be ticked.
        answer = self._send_form(
            f"{link}/method",
            text_hash=text_hash,
            name="Cow Herd",
            recollect=[self.invoices[0].id, self.other.id],
        )
        back = urlsplit(self.admin.visit(answer.headers["Location"], "card"))
        self._open(f"{back.path}?{back.query}")
        setup = self.env["autopay.method.setup"].sudo().search([], limit=1)
        self.assertEqual((setup.state, setup.channel), ("done", "link"))
        self.assertEqual(setup.recollect_ids, self.invoices[0].ids)
        self.assertEqual(setup.contact_name, "Cow Herd")
        self.assertTrue(setup.authorization_id)
        self._run_autopay()
        self.assertEqual(self.invoices[0].payment_state, "paid")
        self.assertEqual(self.invoices[1].payment_state, "not_paid")

    def test_who_may_not_say_how_the_customer_pays_is_asked_to_log_in(self):
        page = self._open(self.link)
        self.assertFalse(page.xpath("//form[@name='autopay_save']"))
        self.assertTrue(page.xpath("//*[@name='autopay_login']"))
        answer = self._send_form(f"{self.link}/method", name="X", text_hash="x")
        self.assertEqual(answer.status_code, 404)

    def test_page_that_the_link_led_to_pays_nothing_once_its_time_is_over(self):
        link = self._get_pay_link(may_save=True)
        [text_hash] = self._open(link).xpath("//input[@name='text_hash']/@value")
        answer = self._send_form(f"{link}/method", text_hash=text_hash, name="Cow Herd")
        setup = self.env["autopay.method.setup"].sudo().search([], limit=1)
        setup.link_until = fields.Datetime.now() - timedelta(seconds=1)
        back = urlsplit(self.admin.visit(answer.headers["Location"], "card"))
        self._open(f"{back.path}?{back.query}")
        self.assertEqual((setup.state, setup.purpose), ("done", "store"))
        self.assertFalse(setup.authorization_id)

    def test_link_that_is_over_says_so_and_tells_nothing(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=31)):
            link = self._get_pay_link(may_save=True)
        page = self._open(link, 410)
        self.assertNotIn(self.invoices[0].name, page.text_content())
        for action in (f"/{self.invoices[0].id}", "/method"):
            answer = self._send_form(link + action, name="X")
            self.assertEqual(answer.status_code, 404)

    def test_every_link_that_is_nobodys_gets_the_same_answer(self):
        text = self.link[len(PATH) :]
        links = self.env["autopay.link"]
        later = fields.Datetime.now() + timedelta(days=1)
        attempt = self.invoices[0].sudo().autopay_attempt_ids
        answers = set()
        for each in (
            *("x", "0", "A" * 67, "A" * 600, text[:-3]),
            links._sign("autopay-pay", attempt, later),
            links._sign("autopay-confirm", attempt, later),
        ):
            self._open(PATH + each, 404)
            answers.add(re.sub(r'csrf_token: "\w+"', "", self.last_answer.text))
            for action in ("/1", "/method"):
                answer = self._send_form(f"{PATH}{each}{action}", name="X")
                self.assertEqual(answer.status_code, 404)
        self.assertEqual(len(answers), 1)

    def test_longest_link_is_short_enough(self):
        highest = self.env["account.move"].browse(range(2**31 - 30, 2**31))
        payer = self.customer.browse(2**31 - 1)
        path = self.env["autopay.pay.link"]._get_path(payer, self.company, highest)
        self.assertLessEqual(len(path) - len(PATH), 512)
