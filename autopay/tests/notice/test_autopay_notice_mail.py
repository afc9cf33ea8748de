from datetime import timedelta
from unittest.mock import patch

from psycopg2.extras import Json

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_notice import NoticeCommon

MAIL_LOG = "odoo.addons.autopay.models.notice.autopay_notice_mail"
ODOO_LOG = "odoo.addons.mail.models.mail_mail"
RENDER_LOG = "odoo.addons.mail.models.mail_render_mixin"


@tagged("post_install", "-at_install")
class TestAutopayNoticeMail(NoticeCommon):
    """Each mail is sent once, or has a state and a sentence that say why not."""

    def _spoil(self, kind, code):
        template = self.env.ref(f"autopay.mail_template_{kind}")
        kept = template.body_html
        # Odoo tries what people write; an update or a renamed field is not tried.
        self._force(template, body_html=Json({"en_US": f"{code}{kept}"}))
        return template, kept

    # === TEMPLATES === #

    def test_spoilt_template_stops_no_other_and_calls_one_person_once(self):
        self._collect()
        self._collect()
        self._fail()
        template, kept = self._spoil("receipt", '<t t-out="object.no_such_field"/>')
        with mute_logger(MAIL_LOG, RENDER_LOG):
            self._send_mails()
        told = self._get_notices()
        self.assertEqual(told.mapped("state"), ["failed", "failed", "sent"])
        self.assertIn("no_such_field", told[0].failure)
        call = self._get_calls("notice_template")
        self.assertEqual(len(call), 1)
        self.assertIn(template.name, call.summary)
        self.assertEqual(call.user_id, self.company._get_autopay_responsible())
        template.body_html = kept
        told.with_user(self.biller).action_send_again()
        self._send_mails()
        self.assertEqual(set(told.mapped("state")), {"sent"})
        self.assertFalse(self._get_calls("notice_template"))
        self.assertEqual(len(self._mails), 2)

    def test_customer_on_whom_a_template_fails_stops_no_other(self):
        other = self._create_customer("Brisk Bakery")
        self._enrol(customer=other)
        self._collect()
        self._collect(customer=other)
        self._spoil(
            "receipt", "<t t-out=\"1 / (object.partner_id.name != 'Brisk Bakery')\"/>"
        )
        with mute_logger(MAIL_LOG, RENDER_LOG):
            self._send_mails()
        self.assertEqual(self._get_notices().mapped("state"), ["sent", "failed"])

    def test_mail_that_asks_is_nothing_without_its_link(self):
        self._fail("lost_card")
        template = self.env.ref("autopay.mail_template_failed")
        template.body_html = "<p>Please pay.</p>"
        self._send_mails()
        notice = self._get_notices()
        self.assertEqual(notice.state, "failed")
        self.assertIn("link is missing", notice.failure)
        self.assertFalse(self._get_mail(notice))
        template.unlink()
        notice.action_send_again()
        self._send_mails()
        self.assertIn("deleted", notice.failure)

    def test_mail_whose_facts_cannot_be_read_stops_no_other_and_says_so(self):
        self._collect()
        self._collect()
        first = self._get_notices()[0]
        reason = type(self.notices)._get_skip_reason

        def fail(notice):
            if notice.id == first.id:
                raise ValueError("no such fact")
            return reason(notice)

        failing = patch.object(type(self.notices), "_get_skip_reason", fail)
        with failing, mute_logger("odoo.addons.autopay.models.engine.autopay_stage"):
            self._write_mails()
        self.assertEqual(self._get_notices().mapped("state"), ["failed", "queued"])
        self.assertIn("no such fact", first.failure)
        self.assertEqual(len(self._get_calls("notice_template")), 1)

    def test_job_that_was_deleted_stops_no_charge_and_calls_a_person(self):
        self.env.ref("autopay.ir_cron_send_notices").unlink()
        self._collect()
        self._collect()
        self.assertEqual(set(self._get_notices().mapped("state")), {"due"})
        self.assertEqual(len(self._get_calls("notice_job")), 1)

    # === ADDRESSES === #

    def test_customer_without_an_address_is_listed_and_called_about_once(self):
        self.customer.email = False
        self._collect()
        self._collect()
        self._send_mails()
        told = self._get_notices()
        self.assertEqual(told.mapped("state"), ["skipped", "skipped"])
        self.assertIn("no e-mail address", told[0].failure)
        call = self._get_calls("notice_address")
        self.assertEqual(
            (call.res_model, call.res_id), ("res.partner", self.customer.id)
        )
        self.customer.email = "found@example.com"
        told.with_user(self.biller).action_send_again()
        self._send_mails()
        self.assertEqual(told.mapped("state"), ["sent", "sent"])
        self.assertFalse(self._get_calls("notice_address"))
        with self.assertRaises(UserError):
            told.with_user(self.biller).action_send_again()

    def test_refused_and_bounced_addresses_are_noted(self):
        self._collect()
        self._write_mails()
        self.customer.email = "nowhere"
        with mute_logger(ODOO_LOG):
            self._run_queue()
        notice = self._get_notices()
        self.assertEqual(notice.state, "failed")
        self.assertIn("Invalid email address", notice.failure)
        self.assertEqual(len(self._get_calls("notice_address")), 1)
        self.customer.email = "gone@example.com"
        notice.action_send_again()
        self._send_mails()
        self.assertEqual(notice.state, "sent")
        for other in ("one@example.com", "g_ne@example.com", "%", "example.com"):
            self.customer._message_receive_bounce(other, self.customer)
            self.assertEqual(notice.state, "sent", other)
        self.customer._message_receive_bounce("gone@example.com", self.customer)
        self.assertEqual(notice.state, "failed")
        self.assertIn("came back", notice.failure)
        self.assertEqual(len(self._get_calls("notice_address")), 1)

    def test_who_was_reached_does_not_get_it_again_for_who_was_not(self):
        self.customer.email = False
        good, bad = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": self.customer.id,
                    "type": "invoice",
                    "email": f"{name}@example.com",
                }
                for name in ("good", "bad")
            ]
        )
        self._collect()
        self._write_mails()
        notice = self._get_notices()
        self.assertEqual(notice.recipient_ids, good | bad)
        bad.email = "nowhere"
        with mute_logger(ODOO_LOG):
            self._run_queue()
        self.assertEqual(notice.state, "sent")
        self.assertIn("Not everybody was reached. Invalid", notice.failure)
        self.assertEqual(len(self._get_calls("notice_address")), 1)
        with self.assertRaisesRegex(UserError, "not sent"):
            notice.action_send_again()

    # === SERVERS === #

    def test_mail_server_that_is_down_for_days_loses_nothing_and_doubles_nothing(self):
        self._collect()
        server = self.env["ir.mail_server"]
        down = patch.object(type(server), "_connect__", side_effect=OSError("no route"))
        notice = self._get_notices()
        for _hour in range(3):
            self._write_mails()
            with down:
                self.env["mail.mail"].sudo().process_email_queue()
            self.env.invalidate_all()
            self.assertEqual(notice.state, "due")
            self.assertIn("no route", notice.failure)
            self.assertFalse(self._get_mail(notice))
            self._send_mails()
            self.assertFalse(self._mails)
            self._force(notice, due_date=fields.Datetime.now() - timedelta(days=1))
        self.assertEqual(notice.try_count, 3)
        self.assertEqual(len(self._get_calls("notice_server")), 1)
        self._send_mails()
        self.assertEqual((notice.state, len(self._mails)), ("sent", 1))
        self.assertFalse(self._get_calls("notice_server"))

    def test_mail_that_was_begun_by_a_server_that_died_is_not_sent_again(self):
        self._collect()
        self._write_mails()
        notice = self._get_notices()
        mail = self._get_mail(notice)
        self.assertEqual(mail.state, "outgoing")
        self._write_mails()
        self._age(notice)
        self._write_mails()
        self.assertEqual(notice.state, "queued")
        mail.state = "exception"
        self._age(notice)
        self._send_mails()
        self.assertEqual(notice.state, "failed")
        self.assertIn("not known", notice.failure)
        self.assertFalse(self._mails)

    def _age(self, notice):
        """Make notices as old as if they had been written two hours ago."""
        self._force(notice, write_date=fields.Datetime.now() - timedelta(hours=2))

    # === OVERTAKEN === #

    def test_things_that_were_overtaken_are_left_out(self):
        invoice = self._fail()
        self._register_payment(invoice, 100)
        self._enrol("pm_usBankAccount_success")
        self._create_due_invoice()
        self._run_autopay()
        pending = self._get_notices()[1]
        self.assertEqual(pending.kind, "pending")
        self.admin.settle(pending._get_subject().object_ref)
        self._resolve_autopay()
        self._send_mails()
        told = self._get_notices()
        self.assertEqual(told.mapped("state"), ["skipped", "skipped", "sent"])
        self.assertIn("Paid before", told[0].failure)
        self.assertIn("was over", told[1].failure)
        self.assertEqual(len(self._mails), 1)

    def test_failure_waits_until_its_charge_can_not_be_paid_any_more(self):
        self._enrol({"kind": "decline", "decline_code": "insufficient_funds"})
        self.admin.add_fault(
            "reset_before", method="POST", path="/v1/payment_intents/*/cancel", times=9
        )
        invoice = self._create_due_invoice()
        self._run_autopay()
        notice = self._get_notices()
        if invoice.autopay_attempt_ids.line_ids.live:
            self._write_mails()
            self.assertEqual(notice.state, "due")
        self.admin.clear_faults()
        self._resolve_autopay()
        self._send_mails()
        self.assertEqual(notice.state, "sent")

    def test_failure_that_is_ours_is_no_mail(self):
        invoice = self._fail("testmode_decline")
        self._send_mails()
        notice = self._get_notices()
        attempt = invoice.autopay_attempt_ids
        wanted = "skipped" if attempt.decline_class == "configuration" else "sent"
        self.assertEqual(notice.state, wanted)

    def test_old_news_are_told_after_days(self):
        self._collect()
        notice = self._get_notices()
        self._force(notice, create_date=fields.Datetime.now() - timedelta(days=9))
        self._send_mails()
        self.assertEqual(notice.state, "sent")

    def test_copy_of_the_database_tells_nobody(self):
        self._collect()
        self.company.sudo().autopay_database_uuid = "another"
        self._write_mails()
        self.assertEqual(self._get_notices().state, "due")
        with self.assertRaises(UserError):
            self._get_notices().action_send_again()
