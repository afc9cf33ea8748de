from markupsafe import escape

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...words.days import say_day
from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestAutopayNotice(NoticeCommon):
    """Customers hear what became of their charges: once, in words of their own."""

    # === WHAT IS TOLD === #

    def test_receipt_names_amount_method_and_invoice(self):
        invoice, attempt = self._collect()
        notice = self._get_notices()
        self.assertEqual(notice.kind, "receipt")
        self.assertEqual(notice.event_key, f"attempt:{attempt.id}:succeeded")
        self.assertEqual((notice.state, notice.amount), ("due", 100))
        self.assertEqual(notice.partner_id, self.customer)
        self._write_mails()
        self.assertEqual(notice.state, "queued", notice.failure)
        mail = self._get_mail(notice)
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertEqual(notice.email, "billing@example.com")
        self.assertIn("accounts@orchard.example.com", mail.email_from)
        self.assertIn("accounts@orchard.example.com", mail.reply_to)
        for words in ("100.00", invoice.name, "•••• 4242", invoice.access_token):
            self.assertIn(words, mail.body_html)
        self._run_queue()
        self.assertEqual((notice.state, notice.failure), ("sent", False))
        self.assertTrue(notice.sent_date)
        self.assertFalse(mail.exists())
        self.assertEqual(len(self._mails), 1)

    def test_event_that_is_told_is_told_once(self):
        attempt = self._collect()[1]
        self._send_mails()
        attempt.sudo().notified_state = False
        self.env["autopay.notification"].sudo()._notify(attempt.sudo())
        self._resolve_autopay()
        self._send_mails()
        self.assertEqual(self._get_notices().mapped("state"), ["sent"])
        self.assertFalse(self._mails)

    def test_debit_is_told_when_it_begins_and_when_it_arrives(self):
        self._enrol("pm_usBankAccount_success")
        attempt = self._create_due_invoice().autopay_attempt_ids
        self._run_autopay()
        self._send_mails()
        pending = self._get_notices()
        self.assertEqual(pending.mapped("kind"), ["pending"])
        self.assertIn("some days", self._get_told()[0]["body"])
        attempt = pending._get_subject()
        self.admin.settle(attempt.object_ref)
        self._resolve_autopay()
        self._send_mails()
        self.assertEqual(self._get_notices().mapped("kind"), ["pending", "receipt"])
        self.assertEqual(set(self._get_notices().mapped("state")), {"sent"})

    def test_failure_that_is_tried_again_says_when(self):
        invoice = self._fail()
        self._send_mails()
        notice = self._get_notices()
        self.assertEqual((notice.kind, notice.state), ("failed_retry", "sent"))
        day = notice._get_retry_date()
        self.assertEqual(day, invoice.autopay_retry_date)
        body = self._get_told()[0]["body"]
        self.assertIn(say_day(self.env, day), body)
        self.assertIn("could not be completed", body)
        self.assertNotIn("We will try again.", body)

    def test_failure_that_needs_the_customer_says_nothing_of_its_cause(self):
        self._fail("lost_card")
        self._send_mails()
        notice = self._get_notices()
        self.assertEqual((notice.kind, notice.state), ("failed", "sent"))
        body = self._get_told()[0]["body"]
        self.assertIn("another payment method", body)
        self.assertIn(escape(notice.sudo().link_url), body)
        self.assertNotIn("lost", body)
        self.assertNotIn("stolen", body)

    def test_last_failure_promises_no_further_try(self):
        invoice = self._fail()
        invoice.sudo().autopay_retry_date = False
        self._send_mails()
        self.assertEqual(self._get_notices().kind, "failed")
        self.assertNotIn("try again", self._get_told()[0]["body"])

    def test_refund_is_told_and_asks_for_nothing(self):
        attempt = self._collect()[1]
        self._refund(attempt, 3000)
        self._poll()
        self._send_mails()
        told = self._get_notices()
        self.assertEqual(told.mapped("kind"), ["receipt", "returned"])
        self.assertEqual(told[1].amount, 30)
        self._poll()
        self.assertEqual(len(self._get_notices()), 2)
        body = next(m["body"] for m in self._mails if "returned" in m["subject"])
        self.assertIn("We have refunded your payment.", body)
        self.assertNotIn("Please pay", body)

    def test_dispute_is_told_when_it_is_lost(self):
        attempt = self._collect()[1]
        dispute = self.admin.open_dispute(attempt.object_ref)["id"]
        self._poll()
        self.assertEqual(self._get_notices().mapped("kind"), ["receipt"])
        self.admin.lose_dispute(dispute)
        self._poll()
        self.assertEqual(self._get_notices().mapped("kind"), ["receipt", "returned"])
        self._send_mails()
        self.assertEqual(set(self._get_notices().mapped("state")), {"sent"})
        body = next(m["body"] for m in self._mails if "returned" in m["subject"])
        self.assertIn("returned to you by your bank", body)
        self.assertNotIn("dispute", body)
        self.assertNotIn("Please pay", body)

    def test_debit_that_its_bank_returns_is_to_be_paid_again(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice()
        self._run_autopay()
        intent = invoice.autopay_attempt_ids.object_ref
        self.admin.settle(intent)
        self._resolve_autopay()
        self.admin.return_debit(intent)
        self._poll()
        self._send_mails()
        told = self._get_notices()[-1:]
        self.assertEqual((told.kind, told._get_subject().kind), ("returned", "return"))
        body = next(m["body"] for m in self._mails if "100.00 returned" in m["subject"])
        self.assertIn("Your bank has returned the debit.", body)
        self.assertIn("The invoice is open again.", body)
        self.assertIn("/autopay/pay/", body)

    def test_plan_is_told_part_by_part(self):
        invoice = self._create_posted_invoice(100.0)
        rows = [(self.today, 40.0), (self.today.replace(year=2099), 60.0)]
        vals = {"text": "Agreed.", "lang": "en_US", "channel": "phone"}
        vals["agreed_date"] = self.today
        plan = self.env["autopay.plan"].sudo()._set_up(invoice, rows, vals)
        self._send_mails()
        notice = self._get_notices(plan)
        self.assertEqual((notice.kind, notice.state), ("plan", "sent"))
        self.assertEqual(notice.amount, 100)
        self.assertIn("40.00 on ", self._get_told()[0]["body"])
        self.assertIn("60.00 on ", self._get_told()[0]["body"])

    def test_charge_of_several_invoices_makes_one_mail(self):
        self.company.autopay_combine = True
        moves = self._create_due_invoice(10) | self._create_due_invoice(20)
        self._run_autopay()
        self._send_mails()
        notice = self._get_notices()
        self.assertEqual((notice.state, notice.amount), ("sent", 30))
        for move in moves:
            self.assertIn(move.name, self._get_told()[0]["body"])

    # === TO WHOM, IN WHICH WORDS === #

    def test_names_with_code_in_them_stay_as_they_are(self):
        self.customer.name = "<b>{{ 7 * 7 }}</b> ${6*6} <t t-out='5*5'/>"
        self.company.name = "Orchard {{ 8 * 8 }}"
        self._collect()
        self._send_mails()
        mail = self._get_told()[0]
        self.assertIn("Orchard {{ 8 * 8 }}", mail["subject"])
        self.assertIn("&lt;b&gt;{{ 7 * 7 }}&lt;/b&gt; ${6*6} &lt;t", mail["body"])

    def test_customer_reads_it_in_a_language_that_is_installed(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("autopay.mail_template_receipt")
        template.with_context(lang="fr_FR").subject = "Merci {{ object.amount_words }}"
        self.customer.lang = "fr_FR"
        other = self._create_customer("Brisk Bakery")
        self._enrol(customer=other)
        self._force(other, lang="tlh")
        self._collect()
        self._collect(customer=other)
        self._write_mails()
        subjects = {rec.partner_id: rec.subject for rec in self._get_notices()}
        self.assertEqual(subjects[self.customer], "Merci $\xa0100,00")
        self.assertIn("100.00 received", subjects[other])
        self.assertEqual(set(self._get_notices().mapped("state")), {"queued"})

    def test_mail_goes_where_the_invoice_goes_else_to_contacts_for_invoices(self):
        contacts = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": self.customer.id,
                    "type": kind,
                    "email": f"{name}@example.com",
                }
                for name, kind in (
                    ("ann", "invoice"),
                    ("ben", "invoice"),
                    ("cy", "other"),
                )
            ]
        )
        self._collect(partner_id=contacts[2].id)
        self.customer.email = False
        self._collect()
        self._write_mails()
        self.assertEqual(
            self._get_notices().mapped("email"),
            ["cy@example.com", "ann@example.com, ben@example.com"],
        )

    def test_contacts_and_invoices_that_went_elsewhere_are_no_part_of_it(self):
        other = self._create_customer("Brisk Bakery", email="brisk@example.com")
        values = {"name": "dee", "parent_id": self.customer.id, "email": "dee@x.test"}
        dee = self.env["res.partner"].create(values)
        below = {"name": "Orchard North", "is_company": True, "email": "north@x.test"}
        self.env["res.partner"].create(
            {**below, "parent_id": self.customer.id, "type": "invoice"}
        )
        self._collect(partner_id=dee.id)
        dee.parent_id = other
        self._write_mails()
        notice = self._get_notices()
        self.assertEqual(notice.email, "billing@example.com")
        # Its own invoice went to another customer after the charge had failed.
        invoice = self._fail("lost_card")
        failed = self._get_notices(invoice.autopay_attempt_ids)
        invoice.sudo().button_draft()
        invoice.sudo().partner_id = other
        invoice.sudo().action_post()
        self._write_mails()
        self.assertFalse(failed.references)
        self.assertEqual(failed.recipient_ids, self.customer)
        self.assertEqual(failed.state, "skipped", failed.failure)

    def test_customer_who_is_merged_or_archived_meanwhile(self):
        other = self._create_customer("Brisk Bakery", email="new@example.com")
        self._collect()
        notice = self._get_notices()
        merge = self.env["base.partner.merge.automatic.wizard"].sudo()
        merge.create({})._merge((self.customer | other).ids, other)
        self.assertEqual(notice.partner_id, other)
        other.active = False
        self._send_mails()
        self.assertEqual(notice.state, "sent", notice.failure)
        self.assertEqual(notice.email, "new@example.com")

    # === WHO MAY WHAT === #

    def test_staff_read_it_and_nobody_writes_it(self):
        self._collect()
        notice = self._get_notices().with_user(self.biller)
        self.assertEqual(notice.subject, False)
        with self.assertRaises(AccessError):
            notice.write({"state": "sent"})
        stranger = self._create_user("notice_guest", "base.group_portal")
        with self.assertRaises(AccessError):
            notice.with_user(stranger).read(["state"])
        elsewhere = self._create_company(name="Elsewhere")
        foreign = self._create_user(
            "notice_foreign", "account.group_account_invoice", company=elsewhere
        )
        self.assertFalse(self.notices.with_user(foreign).search([]))

    def test_kind_that_is_switched_off_is_not_told(self):
        self.settings.with_user(self.manager).with_company(self.company).action_open()
        row = self.settings.search(
            [("company_id", "=", self.company.id), ("kind", "=", "receipt")]
        )
        self._collect()
        row.with_user(self.manager).enabled = False
        self._collect()
        self._write_mails()
        notice = self._get_notices()
        self.assertEqual(notice.state, "skipped")
        self.assertIn("switched off", notice.failure)
        self.assertEqual(
            self.settings.search_count([("company_id", "=", self.company.id)]),
            len(self.notices._get_kinds()),
        )

    def test_manager_gets_a_test_of_each_kind(self):
        settings = self.settings.with_user(self.manager).with_company(self.company)
        settings.action_open()
        self.manager.email = "boss@example.com"
        self.env["autopay.method.request"]._ask(self.company, self.customer)
        rows = settings.search([("company_id", "=", self.company.id)])
        self._run_queue()
        for row in rows:
            row.action_send_test()
        self._run_queue()
        self.assertEqual(len(self._mails), len(rows))
        self.assertEqual(
            {address for mail in self._mails for address in mail["email_to"]},
            {f'"{self.manager.name}" <boss@example.com>'},
        )
        self.assertFalse(self._get_notices())
        with self.assertRaises(AccessError):
            rows.with_user(self.biller).enabled = False

    def test_nothing_but_our_mails_is_sent(self):
        self.customer.message_subscribe(self.customer.ids)
        invoice = self._create_due_invoice()
        invoice.message_subscribe(self.customer.ids)
        before = self.env["mail.mail"].search([])
        self._run_autopay()
        self._write_mails()
        written = self.env["mail.mail"].search([]) - before
        self.assertEqual(written.mapped("model"), ["autopay.notice"])
        self.assertEqual(written.recipient_ids, self.customer)
