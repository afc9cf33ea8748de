from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...controllers.accent import get_accent, get_contrast
from ...words.days import say_day
from .common_pages import PagesCommon


@tagged("post_install", "-at_install")
class TestPortalHome(PagesCommon):
    def test_customer_sees_that_autopay_is_on_and_what_comes(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._log_in(self.owner_user)
        page = self._open("/my/autopay")
        self.assertIn("On", self._text(page, "autopay_status"))
        self.assertIn("VISA •••• 4242", self._text(page, "autopay_default"))
        words = self._text(page, "autopay_next_words")
        self.assertIn(invoice.name, words)
        self.assertIn("100.00", words)
        self.assertEqual(self.last_answer.headers["Cache-Control"], "no-store")

    def test_customer_without_a_method_reads_so(self):
        self._create_due_invoice()
        self._log_in(self.owner_user)
        page = self._open("/my/autopay")
        self.assertIn("Off", self._text(page, "autopay_status"))
        self.assertIn("have not chosen", self._text(page, "autopay_status_words"))
        self.assertFalse(self._text(page, "autopay_next_words"))

    def test_method_that_comes_back_with_its_provider_is_not_said_to_be_removed(self):
        token = self._enrol()
        self.provider.state = "disabled"
        self._log_in(self.owner_user)
        words = self._text(self._open("/my/autopay"), "autopay_status_words")
        self.assertIn("the reason is on our side", words)
        token.autopay_authorization_ids.sudo()._revoke("The customer has left.")
        words = self._text(self._open("/my/autopay"), "autopay_status_words")
        self.assertIn("was removed", words)

    def test_removed_method_is_told_with_its_day_and_who_removed_it(self):
        token = self._enrol()
        self._log_in(self.owner_user)
        day = say_day(self.env, fields.Datetime.now())
        colleague = self._create_portal_user("second_user", self.owner_user.partner_id)
        root, staff = self.env.ref("base.user_root"), self.env.ref("base.user_admin")
        for user, words in (
            (self.owner_user, f"You removed VISA •••• 4242 on {day}."),
            (colleague, f"{colleague.name} removed VISA •••• 4242 on {day}."),
            (staff, f"We removed VISA •••• 4242 on {day}."),
            (root, f"VISA •••• 4242 was removed on {day}."),
        ):
            with self.subTest(words):
                token.active = True
                token.with_user(user).sudo().active = False
                page = self._open("/my/autopay")
                told = self._text(page, "autopay_status_words")
                self.assertIn(words, told)
        # Nobody has noted it of those that were removed before.
        self._force(token, autopay_removed_date=None)
        page = self._open("/my/autopay")
        words = self._text(page, "autopay_status_words")
        self.assertIn("VISA •••• 4242 was removed. Choose", words)

    def test_entry_on_the_home_page_stands_where_autopay_is_on(self):
        self._log_in(self.owner_user)
        self.assertTrue(self._open("/my").xpath("//a[@href='/my/autopay']"))
        self.company.autopay_enabled = False
        self.assertFalse(self._open("/my").xpath("//a[@href='/my/autopay']"))
        self._open("/my/autopay", status=404)

    def test_visitors_are_asked_to_log_in(self):
        self._log_in()
        self._open("/my/autopay")
        self.assertIn("/web/login", self.last_answer.url)

    def test_companies_that_are_not_the_customers_are_not_found(self):
        other = self._create_company(name="Elsewhere Ltd")
        other.autopay_enabled = True
        self._log_in(self.owner_user)
        strange = (other.id, 0, -1, 2**31, 2**70, "x", "١", 1.5, 99999999)
        for value in strange:
            with self.subTest(value=value):
                self._open(f"/my/autopay?company={value}", status=404)

    def test_agreement_is_withdrawn_where_no_invoice_was_sent_yet(self):
        other = self._create_company(name="Elsewhere Ltd")
        other.autopay_enabled = True
        provider = self.provider.sudo().copy({"company_id": other.id})
        token = self._create_token().copy({"provider_id": provider.id})
        self.env["autopay.authorization"].sudo()._record(
            self.customer, other, token, "link", text="I agree.", lang="en_US"
        )
        self._log_in(self.owner_user)
        page = self._open("/my/autopay")
        (tab,) = page.xpath(f"//nav//a[contains(@href, 'company={other.id}')]/@href")
        self.assertTrue(self._open(tab).xpath("//a[contains(@href, '/leave')]"))
        page = self._send("/my/autopay/leave", company=other.id)
        self.assertIn("You have left autopay", self._text(page, "autopay_messages"))
        self.assertTrue(token.autopay_authorization_ids.revoked_date)

    def test_contacts_who_may_only_look_read_so(self):
        self._log_in(self.colleague_user)
        self.assertTrue(self._text(self._open("/my/autopay"), "autopay_read_only"))
        self.colleague_user.partner_id.autopay_portal_manager = True
        self.assertFalse(self._text(self._open("/my/autopay"), "autopay_read_only"))

    def test_first_portal_contact_and_the_customer_itself_may_change(self):
        payer = self._create_customer("Stone Bridge Inn")
        first = self._create_customer("First", parent_id=payer.id)
        second = self._create_customer("Second", parent_id=payer.id)
        for login, contact in (("first_user", first), ("second_user", second)):
            self._create_portal_user(login, contact)
        contacts = payer | first | second
        self.assertEqual(contacts.mapped("autopay_portal_manager"), [True, True, False])
        first.autopay_portal_manager = False
        self.assertEqual(
            contacts.mapped("autopay_portal_manager"), [True, False, False]
        )

    def test_staff_say_which_contacts_may_change(self):
        action = self.customer.action_view_autopay_portal_contacts()
        found = self.env["res.partner"].search(action["domain"])
        colleague = self.colleague_user.partner_id
        self.assertEqual(found, self.customer | colleague)
        clerk = self._create_user("clerk", "base.group_partner_manager")
        billing = self._create_user(
            "billing", "account.group_account_invoice,base.group_partner_manager"
        )
        with self.assertRaises(AccessError):
            colleague.with_user(clerk).autopay_portal_manager = True
        colleague.with_user(billing).autopay_portal_manager = True
        self.assertEqual(colleague.autopay_portal_right, "change")


@tagged("post_install", "-at_install")
class TestPortalAccent(PagesCommon):
    def test_text_on_every_colour_can_be_read(self):
        for colour in (
            "#000000",
            "#ffffff",
            "#875A7B",
            "#777777",
            "#ffff00",
            "#3366ff",
        ):
            accent = get_accent(colour)
            with self.subTest(colour=colour):
                self.assertGreaterEqual(get_contrast(accent.colour, accent.text), 4.5)

    def test_what_is_no_colour_is_passed_over(self):
        for text in ("red", "#fff", "#12345g", "#123456;}", "", None, False):
            with self.subTest(text=text):
                self.assertIsNone(get_accent(text))
        self.assertEqual(get_accent("red", "#123456").colour, "#123456")

    def test_page_wears_the_colour_of_the_company(self):
        self.company.email_secondary_color = "#ffee00"
        self._log_in(self.owner_user)
        self._open("/my/autopay")
        self.assertIn("--autopay-accent: #ffee00", self.last_answer.text)
        self.assertIn("--autopay-accent-text: #000000", self.last_answer.text)

    def test_next_invoice_of_a_series_is_planned_without_its_draft(self):
        self._enrol()
        self.company.autopay_policy = "automatic"
        day = self.today + timedelta(days=20)
        draft = self._create_posted_invoice(70.0, auto_post="no").copy(
            {"invoice_date": day, "invoice_date_due": day, "auto_post": "monthly"}
        )
        self._log_in(self.owner_user)
        words = f"Monthly invoice: about $\xa070.00 on {say_day(self.env, day)}"
        for path, name in (
            ("/my/autopay", "autopay_also"),
            ("/my/autopay/coming", "autopay_planned"),
            ("/my/autopay/stop", "autopay_planned"),
        ):
            with self.subTest(path):
                text = self._text(self._open(path), name)
                self.assertIn(" ".join(words.split()), text)
                self.assertIn("4242", text)
                self.assertNotIn(draft.display_name, text)
        self.customer.with_company(self.company).autopay_policy = "off"
        self.assertFalse(self._text(self._open("/my/autopay"), "autopay_also"))

    def test_next_invoice_that_no_rule_pays_says_so_in_whole_sentences(self):
        token = self._enrol()
        self.company.autopay_policy = "automatic"
        self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": token.id,
                "condition_ids": [Command.create({"number": 500.0})],
            }
        )
        day = self.today + timedelta(days=20)
        self._create_posted_invoice(70.0).copy(
            {"invoice_date": day, "invoice_date_due": day, "auto_post": "monthly"}
        )
        self._log_in(self.owner_user)
        for path in ("/my/autopay", "/my/autopay/coming", "/my/autopay/stop"):
            with self.subTest(path):
                text = " ".join(self._open(path).text_content().split())
                self.assertIn("None of your payment rules fits it so far.", text)
                self.assertNotIn("with .", text)

    def test_stopping_is_offered_where_there_is_something_to_stop(self):
        self._log_in(self.owner_user)
        link = "//a[starts-with(@href, '/my/autopay/stop')]"
        self.assertFalse(self._open("/my/autopay").xpath(link))
        self._enrol()
        self.assertTrue(self._open("/my/autopay").xpath(link))
