import re

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..notice.common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestConfirmationMail(NoticeCommon):
    """Customers are asked by mail to confirm a charge, and reminded once."""

    def setUp(self):
        super().setUp()
        self._enrol("pm_card_authenticationRequired")
        self.invoice = self._create_due_invoice()
        self._run_autopay()
        self.env.invalidate_all()
        self.attempt = self.invoice.sudo().autopay_attempt_ids

    def _get_links(self):
        bodies = "".join(str(mail["body"]) for mail in self._mails)
        links = re.findall(r'href="([^"]*/autopay/[^"]*)"', bodies)
        # Each mail ends with the page to stop or pause.
        self.assertTrue([link for link in links if "/autopay/stop/" in link])
        return [link for link in links if "/autopay/stop/" not in link]

    def test_customer_is_asked_and_reminded_at_half_time(self):
        first, reminder = self._get_notices()
        self.assertEqual(first.kind, "confirm")
        self.assertEqual(reminder.kind, "confirm_reminder")
        start, end = self.attempt.outcome_date, self.attempt.confirm_deadline
        middle = start + (end - start) / 2
        self.assertLess(abs((reminder.due_date - middle).total_seconds()), 60)
        self._send_mails()
        self.assertEqual((first.state, reminder.state), ("sent", "due"))
        self.assertEqual(self._get_links(), [self.attempt.confirm_url])
        for words in ("100.00", self.invoice.name, "4242", "Nothing was charged yet"):
            self.assertIn(words, self._get_told()[0]["body"])
        reminder.sudo().due_date = fields.Datetime.now()
        self._send_mails()
        self.assertEqual(reminder.state, "sent")
        self.assertIn("Reminder", self._get_told()[0]["subject"])
        self.assertEqual(self._get_links(), [self.attempt.confirm_url])

    def test_nobody_is_reminded_of_what_is_confirmed(self):
        self._send_mails()
        reminder = self._get_notices()[1]
        self.stripe.v1.payment_intents.confirm(
            self.attempt.object_ref,
            {"payment_method": self.attempt.token_id.stripe_payment_method},
        )
        self.admin.authenticate(self.attempt.object_ref)
        self._resolve_autopay()
        reminder.sudo().due_date = fields.Datetime.now()
        self._send_mails()
        self.assertEqual(reminder.state, "skipped")
        self.assertEqual(self._get_notices().mapped("kind")[-1], "receipt")

    def test_what_was_not_confirmed_in_time_is_told_with_a_way_to_pay(self):
        self._send_mails()
        self.attempt.confirm_deadline = fields.Datetime.now()
        self._resolve_autopay()
        self._send_mails()
        last = self._get_notices()[-1]
        self.assertEqual((last.kind, last.state), ("failed", "sent"))
        [link] = self._get_links()
        self.assertIn("/autopay/pay/", link)
        page = self.env["autopay.pay.link"]._find_by_link(link.rpartition("/")[2])
        self.assertEqual(page.moves, self.invoice)
        self.assertTrue(page.may_save)

    def test_link_of_a_failure_lets_nobody_save_who_gave_himself_the_address(self):
        self.env["res.partner"].create(
            {
                "name": "Somebody",
                "parent_id": self.customer.id,
                "type": "invoice",
                "email": "somebody@example.com",
            }
        )
        trusted = type(self.env["autopay.request.contacts"])
        self.patch(trusted, "_filter_trusted", lambda model, contacts: contacts[:0])
        self.attempt.confirm_deadline = fields.Datetime.now()
        self._resolve_autopay()
        self._send_mails()
        [link] = [each for each in self._get_links() if "/pay/" in each]
        page = self.env["autopay.pay.link"]._find_by_link(link.rpartition("/")[2])
        self.assertFalse(page.may_save)

    def test_staff_send_the_link_again(self):
        self._send_mails()
        self.attempt.with_user(self.biller).action_send_confirmation()
        self.attempt.with_user(self.biller).action_send_confirmation()
        again = self._get_notices()[2:]
        self.assertEqual(again.mapped("kind"), ["confirm"])
        self._send_mails()
        self.assertEqual(self._get_links(), [self.attempt.confirm_url])

    def test_mail_that_is_switched_off_is_not_said_to_be_sent(self):
        settings = self.env["autopay.notice.setting"].sudo()
        settings._add_missing(self.company)
        mine = [("company_id", "=", self.company.id), ("kind", "=", "confirm")]
        settings.search(mine).enabled = False
        with self.assertRaisesRegex(UserError, "switched off"):
            self.attempt.with_user(self.biller).action_send_confirmation()

    def test_who_only_reads_does_not_get_the_link(self):
        reader = self._create_user("link_reader", "account.group_account_readonly")
        notice = self._get_notices()[0]
        self.assertTrue(notice.with_user(self.biller).link_url)
        with self.assertRaises(AccessError):
            notice.with_user(reader).read(["link_url"])
        # Nor from the mail while it waits to be sent.
        self._write_mails()
        body = self._get_mail(notice).mail_message_id
        self.assertIn("/autopay/confirm/", body.with_user(self.biller).body)
        with self.assertRaises(AccessError):
            body.with_user(reader).read(["body"])
        self.assertTrue(notice.with_user(reader).read(["kind"]))
