import io
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common_dry_run import DryRunCommon


@tagged("post_install", "-at_install")
class TestAutopayDryRunReport(DryRunCommon):
    """A dry run as a document: who may make one and read it, and on paper."""

    def test_dry_run_from_a_customer_asks_about_that_customer(self):
        action = self.customer.action_autopay_dry_run()
        self.assertEqual(self._open_dry_run(action).partner_ids, self.customer)

    def test_answer_keeps_its_question(self):
        record = self._dry_run()
        with self.assertRaises(UserError):
            record.date_to = self.today
        with self.assertRaises(UserError):
            record.action_run()

    def test_computing_again_makes_a_new_document(self):
        record = self._dry_run()
        again = self.env["autopay.dry.run"].browse(record.action_run_again()["res_id"])
        self.assertNotEqual(again, record)
        self.assertEqual((again.state, record.state), ("done", "done"))
        self.assertEqual(again.partner_ids, record.partner_ids)

    def test_period_that_is_over_or_upside_down_is_refused(self):
        yesterday = self.today - timedelta(days=1)
        for values in (
            {"date_from": yesterday, "date_to": yesterday},
            {"date_from": self.today + timedelta(days=2), "date_to": self.today},
            {"date_to": self.today + timedelta(days=900)},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._create_dry_run(**values)

    def test_billing_users_and_readers_ask_by_form_and_read_the_answer(self):
        self._configure(self.visa)
        self._create_due_invoice()
        for group in (
            "account.group_account_invoice",
            "account.group_account_readonly",
        ):
            with self.subTest(group=group):
                user = self._create_user(group[-8:], group)
                form = Form(self.env["autopay.dry.run"].with_user(user))
                form.partner_ids.add(self.customer)
                record = form.save()
                record.action_run()
                self.assertEqual(record.charge_ids.mapped("amount"), [100.0])
                self.assertTrue(record.action_export()["url"])

    def test_columns_of_the_spreadsheet_are_named_as_on_the_screen(self):
        fields = self.env["autopay.dry.run.line"]._fields
        self.assertEqual(fields["configuration_words"].string, "Payment Rule")

    def test_results_are_not_written_by_hand(self):
        user = self._create_user("forger", "account.group_account_invoice")
        record = self._dry_run().with_user(user)
        with self.assertRaises(AccessError):
            record.write({"line_ids": [Command.clear()]})
        with self.assertRaises(AccessError):
            record.create({"state": "done"})
        with self.assertRaises(AccessError):
            self.env["autopay.dry.run.line"].with_user(user).create({})

    def test_dry_run_can_be_deleted(self):
        record = self._dry_run()
        user = self._create_user("tidy", "account.group_account_invoice")
        record.with_user(user).unlink()
        self.assertFalse(record.exists())

    def test_dry_runs_of_other_companies_are_hidden(self):
        self._create_due_invoice()
        record = self._dry_run()
        other = self.env["res.company"].create({"name": "Second Company"})
        user = self._create_user("other", "account.group_account_invoice")
        user.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            record.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            record.line_ids.with_user(user).check_access("read")

    def test_dry_run_of_several_companies_shows_each_its_own_and_stays(self):
        self._enrol()
        self._create_due_invoice()
        other = self.env["res.company"].create({"name": "Second Company"})
        record = self._create_dry_run(
            company_ids=[Command.set((self.company | other).ids)]
        )
        record.action_run()
        user = self._create_user("second", "account.group_account_invoice")
        user.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        seen = record.with_user(user)
        self.assertFalse(seen.line_ids)
        self.assertFalse(seen.charge_count)
        with self.assertRaises(AccessError):
            seen.unlink()

    # === ON PAPER === #

    def _make_full_report(self):
        self.customer.name = "=1+1"
        self._configure(self.visa)
        charged = self._create_due_invoice(123.45)
        disputed = self._create_due_invoice(autopay_in_dispute=True)
        return self._dry_run(), charged, disputed

    def test_spreadsheet_holds_both_lists_and_the_totals(self):
        import openpyxl

        record, charged, disputed = self._make_full_report()
        content = self.env["autopay.dry.run.sheet"]._get_content(record)
        book = openpyxl.load_workbook(io.BytesIO(content))
        charges, skips, totals = book.worksheets
        values = [cell.value for cell in charges[2]]
        self.assertEqual(values[1:4], [charged.name, "=1+1", 123.45])
        self.assertEqual(charges[2][2].data_type, "s")
        self.assertEqual(skips[2][0].value, disputed.name)
        self.assertIn("disputes this invoice", skips[2][4].value)
        self.assertEqual(totals[2][5].value, 123.45)

    def test_printed_report_holds_both_lists_and_the_totals(self):
        record, charged, disputed = self._make_full_report()
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "autopay.autopay_dry_run_report", record.ids
        )
        text = html.decode()
        for expected in (charged.name, disputed.name, "123.45", "Nothing was charged"):
            self.assertIn(expected, text)
