import json
import re

from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..fault import fault
from ..portal.common_pages import PagesCommon

PATH = "/autopay/m/"
CSRF = re.compile(r'csrf_token: "\w+"')


@tagged("post_install", "-at_install")
class TestPortalRequest(PagesCommon):
    """The page behind a mailed link, opened by whoever has it, and by who has not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.biller = cls._create_user("page_biller", "account.group_account_invoice")

    def setUp(self):
        super().setUp()
        self.asked = self._make_request()
        self.path = self._get_path(self.asked)
        self._log_in()

    def _make_request(self, customer=None):
        requests = self.env["autopay.method.request"].with_user(self.biller)
        return requests._ask(self.company, customer or self.customer)

    def _get_path(self, asked):
        return PATH + asked.sudo().link_url.rpartition("/")[2]

    def _agree(self, path=None, **values):
        """Press the button of the page without following it; return the answer."""
        path = path or self.path
        page = self._open(path)
        [form] = page.xpath("//form[@method='post']")
        shown = dict(form.form_values())
        return self._send_form(path, {**shown, "name": "Cow Herd", **values})

    def _send_form(self, path, values):
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.sql_db", "werkzeug"):
            answer = self.url_open(path, data=values, allow_redirects=False)
        self.env.invalidate_all()
        return answer

    def _get_setups(self):
        setups = self.env["autopay.method.setup"].sudo()
        return setups.search([("partner_id", "=", self.customer.id)])

    def _get_state(self):
        """Return all that a mere look must not change."""
        self.env.flush_all()
        self.env.invalidate_all()
        names = ("state", "state_date", "token_id", "write_date", "message_ids")
        return json.dumps(
            [
                self.asked.sudo().read(names),
                len(self._get_setups()),
                len(self.customer.sudo().autopay_authorization_ids),
            ],
            default=str,
        )

    # === LOOK === #

    def test_page_shows_names_and_the_text_and_nothing_else_of_the_customer(self):
        invoice = self._create_due_invoice(4321.0)
        self._enrol()
        self.asked = self._make_request()
        page = self._open(self._get_path(self.asked))
        text = page.text_content()
        self.assertIn(self.company.name, self._text(page, "autopay_about"))
        self.assertIn(self.customer.name, self._text(page, "autopay_about"))
        consent, _hash = self.asked.sudo()._get_consent()
        self.assertEqual(self._text(page, "autopay_consent"), consent)
        for secret in (invoice.name, "4,321", "4242", self.customer.street, "@valley"):
            self.assertNotIn(secret, text)
        self.assertEqual(self.last_answer.headers["Cache-Control"], "no-store")
        self.assertEqual(self.last_answer.headers["Referrer-Policy"], "no-referrer")

    def test_looking_changes_nothing_however_often(self):
        before = self._get_state()
        for agent in ("Mozilla/5.0", "MailScanner/1.0", ""):
            self._open(self.path)
            self.url_open(self.path, headers={"User-Agent": agent})
            self.url_open(self.path, method="HEAD")
        self.assertEqual(self._get_state(), before)

    def test_page_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self._agree()
        self.assertEqual(self._get_setups().lang, "fr_FR")

    # === NOT YOURS === #

    def test_every_link_that_is_nobodys_gets_the_same_answer(self):
        text = self.path[len(PATH) :]
        middle = len(text) // 2
        other = "A" if text[middle] != "A" else "B"
        links = self.env["autopay.link"]
        forged = [
            "x",
            "0",
            "-1",
            str(2**31),
            "A" * 67,
            "A" * 4000,
            text[:middle] + other + text[middle + 1 :],
            text[:-3],
            links._sign("autopay-confirm", self.asked, self.asked.expiry_date),
        ]
        answers = set()
        for each in forged:
            self._open(PATH + each, 404)
            answers.add(CSRF.sub("", self.last_answer.text))
            refused = self._send_form(PATH + each, {"name": "X"})
            self.assertIn(refused.status_code, (400, 404), each)
        self.assertEqual(len(answers), 1)
        self.assertFalse(self._get_setups())

    def test_link_that_is_over_says_so_and_tells_nothing(self):
        asked = self.asked.sudo()
        states = {
            "answered": "has been used",
            "expired": "has expired",
            "withdrawn": "no longer valid",
        }
        form = self._open(self.path).xpath("//form[@method='post']")[0]
        sent = {**dict(form.form_values()), "name": "X"}
        for state, words in states.items():
            asked.state = state
            page = self._open(self.path, 410)
            self.assertIn(words, self._text(page, "autopay_sentence"))
            self.assertNotIn(self.customer.name, page.text_content())
            answer = self._send_form(self.path, sent)
            self.assertEqual(answer.status_code, 410)
        self.assertFalse(self._get_setups())

    def test_link_past_its_day_is_over_before_the_job_has_run(self):
        self.env.cr.execute(
            "UPDATE autopay_method_request SET expiry_date = now() at time zone 'utc'"
            " - interval '1 minute' WHERE id = %s",
            [self.asked.id],
        )
        self.env.invalidate_all()
        page = self._open(self.path, 410)
        self.assertIn("has expired", self._text(page, "autopay_sentence"))

    def test_older_link_names_the_newer_one(self):
        self._make_request()
        page = self._open(self.path, 410)
        self.assertIn("a newer one was sent", self._text(page, "autopay_sentence"))

    # === WHERE LINKS GO === #

    def _enter_address(self, user, email, contact=None):
        """Enter a billing address in the portal, or change one there."""
        self._log_in(user)
        self._open("/my/address")
        values = {
            "csrf_token": re.search(r'csrf_token: "(\w+)"', self.last_answer.text)[1],
            "partner_id": contact and contact.id,
            "address_type": "billing",
            "name": "Bookkeeping",
            "email": email,
            "phone": "+1 555 0101",
            "street": "2 Meadow Lane",
            "city": "Springfield",
            "zip": "01101",
            "country_id": self.customer.country_id.id,
            "state_id": self.customer.state_id.id,
        }
        answer = self._send_form("/my/address/submit", values)
        self.assertIn("redirectUrl", answer.text)
        # Odoo writes changes down at the end of a request.
        self.env.cr.flush()

    def test_link_does_not_go_where_a_colleague_wants_it(self):
        self._enter_address(self.colleague_user, "colleague@example.com")
        self.assertEqual(self._make_request().email, self.customer.email_normalized)
        invoiced = self._create_customer(
            "Books", parent_id=self.customer.id, type="invoice"
        )
        invoiced.email = "books@example.com"
        self.assertEqual(self._make_request().contact_id, invoiced)
        self._enter_address(self.colleague_user, "mine@example.com", invoiced)
        self.assertEqual(invoiced.email, "mine@example.com")
        self.assertEqual(self._make_request().contact_id, self.customer)
        # Contacts who may change how the customer pays may say where links go.
        self._enter_address(self.owner_user, "office@example.com", invoiced)
        self.assertEqual(self._make_request().email, "office@example.com")
        self.colleague_user.partner_id.autopay_portal_manager = True
        self.assertEqual(self._make_request().email, "colleague@example.com")

    # === AGREE === #

    def test_agreeing_leads_to_the_providers_page_and_charges_nothing(self):
        invoice = self._create_due_invoice()
        answer = self._agree()
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].startswith(self.simulator.url))
        [setup] = self._get_setups()
        self.assertEqual((setup.channel, setup.contact_name), ("link", "Cow Herd"))
        self.assertFalse(setup.contact_id)
        self.assertEqual(setup.text, self.asked.sudo()._get_consent()[0])
        self.assertEqual(self.asked.state, "queued")
        self.assertEqual(self._count_taken(), 0)
        self.assertFalse(invoice.autopay_attempt_ids)

    def test_name_that_no_database_takes_is_cut(self):
        answer = self._agree(name="Cow\0 Herd")
        self.assertEqual(answer.status_code, 303, answer.text)
        self.assertEqual(self._get_setups().contact_name, "Cow Herd")

    def test_two_presses_lead_to_one_page(self):
        first, second = self._agree(), self._agree()
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(len(self._get_setups()), 1)

    def test_nothing_happens_without_csrf_name_or_the_text_that_was_shown(self):
        page = self._open(self.path)
        values = dict(page.xpath("//form[@method='post']")[0].form_values())
        no_token = {**values, "name": "X", "csrf_token": "wrong"}
        self.assertEqual(self._send_form(self.path, no_token).status_code, 400)
        nameless = self._send_form(self.path, {**values, "name": "  "})
        self.assertEqual(nameless.status_code, 400)
        self.assertIn("type your name", nameless.text)
        outdated = self._send_form(
            self.path, {**values, "name": "X", "text_hash": "0" * 64}
        )
        page = html.fromstring(outdated.text)
        self.assertIn("text has changed", self._text(page, "autopay_problem"))
        self.assertFalse(self._get_setups())

    def test_sixth_page_in_an_hour_is_refused(self):
        for number in range(5):
            self._agree(name=f"Tester {number}")
        answer = self._agree(name="Tester 6")
        self.assertEqual(answer.status_code, 429)
        self.assertIn("several times", answer.text)
        self.assertEqual(len(self._get_setups()), 5)

    def test_what_the_browser_adds_changes_nothing(self):
        answer = self._agree(
            partner_id=str(self.stranger.id),
            company="1",
            purpose="store",
            channel="portal",
            amount="1",
        )
        self.assertEqual(answer.status_code, 303)
        [setup] = self._get_setups()
        self.assertEqual((setup.purpose, setup.channel), ("autopay", "link"))
        self.assertEqual(setup.partner_id, self.customer)
        self.assertEqual(setup.company_id, self.company)

    def test_link_wins_over_who_is_logged_in(self):
        self._log_in(self.stranger_user)
        self._agree()
        [setup] = self._get_setups()
        self.assertEqual(setup.partner_id, self.customer)
        self.assertFalse(setup.contact_id)

    def test_nothing_is_saved_where_autopay_is_off(self):
        self.company.autopay_enabled = False
        answer = self._agree()
        self.assertEqual(answer.status_code, 503)
        self.assertFalse(self._get_setups())

    def test_staff_are_told_whose_name_they_act_in(self):
        self._log_in(self.biller)
        page = self._open(self.path)
        self.assertIn("member of staff", self._text(page, "autopay_staff"))

    # === TO THE END === #

    def test_saved_method_answers_the_request_and_pays(self):
        invoice = self._create_due_invoice()
        answer = self._agree()
        self.admin.visit(answer.headers["Location"], "card")
        [setup] = self._get_setups()
        setup.next_check_date = fields.Datetime.now()
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.assertEqual(self.asked.state, "answered")
        self.assertEqual(self.asked.token_id, setup.token_id)
        customer = self.customer.with_company(self.company)
        self.assertEqual(customer.autopay_token_id, setup.token_id)
        self.assertEqual(customer.autopay_readiness, "ready")
        [consent] = customer.autopay_authorization_ids
        self.assertEqual(consent.channel, "link")
        self._run_autopay()
        self.assertEqual(invoice.payment_state, "paid")
        self._open(self.path, 410)

    def _finish(self, *answers):
        """Save a card on each of these pages, one after the other."""
        for answer in answers:
            self.admin.visit(answer.headers["Location"], "card")
            setups = self._get_setups().filtered(lambda rec: rec.state == "open")
            setups.next_check_date = fields.Datetime.now()
            self._run_cron("autopay.ir_cron_resolve_open_attempts")

    @fault(115)
    def test_page_of_a_second_person_replaces_nothing(self):
        first, second = self._agree(), self._agree(name="Somebody Else")
        self._finish(first)
        customer = self.customer.with_company(self.company)
        paying = customer.autopay_token_id
        self.assertTrue(paying)
        self._finish(second)
        setup = self._get_setups()[:1]
        self.assertEqual((setup.state, setup.purpose), ("done", "store"))
        self.assertEqual(setup.request_id, self.asked)
        self.assertEqual(customer.autopay_token_id, paying)
        self.assertEqual(len(customer.autopay_authorization_ids), 1)
        self.assertIn("had been answered", setup.activity_ids.summary)
        text = self._open(setup._get_return_path()).text_content()
        self.assertIn("The link by which you came was used", text)

    @fault(115)
    def test_page_finished_after_the_time_makes_nothing_pay(self):
        answer = self._agree()
        self.asked.expiry_date = fields.Datetime.now()
        self._finish(answer)
        [setup] = self._get_setups()
        self.assertEqual(setup.purpose, "store")
        self.assertIn("had expired", setup.activity_ids.summary)
        self.assertFalse(self.customer.with_company(self.company).autopay_token_id)

    def test_page_finished_after_asking_again_counts_at_the_same_address_only(self):
        for email, purpose in (("new@example.com", "store"), (None, "autopay")):
            answer = self._agree(path=self._get_path(self._make_request()))
            self.customer.email = email or self.customer.email
            self._make_request()
            self._finish(answer)
            with self.subTest(email=email):
                self.assertEqual(self._get_setups()[:1].purpose, purpose)

    @fault(115)
    def test_page_that_a_withdrawn_link_led_to_makes_nothing_pay(self):
        answer = self._agree()
        self.asked.with_user(self.biller).action_withdraw()
        self._finish(answer)
        [setup] = self._get_setups()
        self.assertEqual((setup.state, setup.purpose), ("done", "store"))
        self.assertEqual(self.asked.state, "withdrawn")
        customer = self.customer.with_company(self.company)
        self.assertFalse(customer.autopay_token_id)
        self.assertFalse(customer.autopay_authorization_ids)
        self.assertIn("was withdrawn", setup.activity_ids.summary)
