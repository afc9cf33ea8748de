from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...words.days import say_day
from .common_pages import PagesCommon


@tagged("post_install", "-at_install")
class TestPortalInvoice(PagesCommon):
    """Odoo's own pages of an invoice say what autopay does with it."""

    def _create_coming_invoice(self, days=10, **values):
        day = self.today + timedelta(days=days)
        values.setdefault("invoice_date_due", fields.Date.to_string(self.today))
        invoice = self._create_posted_invoice(**values)
        invoice.write({"autopay_status": "eligible", "autopay_date": day})
        return invoice

    def _open_invoice(self, invoice, query=""):
        page = self._open(invoice.get_portal_url(query_string=query))
        return page, self._text(page, "autopay_held").replace("\xa0", " ")

    def _day(self, day):
        return say_day(self.env, day, self.today)

    # === TO COME === #

    def test_planned_charge_stands_in_the_place_of_pay_now(self):
        self._enrol()
        invoice = self._create_coming_invoice()
        self._log_in(self.owner_user)
        page, told = self._open_invoice(invoice)
        day = self._day(self.today + timedelta(days=10))
        self.assertIn(
            f"We will charge VISA •••• 4242 on {day}. You need not do anything.", told
        )
        self.assertFalse(page.xpath("//a[@data-bs-target='#pay_with']"))
        # Due today, says Odoo's own sidebar.
        self.assertFalse(page.xpath("//span[contains(@class, 'sidebar_timeago')]"))
        [link] = page.xpath("//a[@name='autopay_pay_otherwise']/@href")
        page = self._open(link)
        self.assertTrue(page.xpath("//a[@data-bs-target='#pay_with']"))

    def test_list_says_so_as_well(self):
        self._enrol()
        self._create_coming_invoice()
        other = self._create_posted_invoice()
        self._log_in(self.owner_user)
        page = self._open("/my/invoices")
        self.assertIn("Charged automatically", self._text(page, "autopay_planned"))
        links = page.xpath("//a[@title='Pay Now']/@href")
        self.assertEqual(len(links), 1)
        self.assertIn(f"/{other.id}?", links[0])

    def test_overdue_invoices_that_are_charged_by_themselves_are_not_asked_for(self):
        self._enrol()
        due = fields.Date.to_string(self.today - timedelta(days=3))
        self._create_coming_invoice(invoice_date_due=due)
        self._log_in(self.owner_user)
        page = self._open("/my/invoices")
        told = self._text(page, "autopay_planned_overdue")
        self.assertIn("1 invoice is past its due date", told)
        self.assertFalse(page.xpath("//a[@href='/my/invoices/overdue']"))
        failed = self._create_coming_invoice(invoice_date_due=due, amount=7)
        failed.sudo().autopay_status = "error"
        page = self._open("/my/invoices/overdue")
        self.assertIn("7.00", page.text_content())
        self.assertIn(failed.name, page.text_content())
        self.assertTrue(self._text(page, "autopay_planned_overdue"))
        page = self._open("/my/invoices?filterby=overdue_invoices")
        rows = page.xpath("//tr[.//a[contains(@href, '/my/invoices/')]]")
        self.assertEqual(len(rows), 1)

    def test_holder_of_a_link_is_not_told_the_method(self):
        self._enrol()
        invoice = self._create_coming_invoice()
        invoice._portal_ensure_token()
        for user in (None, self.stranger_user):
            self._log_in(user)
            _page, told = self._open_invoice(invoice)
            self.assertIn("We will charge the payment method that was agreed", told)
            self.assertNotIn("4242", told)

    def test_pdf_says_so(self):
        self._enrol()
        planned, other = self._create_coming_invoice(), self._create_posted_invoice()
        reports = self.env["ir.actions.report"]
        for invoice, expected in ((planned, True), (other, False)):
            html = reports._render_qweb_html("account.account_invoices", invoice.ids)
            text = html[0].decode()
            self.assertEqual("We will charge your saved card on" in text, expected)
            # It is kept and passed on.
            self.assertNotIn("4242", text)

    def test_what_cannot_be_charged_is_paid_as_ever(self):
        invoice = self._create_coming_invoice()
        self._log_in(self.owner_user)
        page, told = self._open_invoice(invoice)
        self.assertFalse(told)
        self.assertTrue(page.xpath("//a[@data-bs-target='#pay_with']"))

    def test_skipped_invoice_can_be_paid(self):
        self._enrol()
        invoice = self._create_coming_invoice()
        invoice._set_autopay_customer_hold(True)
        self._log_in(self.owner_user)
        page, told = self._open_invoice(invoice)
        self.assertIn("You have skipped", told)
        self.assertTrue(page.xpath("//a[@data-bs-target='#pay_with']"))

    # === UNDER WAY, FAILED, GONE === #

    def test_invoice_that_is_being_collected_says_since_when(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice()
        self._run_autopay()
        self._log_in(self.owner_user)
        page, told = self._open_invoice(invoice)
        self.assertIn(
            "We are collecting this invoice; the payment was started on "
            f"{self._day(self.today)}.",
            told,
        )
        self.assertFalse(page.xpath("//a[@data-bs-target='#pay_with']"))
        self.assertFalse(page.xpath("//a[@name='autopay_pay_otherwise']"))
        self.assertFalse(page.xpath("//span[contains(@class, 'sidebar_timeago')]"))

    def test_declined_charge_says_what_happened_and_what_comes(self):
        self._enrol("pm_card_chargeDeclinedInsufficientFunds")
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertTrue(invoice.autopay_retry_date)
        self._log_in(self.owner_user)
        page, told = self._open_invoice(invoice)
        self.assertIn(f"Our charge of $ 100.00 on {self._day(self.today)} failed", told)
        self.assertIn("We try again on", told)
        self.assertTrue(page.xpath("//a[@data-bs-target='#pay_with']"))

    def test_stolen_card_is_not_called_so(self):
        self._enrol("pm_card_chargeDeclinedStolenCard")
        invoice = self._create_due_invoice()
        self._run_autopay()
        self._log_in(self.owner_user)
        _page, told = self._open_invoice(invoice)
        self.assertIn("choose another payment method", told)
        self.assertNotIn("stolen", self.last_answer.text.lower())

    def test_partial_refund_names_what_was_refunded(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._run_autopay()
        invoice.sudo()._show_autopay_returned("refund")
        # The state that a refund of a part leaves.
        self._force(invoice, amount_residual=30.0, payment_state="partial")
        self._log_in(self.owner_user)
        _page, told = self._open_invoice(invoice)
        self.assertIn("$ 30.00 of this invoice was refunded", told)

    def test_nothing_is_said_where_autopay_is_off(self):
        self._enrol()
        invoice = self._create_coming_invoice()
        self.company.autopay_enabled = False
        self._log_in(self.owner_user)
        page, told = self._open_invoice(invoice)
        self.assertFalse(told)
        self.assertTrue(page.xpath("//a[@data-bs-target='#pay_with']"))
