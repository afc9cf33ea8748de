from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools.misc import ReadonlyDict
from odoo.tools.translate import code_translations

from .common_pages import PagesCommon

# Summaries for staff of what customers do, and what a customer would read.
TRANSLATED = {
    "The customer has skipped this charge": "Le client a sauté ce paiement",
    "%s has withdrawn the agreement to autopay": "%s a retiré son accord",
    "%(customer)s has removed %(method)s": "%(customer)s a retiré %(method)s",
}


@tagged("post_install", "-at_install")
class TestPortalConsent(PagesCommon):
    """The default method is chosen and left with the customer's own word."""

    def _choose(self, token, **changed):
        page = self._open("/my/autopay/default")
        form = page.xpath(f"//form[@name='choose_{token.id}']")[0]
        values = {
            name: form.xpath(f".//input[@name='{name}']/@value")[0]
            for name in ("csrf_token", "company", "token", "text_hash")
        }
        return self._post("/my/autopay/default", **{**values, "agree": "1", **changed})

    def _get_consents(self, token):
        return token.autopay_authorization_ids.filtered(
            lambda rec: not rec.revoked_date
        )

    # === CHOOSE === #

    def test_customer_agrees_to_a_method_and_it_pays(self):
        token = self._create_token()
        invoice = self._create_due_invoice()
        self._log_in(self.owner_user)
        shown = self._text(self._open("/my/autopay/default"), "autopay_offer")
        page = self._choose(token)
        self.assertIn("VISA •••• 4242 pays", self._text(page, "autopay_messages"))
        consent = self._get_consents(token)
        self.assertEqual(consent.channel, "portal")
        self.assertIn(consent.text, shown)
        self.assertEqual(consent.user_id, self.owner_user)
        self.assertEqual(consent.ip_address, "127.0.0.1")
        self.assertTrue(consent.user_agent)
        contact = self.owner_user.partner_id
        copies = self._write_copies(consent)
        self.assertEqual((len(copies), copies.recipient_ids), (1, contact))
        self.assertEqual(
            self.customer.with_company(self.company).autopay_token_id, token
        )
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")

    def test_message_is_shown_once(self):
        token = self._create_token()
        self._log_in(self.owner_user)
        self.assertTrue(self._text(self._choose(token), "autopay_messages"))
        self.assertFalse(self._text(self._open("/my/autopay"), "autopay_messages"))

    def test_nothing_is_recorded_without_the_tick(self):
        token = self._create_token()
        self._log_in(self.owner_user)
        page = self._choose(token, agree="")
        self.assertIn("Tick the box", self._text(page, "autopay_messages"))
        self.assertFalse(token.autopay_authorization_ids)

    def test_text_that_was_not_shown_is_not_agreed_to(self):
        token = self._create_token()
        self._log_in(self.owner_user)
        for text_hash in ("", "0" * 64, "x" * 5000):
            page = self._choose(token, text_hash=text_hash)
            self.assertIn("text has changed", self._text(page, "autopay_messages"))
            self.assertTrue(page.xpath("//form[starts-with(@name, 'choose_')]"))
        self.assertFalse(token.autopay_authorization_ids)

    def test_second_press_records_nothing_more(self):
        token = self._create_token()
        self._log_in(self.owner_user)
        page = self._open("/my/autopay/default")
        text_hash = page.xpath("//input[@name='text_hash']/@value")[0]
        for _press in range(2):
            self._send(
                "/my/autopay/default", token=token.id, text_hash=text_hash, agree=1
            )
        self.assertEqual(len(token.autopay_authorization_ids), 1)

    def test_limits_go_on_to_hold_and_are_shown(self):
        token = self._create_token()
        self.env["autopay.authorization"]._record(
            self.customer, self.company, token, "paper", max_amount=50.0
        )
        self._log_in(self.owner_user)
        self._choose(token)
        consent = self._get_consents(token)[:1]
        self.assertEqual(consent.max_amount, 50.0)
        self.assertIn("At most $ 50.00 per charge", consent.text.replace("\xa0", " "))

    def test_unusable_methods_say_why_and_have_no_button(self):
        token = self._create_token(autopay_expiry_date="2020-01-31")
        self._log_in(self.owner_user)
        page = self._open("/my/autopay/default")
        self.assertIn("has expired", self._text(page, "autopay_offer"))
        self.assertFalse(page.xpath("//form[starts-with(@name, 'choose_')]"))
        self._send("/my/autopay/default", token=token.id, text_hash="x", agree=1)
        self.assertFalse(token.autopay_authorization_ids)

    # === LEAVE === #

    def test_customer_leaves_and_nothing_is_charged(self):
        token = self._enrol()
        invoice = self._create_due_invoice()
        self._log_in(self.owner_user)
        page = self._open("/my/autopay/leave")
        self.assertIn("VISA •••• 4242", self._text(page, "autopay_consents"))
        page = self._send("/my/autopay/leave", company=self.company.id)
        self.assertIn("You have left autopay", self._text(page, "autopay_messages"))
        self.assertIn("withdrawn your agreement", self._text(page, "autopay_status"))
        self.assertFalse(self._get_consents(token))
        consent = token.autopay_authorization_ids
        self.assertEqual(consent.revoked_by_id, self.owner_user)
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        activity = self.customer.activity_ids
        self.assertIn("has withdrawn the agreement", activity.summary)
        self.assertFalse(activity.user_id.share)

    def test_debit_that_is_with_the_bank_is_named(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "pending")
        self._log_in(self.owner_user)
        page = self._open("/my/autopay/leave")
        self.assertIn(invoice.name, self._text(page, "autopay_late"))
        page = self._send("/my/autopay/leave", company=self.company.id)
        told = self._text(page, "autopay_messages")
        self.assertIn("can no longer be stopped", told)
        self.assertIn(invoice.name, told)
        self.assertEqual(attempt.state, "pending")

    def test_charge_that_waits_for_the_customer_is_withdrawn(self):
        self._enrol("pm_card_authenticationRequired")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "action_required")
        self._log_in(self.owner_user)
        page = self._send("/my/autopay/leave", company=self.company.id)
        told = self._text(page, "autopay_messages")
        self.assertNotIn("can no longer be stopped", told)
        self._resolve_autopay()
        self.assertFalse(attempt.line_ids.live)
        self.assertEqual(self._count_taken(), 0)

    def test_who_has_agreed_to_nothing_cannot_leave(self):
        self._log_in(self.owner_user)
        page = self._send("/my/autopay/leave", company=self.company.id)
        self.assertIn("agreed to nothing", self._text(page, "autopay_messages"))
        self.assertFalse(self.customer.activity_ids)

    def test_staff_read_of_it_in_their_own_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        token = self._enrol()
        invoice = self._create_due_invoice()
        texts = {("autopay", "fr_FR"): ReadonlyDict(TRANSLATED)}
        user = self.env(user=self.owner_user, context={"lang": "fr_FR"})
        with patch.dict(code_translations.python_translations, texts):
            user["autopay.portal.coming"]._skip(self.company.sudo(), invoice.id)
            user["autopay.portal.consent"]._leave(self.company.sudo())
            user["autopay.method.removal"]._remove(self.company.sudo(), token.id)
        skipped = invoice.activity_ids
        self.assertEqual(skipped.summary, "The customer has skipped this charge")
        told = dict(self.customer.activity_ids.mapped(lambda rec: (rec.summary, rec)))
        name = self.customer.display_name
        left = told[f"{name} has withdrawn the agreement to autopay"]
        self.assertNotIn("You have", left.note)
        self.assertIn(f"{name} has removed VISA •••• 4242", told)

    # === OTHERS === #

    def test_contact_who_may_only_look_changes_nothing(self):
        token = self._enrol()
        other = self._create_token()
        self._log_in(self.colleague_user)
        page = self._open("/my/autopay/default")
        self.assertFalse(page.xpath("//form[starts-with(@name, 'choose_')]"))
        offers = self.env["autopay.portal.consent"].with_user(self.owner_user)
        text_hash = {
            offer.token: offer.terms.text_hash
            for offer in offers._get_offers(self.company)
        }[other]
        page = self._send(
            "/my/autopay/default", token=other.id, text_hash=text_hash, agree=1
        )
        self.assertIn("You can look at", self._text(page, "autopay_messages"))
        self._send("/my/autopay/leave", company=self.company.id)
        self.assertFalse(other.autopay_authorization_ids)
        self.assertTrue(self._get_consents(token))

    def test_methods_of_others_are_not_found(self):
        self._enrol()
        foreign = self._create_token(customer=self.stranger)
        self._log_in(self.owner_user)
        for token_id in (foreign.id, 0, -1, 2**31, 2**70, "x", "", 99999999):
            with self.subTest(token=token_id):
                self._send(
                    "/my/autopay/default", token=token_id, text_hash="x", agree=1
                )
                self.assertEqual(self.last_answer.status_code, 404)

    def test_buttons_need_the_token_of_the_page(self):
        token = self._enrol()
        self._log_in(self.owner_user)
        for path in ("/my/autopay/default", "/my/autopay/leave"):
            self._post(path, csrf_token="x", token=token.id, agree=1)
            self.assertEqual(self.last_answer.status_code, 400)
        self.assertTrue(self._get_consents(token))
