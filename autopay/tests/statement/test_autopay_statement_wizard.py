import io
from unittest.mock import patch

from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from odoo.addons.mail.tests.common import MailCommon

from ...models.statement import statement
from ...words.days import say_day
from .common_statement import StatementCommon


@tagged("post_install", "-at_install")
class TestAutopayStatementWizard(StatementCommon, MailCommon, HttpCase):
    """Staff look at a customer's statement, print it and mail it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {"email": "books@example.com", "name": "Springfield Supplies"}
        )
        cls.invoice = cls._create_document(-20, 100.0)
        cls._create_payment(-5, 30.0)
        cls.billing_user = cls._create_user(
            "billing_user", "account.group_account_invoice", email="bill@example.com"
        )
        cls.reader = cls._create_user("reader", "account.group_account_readonly")

    def _open_wizard(self, user=None, **values):
        """Open the dialog as the button of the customer's form does."""
        action = self.env.ref("autopay.autopay_statement_wizard_action")
        model = self.env[action.res_model].with_user(user or self.billing_user)
        form = Form(model.with_context(default_partner_id=self.customer.id))
        for name, value in values.items():
            form[name] = value
        return form

    def _print(self, wizard):
        """Return the text of the PDF that the button downloads."""
        action = wizard.action_print()
        report = self.env["ir.actions.report"].with_user(wizard.env.user)
        with self.allow_pdf_render():
            content, kind = report.with_context(
                force_report_rendering=True
            )._render_qweb_pdf(action["report_name"], None, data=action["data"])
        self.assertEqual(kind, "pdf")
        pages = PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def _get_dates(self):
        return {"date_from": self.period.first, "date_to": self.period.last}

    # === SCREEN === #

    def test_button_is_on_the_form_of_customers(self):
        action = self.env.ref("autopay.autopay_statement_wizard_action")
        for user in (self.billing_user, self.reader):
            view = self.env["res.partner"].with_user(user).get_view(view_type="form")
            self.assertIn(f'name="{action.id}"', view["arch"])
        seller = self._create_user("seller", "base.group_user")
        view = self.env["res.partner"].with_user(seller).get_view(view_type="form")
        self.assertNotIn(f'name="{action.id}"', view["arch"])

    def test_dialog_shows_the_statement_of_the_last_months(self):
        for user in (self.billing_user, self.reader):
            form = self._open_wizard(user)
            self.assertIn(self.invoice.name, form.preview)
            self.assertIn("70.00", form.preview)
            self.assertFalse(form.issue)
            self.assertEqual(form.email, "billing@example.com")

    def test_period_that_cannot_be_is_said_and_kept(self):
        form = self._open_wizard(date_from=self._get_day(1), date_to=self._get_day(0))
        self.assertIn("before it begins", form.issue)
        self.assertFalse(form.preview)
        self.assertEqual(form.date_from, self._get_day(1))
        form.date_from = False
        self.assertIn("first", form.issue)
        wizard = form.save()
        for button in (wizard.action_print, wizard.action_send):
            with self.assertRaises(UserError):
                button()

    def test_employees_and_people_of_other_companies_see_nothing(self):
        other = self._create_company(name="Other")
        seller = self._create_user("seller", "base.group_user")
        values = {"partner_id": self.customer.id, "company_id": self.company.id}
        with self.assertRaises(AccessError):
            self.env["autopay.statement.wizard"].with_user(seller).create(values)
        stranger = self._create_user(
            "far_user", "account.group_account_invoice", company=other
        )
        wizards = self.env["autopay.statement.wizard"].with_user(stranger)
        wizard = wizards.create({**values, **self._get_dates()})
        self.assertFalse(wizard.preview)
        self.assertIn("do not work for this company", wizard.issue)
        with self.assertRaises(AccessError):
            wizard.action_print()
        report = self.env["report.autopay.report_statement"]
        data = {"partner_id": self.customer.id, "company_id": self.company.id}
        for user in (seller, stranger):
            with self.assertRaises(AccessError):
                report.with_user(user)._get_report_values(None, data)

    # === PAPER === #

    def test_paper_has_what_the_screen_has(self):
        wizard = self._open_wizard().save()
        text = self._print(wizard)
        for word in (
            "Statement of account",
            self.customer.name,
            self.company.name,
            self.invoice.name,
            "Opening balance",
            "70.00",
            "Page 1 / 1",
        ):
            self.assertIn(word, text)

    def test_paper_is_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        text = self._print(self._open_wizard().save())
        self.assertIn("70,00", text)
        french = self.env(context={"lang": "fr_FR"})
        self.assertIn(say_day(french, self._get_day(-20), year=True), text)

    def test_statement_too_long_for_paper_is_shown_and_not_printed(self):
        wizard = self._open_wizard().save()
        with patch.object(statement, "MAX_PAPER_ROWS", 1):
            self.assertIn(self.invoice.name, wizard.preview)
            for button in (wizard.action_print, wizard.action_send):
                with self.assertRaisesRegex(UserError, "too many for a PDF"):
                    button()

    def test_strange_data_of_a_browser_prints_nothing(self):
        report = self.env["report.autopay.report_statement"].with_user(
            self.billing_user
        )
        for data in (
            None,
            {},
            {"partner_id": "1"},
            {"partner_id": 2**40},
            {"partner_id": [self.customer.id]},
            {"partner_id": self.customer.id, "date_from": "x"},
        ):
            with self.subTest(data=data), self.assertRaises(UserError):
                report._get_report_values(None, data)
        values = {"partner_id": self.customer.id, "date_from": 5, "currency_id": {}}
        self.assertTrue(report._get_report_values(None, values)["statements"])

    # === MAIL === #

    def test_statement_is_mailed_to_the_invoice_address(self):
        accounts = self._create_customer(
            "Accounts", parent_id=self.customer.id, type="invoice"
        )
        accounts.email = "accounts@example.com"
        wizard = self._open_wizard().save()
        with self.mock_mail_gateway():
            told = wizard.action_send()["params"]["message"]
            self.assertIn("accounts@example.com", told)
            self.flush_tracking()
            self.env.ref("mail.ir_cron_mail_scheduler_action").method_direct_trigger()
        (mail,) = self._mails
        self.assertEqual(mail["email_to"], ['"Accounts" <accounts@example.com>'])
        self.assertIn("books@example.com", mail["email_from"])
        self.assertIn("Springfield Supplies", mail["subject"])
        ((name, _content, _kind),) = mail["attachments"]
        self.assertIn(f"{self.today.isoformat()}.pdf", name)

    def test_employees_who_read_the_contact_do_not_read_its_statement(self):
        wizard = self._open_wizard().save()
        wizard.action_send()
        seller = self._create_user("seller", "base.group_user")
        mail = self.env["mail.mail"].search([], limit=1)
        self.assertTrue(mail.attachment_ids)
        with self.assertRaises(AccessError):
            mail.attachment_ids.with_user(seller).read(["raw"])
        note = self.customer.with_user(seller).message_ids[:1]
        self.assertIn("billing@example.com", note.body)
        self.assertFalse(note.attachment_ids)

    def test_customer_without_address_and_reader_send_nothing(self):
        before = self.env["mail.mail"].search_count([])
        with self.assertRaises(AccessError):
            self._open_wizard(self.reader).save().action_send()
        self.customer.email = "nowhere"
        form = self._open_wizard()
        self.assertFalse(form.email)
        with self.assertRaisesRegex(UserError, "no email address"):
            form.save().action_send()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
