import re
from datetime import timedelta
from runpy import run_path

from odoo import SUPERUSER_ID, Command
from odoo.tests import tagged
from odoo.tools import file_path

from ...words.days import say_day
from .common_notice import NoticeCommon

MIGRATION = "autopay/migrations/19.0.1.5.0/post-receipt_rest.py"


@tagged("post_install", "-at_install")
class TestAutopayReceiptRest(NoticeCommon):
    """A receipt of a part payment says what is left, and when that is collected."""

    def setUp(self):
        super().setUp()
        self._enrol()

    def _create_parts(self):
        """Create an invoice of which 40 % are due today, the rest in 30 days."""
        term = self.env["account.payment.term"].create(
            {
                "name": "40 % now",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": share, "nb_days": days}
                    )
                    for share, days in ((40, 0), (60, 30))
                ],
            }
        )
        self.company.write({"autopay_date_rule": "due", "autopay_date_offset": 0})
        invoice = self._create_posted_invoice(
            invoice_date=self.today,
            invoice_date_due=False,
            invoice_payment_term_id=term.id,
        )
        invoice.action_autopay_make_eligible()
        return invoice

    def _get_receipt(self, invoice):
        self._run_autopay()
        self._write_mails()
        notice = self._get_notices().filtered(lambda rec: rec.kind == "receipt")
        self.assertEqual(invoice.autopay_attempt_ids.state, "succeeded")
        return self._get_mail(notice).body_html

    def test_receipt_of_a_part_says_what_is_left_and_when_it_is_collected(self):
        invoice = self._create_parts()
        body = self._get_receipt(invoice)
        day = say_day(self.env, self.today + timedelta(days=30), year=True)
        self.assertIn(f"60.00 of {invoice.name} is still open", body)
        self.assertIn(f"60.00 is collected on {day}", body)

    def test_rest_that_is_not_collected_is_promised_for_no_day(self):
        invoice = self._create_parts()
        self._run_autopay()
        invoice.autopay_in_dispute = False
        invoice.action_autopay_remove()
        self._write_mails()
        notice = self._get_notices().filtered(lambda rec: rec.kind == "receipt")
        body = self._get_mail(notice).body_html
        self.assertIn(f"60.00 of {invoice.name} is still open", body)
        self.assertNotIn("is collected on", body)

    def test_receipt_of_the_whole_says_nothing_of_a_rest(self):
        body = self._get_receipt(self._create_due_invoice())
        self.assertNotIn("still open", body)

    def test_migration_adds_the_sentence_to_what_nobody_has_edited(self):
        template = self.env.ref("autopay.mail_template_receipt")
        step = run_path(file_path(MIGRATION))
        before = re.sub(
            r'\s*<p t-if="object.next_step".*?</p>', "", template.body_html, flags=re.S
        )
        self.assertNotIn("next_step", before)
        template.body_html = before
        self._force(template, write_uid=SUPERUSER_ID)
        step["migrate"](self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        self.assertEqual(template.body_html.count("object.next_step"), 2)
        step["migrate"](self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        self.assertEqual(template.body_html.count("object.next_step"), 2)
        template.body_html = before
        self._force(template, write_uid=self.env.ref("base.user_admin").id)
        step["migrate"](self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        self.assertNotIn("object.next_step", template.body_html)

    def test_migration_leaves_a_template_without_text_alone(self):
        template = self.env.ref("autopay.mail_template_receipt")
        template.body_html = False
        self._force(template, write_uid=SUPERUSER_ID)
        step = run_path(file_path(MIGRATION))
        step["migrate"](self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        self.assertFalse(template.body_html)
        self.assertFalse(step["add_step"](None))
