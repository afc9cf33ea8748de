from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...const.methods.setup import FREE_LOOKS, LOOK_SECONDS
from ..portal.common_pages import PagesCommon
from .common_setup import CommittingOverHttp, SetupCommon

NEW = "/my/autopay/method/new"
SESSIONS = "/v1/checkout/sessions"
STRANGE_IDS = ("0", "-1", str(2**31), str(2**70), "x", "١", "1.5", "99999999")


@tagged("post_install", "-at_install")
class TestPortalMethods(CommittingOverHttp, SetupCommon, PagesCommon):
    """A customer saves a method in the portal, and nobody else for him."""

    def setUp(self):
        super().setUp()
        self._log_in(self.owner_user)

    # === ACTS === #

    def _press(self, page, **changes):
        """Press the button of a form, perhaps with other values; follow nowhere."""
        form = page.xpath("//form[@method='post'][.//input[@name='text_hash']]")[0]
        fields = {
            field.get("name"): field.get("value") for field in form.xpath(".//input")
        }
        values = {**fields, **changes}
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.sql_db"):
            answer = self.url_open(
                form.get("action"), data=values, allow_redirects=False
            )
        self.env.invalidate_all()
        return answer

    def _begin(self, path=NEW, **changes):
        return self._press(self._open_page(path), **changes)

    def _open_page(self, path, status=200):
        return PagesCommon._open(self, path, status)

    def _save_here(self, *deeds):
        """Save a method and come back; return the page that is shown then."""
        answer = self._begin()
        self.assertEqual(answer.status_code, 303, answer.text)
        place = self.admin.visit(answer.headers["Location"], *deeds)
        return place and self._open_page(place)

    def _count(self):
        setups = self.env["autopay.method.setup"].sudo().search_count([])
        return setups, len(self._get_tokens()), len(self._get_consents())

    # === THE PAGE === #

    def test_page_shows_the_words_and_changes_nothing(self):
        before = self._count()
        page = self._open_page(NEW)
        self.assertIn("I authorize", self._text(page, "autopay_text"))
        kinds = self._text(page, "autopay_kinds")
        self.assertIn("at Stripe. You can use: Card, ACH Direct Debit.", kinds)
        self.assertEqual(self.last_answer.headers["Cache-Control"], "no-store")
        self.assertEqual(self._count(), before)
        self.assertFalse(self._get_sent(SESSIONS))

    def test_button_leads_to_the_page_of_the_provider(self):
        answer = self._begin()
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/c/pay/", answer.headers["Location"])
        setup = self._get_setup()
        self.assertEqual(setup.contact_id, self.owner_user.partner_id)
        self.assertEqual(setup.user_id, self.owner_user)
        self.assertTrue(setup.ip_address)
        self.assertIn("I authorize", setup.text)

    def test_double_click_and_the_way_back_lead_to_one_page(self):
        page = self._open_page(NEW)
        places = {self._press(page).headers["Location"] for _time in range(3)}
        self.assertEqual(len(places), 1)
        self.assertEqual(len(self._get_setups()), 1)

    def test_words_that_were_not_shown_are_not_agreed_to(self):
        answer = self._begin(text_hash="0" * 64)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("The text has changed", answer.text)
        self.assertFalse(self._get_setups())

    def test_form_of_another_site_is_refused(self):
        answer = self._begin(csrf_token="forged")
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._get_setups())

    def test_too_many_pages_are_refused(self):
        for number in range(5):
            self._open_many(number)
        answer = self._begin()
        self.assertEqual(answer.status_code, 429)
        self.assertIn("try again in an hour", answer.text)

    def _open_many(self, number):
        SetupCommon._open(self, name=f"Person {number}")

    def test_provider_out_of_reach_is_said(self):
        page = self._open_page(NEW)
        self.admin.add_fault("refuse", times=None)
        answer = self._press(page)
        self.assertEqual(answer.status_code, 503)
        self.assertIn("cannot be reached", answer.text)

    # === WHO === #

    def test_visitors_are_asked_to_log_in(self):
        self._log_in()
        self._open_page(NEW)
        self.assertIn("/web/login", self.last_answer.url)

    def test_contacts_who_may_only_look_change_nothing(self):
        form = self._open_page(NEW)
        self._log_in(self.colleague_user)
        page = self._open_page(NEW)
        self.assertFalse(page.xpath("//button[@name='autopay_begin']"))
        csrf = self._open_page("/my/account").xpath(
            "//input[@name='csrf_token']/@value"
        )[0]
        self._press(form, csrf_token=csrf)
        self.assertFalse(self._get_setups())

    def test_what_is_not_the_customers_is_not_found(self):
        foreign = self._create_token(customer=self.stranger)
        other = self._create_company(name="Elsewhere Ltd")
        other.autopay_enabled = True
        for value in (*STRANGE_IDS, str(foreign.id)):
            with self.subTest(value=value):
                self._open_page(f"{NEW}?purpose=replace&token={value}", 404)
        for value in (*STRANGE_IDS, str(other.id)):
            with self.subTest(company=value):
                self._open_page(f"{NEW}?company={value}", 404)
        self._open_page(f"{NEW}?purpose=steal", 404)

    def test_visits_of_others_are_not_found(self):
        self._begin()
        setup = self._get_setup()
        path = setup._get_return_path()
        stem, _slash, access = path.rpartition("/")
        for wrong in (f"{stem}/{access}x", f"{stem}/x", f"{stem}/é", f"{stem}/"):
            self._open_page(wrong, 404)
        for value in STRANGE_IDS:
            self._open_page(f"/my/autopay/method/return/{value}/{access}", 404)

    # === COMING BACK === #

    def test_saved_card_is_shown_and_pays(self):
        page = self._save_here("card")
        self.assertIn("is charged to", self._text(page, "autopay_done"))
        self.assertIn("4242", page.xpath("//h2")[0].text_content())
        self.assertEqual(self.last_answer.headers["Referrer-Policy"], "no-referrer")
        self.assertTrue(self._get_default())
        consent = self._get_consents()
        self.assertEqual(consent.user_id, self.owner_user)
        mail = self._write_copies(consent)
        self.assertEqual(mail.recipient_ids, self.owner_user.partner_id)

    def test_declined_card_is_told_and_another_one_can_be_tried(self):
        page = self._save_here("card_declined", "back")
        self.assertIn("was declined", self._text(page, "autopay_message"))
        link = page.xpath("//a[@name='autopay_go_on']/@href")[0]
        page = self._open_page(self.admin.visit(link, "card"))
        self.assertTrue(self._text(page, "autopay_done"))
        self.assertEqual(len(self._get_tokens()), 1)

    def test_3d_secure_is_passed_failed_or_abandoned(self):
        page = self._save_here("card_3ds", "fail", "back")
        self.assertTrue(self._text(page, "autopay_open"))
        self.assertFalse(self._get_tokens())
        self.assertFalse(self._save_here("card_3ds", "leave"))
        self.assertEqual(self._get_setup().state, "open")
        page = self._save_here("card_3ds", "pass")
        self.assertTrue(self._text(page, "autopay_done"))
        self.assertEqual(len(self._get_tokens()), 1)

    def test_bank_account_waits_for_its_deposit(self):
        page = self._save_here("us_bank_account_deposits")
        self.assertIn("small deposit", self._text(page, "autopay_waiting"))
        self.assertFalse(self._get_tokens())
        link = page.xpath("//a[@name='autopay_verify']/@href")[0]
        path = self._get_setup()._get_return_path()
        # Days later the customer finds the way to it.
        for place in ("/my/autopay", NEW):
            found = self._open_page(place).xpath("//a[@name='autopay_waiting_link']")
            self.assertEqual([each.get("href") for each in found], [path])
        self.admin.visit(link, "verify")
        page = self._open_page(path)
        self.assertTrue(self._text(page, "autopay_done"))
        self.assertTrue(self._get_default().stripe_mandate)
        page = self._open_page("/my/autopay")
        self.assertFalse(page.xpath("//a[@name='autopay_waiting_link']"))

    def test_page_is_shown_again_without_being_asked_again(self):
        self._save_here("card")
        path = self._get_setup()._get_return_path()
        self.admin.add_fault("refuse", times=None)
        page = self._open_page(path)
        self.assertTrue(self._text(page, "autopay_done"))
        self.assertEqual(len(self._get_consents()), 1)

    def test_who_looks_all_the_time_is_not_asked_about_each_time(self):
        self._begin()
        setup = self._get_setup()
        path = setup._get_return_path()
        self._force(setup, look_count=FREE_LOOKS - 1)
        asked = []
        for seconds in (0, 0, LOOK_SECONDS + 1, 0):
            before = fields.Datetime.now() - timedelta(seconds=seconds)
            self._force(setup, checked_date=before)
            count = len(self.admin.requests())
            self.assertTrue(self._text(self._open_page(path), "autopay_open"))
            asked.append(len(self.admin.requests()) > count)
        self.assertEqual(asked, [True, False, True, False])

    def test_who_is_not_logged_in_comes_back_as_well(self):
        answer = self._begin()
        place = self.admin.visit(answer.headers["Location"], "card")
        self._log_in()
        page = self._open_page(place)
        self.assertTrue(self._text(page, "autopay_done"))
        self.assertFalse(page.xpath("//a[@name='autopay_home']"))
        self.assertEqual(self._get_consents().user_id, self.owner_user)

    # === WHAT IS SAVED ALREADY === #

    def test_method_saved_elsewhere_is_agreed_to(self):
        token = self._create_token()
        page = self._open_page(NEW)
        self.assertIn("4242", self._text(page, "autopay_choices"))
        answer = self._press_choice(page)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self._get_default(), token)
        consent = self._get_consents()
        self.assertEqual((consent.token_id, consent.channel), (token, "portal"))
        self.assertIn("4242", consent.text)
        mails = self._write_copies(consent)
        self.assertEqual(len(mails), 1)
        # It is no choice any more.
        page = self._open_page(NEW)
        self.assertFalse(page.xpath("//section[@name='autopay_choices']"))

    def _press_choice(self, page):
        """Follow the link to a method that is saved, and agree to it."""
        link = page.xpath("//section[@name='autopay_choices']//a/@href")[0]
        path, _mark, place = link.partition("#")
        page = self._open_page(path)
        [offer] = page.xpath(f"//section[.//*[@id='{place}']]")
        [form] = offer.xpath(".//form")
        return self._press(form, agree="1")

    def test_other_providers_keep_odoos_own_form(self):
        self.provider.state = "disabled"
        demo = self._create_provider("demo")
        demo.is_published = True
        page = self._open_page(NEW)
        self.assertFalse(page.xpath("//button[@name='autopay_begin']"))
        ways = page.xpath("//section[@name='autopay_other_ways']//a/@href")
        self.assertEqual(ways, ["/my/payment_method"])
        token = self.env["payment.token"].create(
            {
                "provider_id": demo.id,
                "payment_method_id": demo.payment_method_ids[:1].id,
                "partner_id": self.customer.id,
                "provider_ref": "demo",
                "payment_details": "0001",
                "demo_simulated_state": "done",
            }
        )
        page = self._open_page(NEW)
        self._press_choice(page)
        self.assertEqual(self._get_default(), token)
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")

    def test_nothing_can_be_saved_without_a_provider(self):
        self.provider.state = "disabled"
        page = self._open_page(NEW)
        self.assertIn("No payment method", self._text(page, "autopay_other_ways"))

    def test_odoos_own_page_leads_here(self):
        page = self._open_page("/my/payment_method")
        self.assertTrue(page.xpath(f"//a[@href='{NEW}']"))
        self.company.autopay_enabled = False
        page = self._open_page("/my/payment_method")
        self.assertFalse(page.xpath(f"//a[@href='{NEW}']"))
