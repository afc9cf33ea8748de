from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..fault import fault
from .common_confirmation import ConfirmationCommon

PATH = "/autopay/confirm/"
CONFIRM = "/v1/payment_intents/*/confirm"


@tagged("post_install", "-at_install")
class TestPortalConfirm(ConfirmationCommon):
    """Customers finish a charge that their bank wants them to confirm."""

    def setUp(self):
        super().setUp()
        self.attempt = self._create_waiting()
        self.invoice = self.attempt.move_ids
        self.link = self._get_link(self.attempt)
        self._log_in()

    def _title(self, page):
        return self._text(page, "autopay_title")

    # === WHAT BECOMES OF IT === #

    @fault(36)
    def test_passed_challenge_finishes_the_same_charge(self):
        page = self._open(self.link)
        facts = self._text(page, "autopay_facts").replace("\xa0", " ")
        for shown in (self.invoice.name, "$ 100.00", "4242"):
            self.assertIn(shown, facts)
        before = self.attempt.object_ref
        page = self._confirm(self.link)
        self.assertEqual(self._title(page), "Thank you")
        self._assert_collected_once(self.attempt)
        self.assertEqual(self.attempt.object_ref, before)
        self.assertEqual(self.attempt.confirm_count, 1)
        [sent] = [
            row["body"]
            for row in self.admin.requests()
            if row["path"].endswith("/confirm") and "return_url" in row["body"]
        ]
        self.assertNotIn("off_session", sent)
        self.assertEqual(sent["setup_future_usage"], "off_session")
        # Used up, it says so, and another press changes nothing.
        self.assertEqual(self._title(self._open(self.link)), "Thank you")
        self._press_confirm(self.link)
        self._assert_collected_once(self.attempt)

    @fault(99)
    def test_failed_challenge_can_be_tried_again(self):
        page = self._confirm(self.link, "fail")
        self.assertIn("did not confirm", self._text(page, "autopay_problem"))
        self._assert_nothing_taken(self.attempt)
        self.assertEqual(self.invoice.payment_state, "not_paid")
        self._confirm(self.link)
        self._assert_collected_once(self.attempt)
        self.assertEqual(self.attempt.confirm_count, 2)

    @fault(99)
    def test_customer_who_left_the_bank_goes_on_without_another_request(self):
        page = self._press_confirm(self.link)
        self.admin.visit(page, "leave")
        shown = self._open(f"{self.link}/back")
        self.assertTrue(self._text(shown, "autopay_waits"))
        self.assertEqual(self._press_confirm(self.link), page)
        self.assertEqual(self._count_sent(self.attempt), 2)
        self.assertEqual(self.attempt.confirm_count, 1)

    def test_customer_who_never_comes_back_is_booked_all_the_same(self):
        self.admin.visit(self._press_confirm(self.link), "pass")
        self._resolve_autopay()
        self._assert_collected_once(self.attempt)

    def test_challenge_that_a_decline_follows_is_a_decline(self):
        self._send_form(f"{self.link}/other")
        method = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
        attempt = self._create_waiting(method=method)
        page = self._confirm(self._get_link(attempt))
        self.assertEqual(self._title(page), "The payment failed")
        self._assert_nothing_taken(attempt, "declined")
        self.assertTrue(attempt.provider_closed)
        self.assertTrue(attempt.move_ids.autopay_retry_date)

    @fault(99)
    def test_deadline_ends_it(self):
        self.attempt.confirm_deadline = fields.Datetime.now() - timedelta(seconds=1)
        page = self._open(self.link, 410)
        self.assertEqual(self._title(page), "The time is over")
        self._press_confirm(self.link)
        self.assertEqual(self._count_sent(self.attempt), 1)
        self._resolve_autopay()
        self._assert_nothing_taken(self.attempt, "declined")
        self.assertEqual(self._title(self._open(self.link, 410)), "The time is over")

    def test_company_says_how_long_customers_have(self):
        self._send_form(f"{self.link}/other")
        self.company.autopay_confirm_hours = 2
        attempt = self._create_waiting()
        span = attempt.confirm_deadline - attempt.outcome_date
        self.assertAlmostEqual(span, timedelta(hours=2), delta=timedelta(seconds=5))
        # The promised time holds.
        self.company.autopay_confirm_hours = 336
        attempt.confirm_deadline -= timedelta(hours=1)
        self.assertEqual(
            self._title(self._open(self._get_link(attempt))), "Confirm with your bank"
        )
        for hours in (0, 337, -1):
            with self.assertRaisesRegex(ValidationError, "from 1 to 336"):
                self.company.autopay_confirm_hours = hours

    # === TWO AT ONCE, AND DOUBT === #

    @fault(101)
    def test_second_press_while_the_bank_is_asked_sends_nothing(self):
        self.attempt.confirm_sent_date = fields.Datetime.now()
        place = self._press_confirm(self.link)
        self.assertEqual(urlsplit(place).path, f"{self.link}/back")
        page = self._open(place)
        self.assertEqual(self._title(page), "We are asking the bank")
        self.assertEqual(self._count_sent(self.attempt), 1)
        # A request that died is not waited for.
        self._wait_for_answer()
        self._confirm(self.link)
        self._assert_collected_once(self.attempt)

    def _wait_for_answer(self):
        """Let so much time pass that no answer can come any more."""
        self.attempt.confirm_sent_date -= timedelta(minutes=2)

    @fault(102)
    def test_lost_answer_is_asked_for_and_never_charged_twice(self):
        self.admin.add_fault("reset_before", method="POST", path=CONFIRM)
        place = self._press_confirm(self.link)
        self.admin.clear_faults()
        self.assertEqual(urlsplit(place).path, f"{self.link}/back")
        self._open(place)
        self.assertEqual(self.attempt.state, "action_required")
        self._wait_for_answer()
        self._confirm(self.link)
        self._assert_collected_once(self.attempt)

    def test_provider_that_is_down_is_said_to_be(self):
        self.admin.add_fault("refuse", path="/v1/payment_intents*", times=None)
        page = self._open(self._press_confirm(self.link))
        self.assertIn("does not answer", self._text(page, "autopay_messages"))
        self.assertEqual(self.attempt.confirm_count, 0)

    def test_silence_after_the_bank_is_not_called_a_failure(self):
        self.admin.visit(self._press_confirm(self.link), "pass")
        self.admin.add_fault("refuse", path="/v1/payment_intents*", times=None)
        page = self._open(f"{self.link}/back")
        self.assertIn("does not answer", self._text(page, "autopay_problem"))
        self.assertNotIn("not confirm the payment", page.text_content())
        self.admin.clear_faults()
        self._open(f"{self.link}/back")
        self._assert_collected_once(self.attempt)

    def test_bank_is_not_asked_for_ever(self):
        for _time in range(5):
            self._confirm(self.link, "fail")
        page = self._open(self._press_confirm(self.link))
        self.assertIn("so often", self._text(page, "autopay_messages"))
        self.assertEqual(self.attempt.confirm_count, 5)
        self.assertEqual(self._count_sent(self.attempt), 6)

    def test_provider_is_not_asked_without_end(self):
        self.attempt.confirm_look_count = 20
        self._open(f"{self.link}/back")
        asked = self.admin.count_requests()
        for _time in range(2):
            self._open(f"{self.link}/back")
        page = self._open(self._press_confirm(self.link))
        self.assertIn("in a minute", self._text(page, "autopay_messages"))
        self.assertEqual(self.admin.count_requests(), asked)
        self.attempt.confirm_look_date -= timedelta(minutes=1)
        self._confirm(self.link)
        self.attempt.confirm_look_date -= timedelta(minutes=1)
        self._open(f"{self.link}/back")
        self._assert_collected_once(self.attempt)

    # === NOT OWED ANY MORE === #

    def test_intent_that_is_canceled_is_no_longer_open(self):
        self.stripe.v1.payment_intents.cancel(self.attempt.object_ref)
        page = self._open(self._press_confirm(self.link), 410)
        self.assertEqual(self._title(page), "Nothing was charged")
        self._assert_nothing_taken(self.attempt, "canceled")
        self.assertFalse(any(self.attempt.line_ids.mapped("live")))

    def test_method_that_is_gone_is_a_decline(self):
        self.stripe.v1.payment_methods.detach(
            self.attempt.token_id.stripe_payment_method
        )
        page = self._open(self._press_confirm(self.link))
        self.assertEqual(self._title(page), "The payment failed")
        self._assert_nothing_taken(self.attempt, "declined")

    @fault(103)
    def test_invoice_that_was_paid_otherwise_is_not_charged(self):
        self._pay_by_bank(self.invoice)
        place = self._press_confirm(self.link)
        page = self._open(place, 410)
        self.assertIn("paid in another way", self._text(page, "autopay_messages"))
        self._assert_nothing_taken(self.attempt, "declined")
        self.assertTrue(self.attempt.provider_closed)

    @fault(103)
    def test_charge_of_another_amount_than_is_owed_is_not_made(self):
        self._pay_by_bank(self.invoice, 40.0)
        page = self._open(self._press_confirm(self.link), 410)
        self.assertIn("has changed", self._text(page, "autopay_messages"))
        self._assert_nothing_taken(self.attempt, "declined")
        self.assertEqual(self.invoice.amount_residual, 60)

    def test_charge_is_withdrawn_when_its_invoice_is_paid_while_the_bank_asks(self):
        self._press_confirm(self.link)
        self._pay_by_bank(self.invoice)
        # The customer can still confirm: nothing else happens to it before.
        self.assertEqual(self.invoice.autopay_status, "error")
        self.assertEqual(self.invoice.autopay_blocker, "needs_authentication")
        with self.assertRaisesRegex(UserError, "waits for the customer"):
            self.invoice.button_draft()
        self.assertLessEqual(self.attempt.next_check_date, fields.Datetime.now())
        self._resolve_autopay()
        self._assert_nothing_taken(self.attempt, "declined")
        self.assertTrue(self.attempt.provider_closed)
        self.assertEqual(self.invoice.autopay_status, "eligible")
        self.assertEqual(self.invoice.autopay_blocker, "nothing_due")

    def _pay_by_bank(self, invoice, amount=100.0):
        """Book a transfer as a bank statement does, whatever holds the invoice."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"amount": amount}).action_create_payments()
        self.assertEqual(invoice.amount_residual, 100 - amount)

    def test_consent_that_was_taken_back_ends_the_link(self):
        self.attempt.authorization_id._revoke("gone")
        self.assertEqual(self._title(self._open(self.link, 410)), "Nothing was charged")
        self._press_confirm(self.link)
        self._assert_nothing_taken(self.attempt)
        self.assertEqual(self._count_sent(self.attempt), 1)

    def test_invoice_in_dispute_is_on_hold(self):
        self.invoice.sudo().autopay_in_dispute = True
        page = self._open(self._press_confirm(self.link))
        self.assertIn("on hold", self._text(page, "autopay_messages"))
        self.assertEqual(self.attempt.confirm_count, 0)

    # === ANOTHER WAY === #

    def test_other_way_leads_to_odoos_own_page_once_nothing_can_be_charged(self):
        answer = self._send_form(f"{self.link}/other")
        place = answer.headers["Location"]
        self.assertIn(f"/my/invoices/{self.invoice.id}?", place)
        self._assert_nothing_taken(self.attempt, "declined")
        intent = self.stripe.v1.payment_intents.retrieve(self.attempt.object_ref)
        self.assertEqual(intent.status, "canceled")
        page = self._open(place)
        self.assertTrue(page.xpath("//*[@id='o_payment_form_options']"))
        page = self._open(self.link, 410)
        self.assertEqual(self._title(page), "Nothing was charged")

    def test_link_opens_no_invoice_that_went_to_another_customer(self):
        self._send_form(f"{self.link}/other")
        self.invoice.button_draft()
        self.invoice.write({"partner_id": self.stranger.id, "name": False})
        page = self._open(self.link, 410)
        self.assertEqual(self._title(page), "Nothing was charged")
        self.invoice.action_post()
        place = self._send_form(f"{self.link}/other").headers["Location"]
        self.assertNotIn("/my/invoices", place)
        self.assertNotIn("access_token", place)
        self.assertNotIn("/autopay/pay/", self._open(self.link, 410).text_content())

    @fault(104)
    def test_other_way_of_a_charge_that_has_gone_through_is_none(self):
        self.admin.visit(self._press_confirm(self.link), "pass")
        answer = self._send_form(f"{self.link}/other")
        page = self._open(answer.headers["Location"])
        self.assertEqual(self._title(page), "Thank you")
        self._assert_collected_once(self.attempt)

    @fault(104)
    def test_other_way_while_the_provider_is_silent_is_none(self):
        self.admin.add_fault("refuse", path="/v1/payment_intents*", times=None)
        answer = self._send_form(f"{self.link}/other")
        page = self._open(answer.headers["Location"])
        self.assertIn("could not be stopped", self._text(page, "autopay_messages"))
        self._assert_nothing_taken(self.attempt)

    def test_provider_that_confirms_nothing_offers_another_way_only(self):
        account = type(self.provider._get_autopay_gateway())
        self.patch(account, "confirmations", None)
        page = self._open(self.link)
        self.assertFalse(page.xpath("//*[@name='autopay_press']"))
        self.assertTrue(page.xpath("//*[@name='autopay_other']"))
        self._press_confirm(self.link)
        self.assertEqual(self._count_sent(self.attempt), 1)

    # === OTHERS === #

    def test_every_link_that_is_nobodys_gets_the_same_answer(self):
        text = self.link[len(PATH) :]
        links = self.env["autopay.link"]
        later = fields.Datetime.now() + timedelta(days=1)
        other = self._charge_card()
        nobodys = [
            *("x", "0", "-1", str(2**31), "A" * 67, "A" * 4000, text[:-3]),
            links._sign("autopay-method-request", self.attempt, later),
            links._sign("autopay-confirm", self.attempt, later - timedelta(days=2)),
            # It never waited for its customer.
            links._sign("autopay-confirm", other, later),
        ]
        for each in nobodys:
            with self.subTest(each=each[:80]):
                self._open(PATH + each, 404)
                for action in ("", "/other"):
                    answer = self._send_form(f"{PATH}{each}{action}")
                    self.assertEqual(answer.status_code, 404)
                self._open(f"{PATH}{each}/back", 404)
        self.assertEqual(self.attempt.state, "action_required")

    def _charge_card(self):
        """Return an attempt of another customer that has simply gone through."""
        self._enrol(customer=self.stranger)
        invoice = self._create_due_invoice(customer=self.stranger)
        self._run_autopay()
        return invoice.autopay_attempt_ids

    def test_form_of_another_site_is_refused(self):
        for action in ("", "/other"):
            answer = self._send_form(f"{self.link}{action}", csrf_token="x")
            self.assertEqual(answer.status_code, 400)
        self._assert_nothing_taken(self.attempt)

    def test_looking_changes_nothing_however_often(self):
        for agent in ("Mozilla/5.0", "MailScanner/1.0", ""):
            self.url_open(self.link, headers={"User-Agent": agent})
            self.url_open(self.link, method="HEAD")
        before = self.attempt.write_date
        self.env.invalidate_all()
        self.assertEqual(self.attempt.write_date, before)
        self.assertEqual(self.attempt.confirm_count, 0)
        answer = self.url_open(self.link)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")

    # === LOGGED IN === #

    def test_customer_who_is_logged_in_finds_it_on_its_pages(self):
        self._log_in(self.owner_user)
        page = self._open("/my/autopay")
        [place] = page.xpath("//section[@name='autopay_confirm']//a/@href")
        self.assertEqual(place, self.link)
        page = self._open(self.invoice.get_portal_url())
        self.assertIn("wants you to confirm", self._text(page, "autopay_held"))
        self.assertEqual(page.xpath("//a[@name='autopay_confirm']/@href"), [self.link])

    def test_others_find_no_link(self):
        for user in (None, self.colleague_user, self.stranger_user):
            self._log_in(user)
            page = self._open(self.invoice.get_portal_url())
            with self.subTest(user=user and user.login):
                self.assertFalse(page.xpath("//a[@name='autopay_confirm']"))
        self._log_in(self.colleague_user)
        page = self._open("/my/autopay")
        self.assertTrue(self._text(page, "autopay_confirm"))
        self.assertFalse(page.xpath("//section[@name='autopay_confirm']//a"))
        self._log_in(self.stranger_user)
        self.assertFalse(self._text(self._open("/my/autopay"), "autopay_confirm"))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_link_is_for_billing_users(self):
        biller = self._create_user("link_biller", "account.group_account_invoice")
        self.assertTrue(self.attempt.with_user(biller).confirm_url)
        reader = self._create_user("link_reader", "account.group_account_readonly")
        self.assertNotIn(
            "confirm_url", self.attempt.with_user(reader).fields_get(["confirm_url"])
        )
        # On the invoice as well, which shows as failed while it waits.
        self.assertEqual(self.invoice.autopay_status, "error")
        self.assertEqual(
            self.invoice.with_user(biller).autopay_confirm_url,
            self.attempt.with_user(biller).confirm_url,
        )
        explained = self.invoice.with_user(reader).autopay_explanation
        self.assertIn("confirm", explained)
