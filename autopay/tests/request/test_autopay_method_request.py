from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_request import RequestCommon

TEMPLATE = "autopay.mail_template_method_request"
MAIL_LOG = "odoo.addons.autopay.models.request.autopay_request_mail"


@tagged("post_install", "-at_install")
class TestAutopayMethodRequest(RequestCommon):
    """Customers are asked by mail, and everybody sees what came of it."""

    # === MAIL === #

    def test_mail_goes_out_in_the_customers_language_with_one_link(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref(TEMPLATE)
        template.with_context(
            lang="fr_FR"
        ).subject = "Carte pour {{ object.company_id.name }}"
        self.customer.lang = "fr_FR"
        request = self._ask(self.customer)
        self.assertEqual(request.state, "queued")
        mail = self._get_mail(request)
        self.assertEqual(mail.subject, f"Carte pour {self.company.name}")
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertIn("accounts@orchard.example.com", mail.email_from)
        self.assertIn("accounts@orchard.example.com", mail.reply_to)
        self.assertEqual(mail.body_html.count("/autopay/m/"), 1)
        self.assertIn(request.with_user(self.biller).link_url, mail.body_html)
        self._send_mails()
        self.assertEqual(request.state, "sent")
        self.assertFalse(mail.exists())
        self.assertEqual(len(self._mails), 1)

    def test_mail_wears_the_look_of_the_company(self):
        self.company.write(
            {"email_secondary_color": "#123456", "email_primary_color": "#fedcba"}
        )
        body = self._get_mail(self._ask(self.customer)).body_html
        self.assertIn("#123456", body)
        self.assertIn("#fedcba", body)
        self.assertIn(self.company.name, body)

    def test_days_in_mails_are_those_of_the_company(self):
        self.company.partner_id.tz = "America/New_York"
        night = fields.Datetime.to_datetime("2027-01-01 03:00:00")
        request = self._ask(self.customer)
        request.sudo().expiry_date = night
        agreed = {"date": night, "agreed_date": night.date() - timedelta(days=1)}
        consent = self.env["autopay.authorization"]._record(
            self.customer, self.company, self._create_token(), "portal", **agreed
        )
        for record, template, day in (
            (request, TEMPLATE, "December 31, 2026"),
            (consent, "autopay.mail_template_consent", "Dec 31, 2026"),
        ):
            shipped = self.env.ref(template)
            # Databases keep the one that they were made with.
            shipped.reset_template()
            bodies = shipped._render_field("body_html", record.ids)
            self.assertIn(day, bodies[record.id])
            self.assertNotIn("2027", bodies[record.id])

    def test_names_in_mails_are_text(self):
        self.customer.name = "<script>alert(1)</script> {{ 7 * 7 }}"
        body = self._get_mail(self._ask(self.customer)).body_html
        self.assertNotIn("<script>", body)
        self.assertIn("&lt;script&gt;", body)
        self.assertIn("{{ 7 * 7 }}", body)

    def test_mail_queue_is_woken(self):
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._ask(self.customer)
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)

    def test_refused_address_is_noted_although_odoo_deletes_the_mail(self):
        request = self._ask(self.customer)
        self.customer.email = "nowhere"
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            self._send_mails()
        self.assertEqual(request.state, "failed")
        self.assertIn("Invalid email address", request.failure)
        self.assertFalse(self._get_mail(request))

    def test_mail_that_is_sent_by_hand_later_is_noted(self):
        request = self._ask(self.customer)
        mail = self._get_mail(request)
        mail._postprocess_sent_message([], [], "No route", "mail_smtp")
        self.assertEqual(request.state, "failed")
        self.assertIn("No route", request.failure)
        # The outbox writes it anew, once a server is there again.
        notice = self.env["autopay.notice"].search([("res_id", "=", request.id)])
        self.assertEqual((notice.kind, notice.state), ("request", "due"))
        self.assertFalse(mail.exists())
        notice.sudo()._queue(notice)
        self._send_mails()
        self.assertEqual(request.state, "sent")
        self.assertFalse(request.failure)

    def test_spoilt_template_loses_no_request_and_says_why(self):
        self.env.ref(TEMPLATE).subject = "{{ object.nothing_like_it }}"
        second = self._create_customer("Second")
        with mute_logger(MAIL_LOG, "odoo.addons.mail.models.mail_render_mixin"):
            requests = self._ask(self.customer | second)
        self.assertEqual(set(requests.mapped("state")), {"failed"})
        for request in requests:
            self.assertIn("The mail could not be written", request.failure)
            self.assertFalse(self._get_mail(request))
        self.assertTrue(requests[0].with_user(self.biller).link_url)

    def test_one_customer_whose_mail_fails_stops_no_other(self):
        self.env.ref(TEMPLATE).subject = "{{ 1 / len(object.partner_id.ref or '') }}"
        self.customer.ref = "GVD"
        second = self._create_customer("Second")
        with mute_logger(MAIL_LOG, "odoo.addons.mail.models.mail_render_mixin"):
            requests = self._ask(self.customer | second)
        states = {request.partner_id: request.state for request in requests}
        self.assertEqual(states, {self.customer: "queued", second: "failed"})

    def test_template_without_the_link_is_spoilt(self):
        self.env.ref(TEMPLATE).body_html = "<p>Please save a card.</p>"
        request = self._ask(self.customer)
        self.assertEqual(request.state, "failed")
        self.assertIn("link is missing", request.failure)
        self.assertFalse(self._get_mail(request))

    def test_deleted_template_is_told(self):
        self.env.ref(TEMPLATE).unlink()
        request = self._ask(self.customer)
        self.assertIn("template was deleted", request.failure)

    def test_many_mails_are_written_by_the_scheduled_action(self):
        partners = self.env["res.partner"].create(
            [
                {"name": f"Customer {number}", "email": f"c{number}@example.com"}
                for number in range(53)
            ]
        )
        requests = self._ask(partners)
        self.assertEqual(len(requests.filtered("written_date")), 50)
        with self.mock_mail_gateway():
            self._run_requests()
        self.assertEqual(len(requests.filtered("written_date")), 53)
        self.assertEqual(len(self._get_mail(requests[0])), 1)

    def test_what_became_of_a_request_since_it_was_found_stays(self):
        room = "odoo.addons.autopay.models.request.autopay_request_mail"
        other = self._create_customer("Blue River Mill")
        with patch(f"{room}.MAILS_AT_ONCE", 1):
            requests = self._ask(self.customer | other)
        unwritten = requests.filtered(lambda request: not request.written_date)
        self.assertEqual(len(unwritten), 1)
        unwritten.action_withdraw()
        self.requests._send(unwritten)
        self.requests._expire(unwritten)
        self.assertEqual(
            (unwritten.state, unwritten.written_date), ("withdrawn", False)
        )
        self.assertFalse(self._get_mail(unwritten))

    def test_customer_without_an_address_is_listed_with_a_link_to_copy(self):
        self.customer.email = False
        request = self._ask(self.customer)
        self.assertEqual(request.state, "no_address")
        self.assertFalse(self._get_mail(request))
        self.assertIn("/autopay/m/", request.with_user(self.biller).link_url)

    # === LINK === #

    def test_link_ends_with_the_request(self):
        request = self._ask(self.customer)
        text = request.with_user(self.biller).link_url.rpartition("/")[2]
        self.assertEqual(self.requests._find_by_link(text), request)
        request.with_user(self.biller).action_withdraw()
        self.assertEqual(request.state, "withdrawn")
        self.assertFalse(request._is_open())
        self.assertFalse(request.with_user(self.biller).link_url)

    def test_junk_is_nobodys_link(self):
        request = self._ask(self.customer)
        text = request.with_user(self.biller).link_url.rpartition("/")[2]
        middle = len(text) // 2
        other = "A" if text[middle] != "A" else "B"
        junk = [
            "",
            "x",
            "a" * 67,
            "é" * 67,
            text[:-5],
            text[:middle] + other + text[middle + 1 :],
            text + "=" * 3,
            text * 10,
            f"{text}\0",
            "A" * 5000,
            None,
            7,
        ]
        for each in junk:
            with self.subTest(each):
                self.assertFalse(self.requests._find_by_link(each))

    def test_link_of_another_purpose_opens_nothing(self):
        request = self._ask(self.customer)
        links = self.env["autopay.link"]
        text = links._sign("autopay-confirm", request, request.expiry_date)
        self.assertFalse(self.requests._find_by_link(text))
        self.assertTrue(links._read("autopay-confirm", text, request._name))

    def test_link_of_long_ago_and_of_deleted_requests_is_nobodys(self):
        request = self._ask(self.customer)
        text = request.with_user(self.biller).link_url.rpartition("/")[2]
        self._age(request, 31)
        self.assertFalse(request._is_open())
        self.assertEqual(self.requests._find_by_link(text), request)
        links = self.env["autopay.link"]
        old = links._sign("autopay-method-request", request, request.expiry_date)
        self.assertFalse(self.requests._find_by_link(old))
        request.sudo().unlink()
        self.assertFalse(self.requests._find_by_link(text))

    # === ANSWERS === #

    def test_method_that_comes_is_the_answer_however_it_comes(self):
        request = self._ask(self.customer)
        token = self._enrol()
        self.assertEqual(request.state, "answered")
        self.assertEqual(request.token_id, token)
        self.assertFalse(request._is_open())

    def test_late_answer_counts_and_another_customers_does_not(self):
        request = self._ask(self.customer)
        self._age(request, 31)
        self._run_requests()
        self.assertEqual(request.state, "expired")
        self._enrol(customer=self._create_customer("Other"))
        self.assertEqual(request.state, "expired")
        self._enrol()
        self.assertEqual(request.state, "answered")

    def test_answered_request_is_not_asked_again(self):
        request = self._ask(self.customer)
        self._enrol()
        with self.assertRaisesRegex(UserError, "answered already"):
            request.with_user(self.biller).action_ask_again()

    def test_asking_again_ticks_who_was_asked_just_now(self):
        request = self._ask(self.customer).with_user(self.biller)
        action = request.action_ask_again()
        wizard = self.env[action["res_model"]].with_user(self.biller)
        wizard = wizard.browse(action["res_id"])
        self.assertTrue(wizard.line_ids.is_chosen)
        wizard.action_ask()
        self.assertEqual(request.state, "withdrawn")
        self.assertEqual(request.replaced_by_id.state, "queued")

    def test_customer_has_one_open_request(self):
        request = self._ask(self.customer)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            request.sudo().copy()
            self.env.flush_all()

    # === STAFF === #

    def test_people_write_nothing_by_hand(self):
        request = self._ask(self.customer)
        for values in ({"state": "sent"}, {"token_id": False}):
            with self.assertRaises(AccessError):
                request.with_user(self.biller).write(values)
        with self.assertRaises(AccessError):
            request.with_user(self.biller).unlink()
        reader = self._create_user("request_reader", "account.group_account_readonly")
        self.assertEqual(request.with_user(reader).state, "queued")
        with self.assertRaises(AccessError):
            request.with_user(reader).read(["link_url"])
        with self.assertRaises(AccessError):
            request.with_user(reader).action_withdraw()

    def test_customer_form_says_what_became_of_the_request(self):
        form = Form(self.customer.with_user(self.biller))
        self.assertFalse(form.autopay_request_text)
        request = self._ask(self.customer)
        customer = self.customer.with_user(self.biller)
        self.assertIn("the mail is being sent", customer.autopay_request_text)
        self._send_mails()
        self.assertIn("not answered yet", customer.autopay_request_text)
        self.assertIn(self.biller.name, customer.autopay_request_text)
        request.with_user(self.biller).action_withdraw()
        self.env.invalidate_all()
        self.assertIn("withdrawn", customer.autopay_request_text)
        self._ask(self.customer)
        self._enrol()
        self.env.invalidate_all()
        self.assertIn("answered with", customer.autopay_request_text)
        action = customer.action_view_autopay_requests()
        self.assertEqual(self.requests.search_count(action["domain"]), 2)

    # === DEADLINES === #

    def _get_calls(self):
        return self.env["mail.activity"].search(
            [("autopay_wait", "=like", "request:%"), ("active", "=", True)]
        )

    def _call_people(self):
        self.env.flush_all()
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.env.invalidate_all()

    def test_nobody_is_called_while_the_link_is_valid(self):
        request = self._ask(self.customer)
        self._send_mails()
        self._age(request, 20)
        self._run_requests()
        self._call_people()
        self.assertFalse(self._get_calls())

    def test_expired_requests_call_one_person_with_buttons_that_end_it(self):
        second = self._create_customer("Second")
        requests = self._ask(self.customer | second)
        self._send_mails()
        self._age(requests, 31)
        self._run_requests()
        self.assertEqual(set(requests.mapped("state")), {"expired"})
        self._age(requests, 1)
        self._call_people()
        call = self._get_calls()
        self.assertEqual(len(call), 1)
        self.assertEqual(call.user_id, self.company._get_autopay_responsible())
        self.assertIn("2", call.summary)
        self.assertIn("Second", call.note)
        requests[0].with_user(self.biller).action_withdraw()
        self._ask(requests[1].partner_id)
        self._call_people()
        self.assertFalse(self._get_calls())

    def test_unsent_requests_call_a_person(self):
        self.customer.email = False
        request = self._ask(self.customer)
        self._call_people()
        self.assertFalse(self._get_calls())
        self._age(request, 2)
        self._call_people()
        self.assertIn("e-mail address", self._get_calls().summary)

    def test_requests_of_another_databases_companies_are_left_alone(self):
        request = self._ask(self.customer)
        self._age(request, 31)
        self.company.sudo().autopay_database_uuid = "elsewhere"
        self._run_requests()
        self.assertEqual(request.state, "queued")
