import io
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common_reconciliation import ReconciliationCommon


@tagged("post_install", "-at_install")
class TestAutopayReconciliationSheet(ReconciliationCommon):
    """Forms, files to download, and who may see them."""

    def test_billing_users_compare_by_form(self):
        self._collect()
        user = self._create_user("biller", "account.group_account_invoice")
        form = Form(self.env["autopay.reconciliation"].with_user(user))
        form.provider_choice = str(self.provider.id)
        record = form.save()
        self._press_compare(record)
        self.assertEqual(record.state, "agrees")

    def test_a_period_ends_after_it_begins(self):
        with self.assertRaises(ValidationError):
            self._create_reconciliation(date_to=self.today - timedelta(days=9))

    def test_what_was_compared_keeps_its_period(self):
        record = self._compare()
        with self.assertRaises(UserError):
            record.date_to = self.today

    def test_readers_look_and_do_not_compare(self):
        record = self._compare()
        user = self._create_user("reader", "account.group_account_readonly")
        self.assertEqual(record.with_user(user).state, "agrees")
        with self.assertRaises(AccessError):
            record.with_user(user).action_compare()
        with self.assertRaises(AccessError):
            self.env["autopay.reconciliation"].with_user(user).create({})

    def test_other_companies_are_hidden(self):
        record = self._compare()
        other = self.env["res.company"].create({"name": "Second Company"})
        user = new_test_user(
            self.env, login="reconcile_other", groups="account.group_account_invoice"
        )
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            record.with_user(user).read(["state"])
        with self.assertRaises(AccessError):
            self.env["autopay.reconciliation"].with_user(user).create(
                {"provider_choice": str(self.provider.id)}
            )

    def test_spreadsheet_holds_lines_and_totals_as_text(self):
        import openpyxl

        self.customer.name = "=1+1"
        attempt = self._collect()
        record = self._compare()
        content = self.env["autopay.reconciliation.sheet"]._get_content(record)
        book = openpyxl.load_workbook(io.BytesIO(content))
        lines, totals = book.worksheets
        values = [cell.value for cell in lines[2]]
        self.assertIn("Matched", values)
        self.assertIn(attempt.display_name, values)
        self.assertIn("=1+1", values)
        cell = lines[2][values.index("=1+1")]
        self.assertEqual(cell.data_type, "s")
        self.assertEqual(totals.max_row, 2)

    def test_report_says_what_differs(self):
        self._unbook(self._collect())
        record = self._compare()
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "autopay.autopay_reconciliation_report", record.ids
        )
        text = html.decode()
        self.assertIn("Charged, not booked", text)
        self.assertNotIn("payments agree", text)

    def test_days_are_those_of_the_company(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        record = self._create_reconciliation(
            date_from=fields.Date.to_date("2026-01-10"),
            date_to=fields.Date.to_date("2026-01-10"),
        )
        since, until = record._get_period()
        self.assertEqual(str(since), "2026-01-09 11:00:00")
        self.assertEqual((until - since).days, 0)
        self.assertEqual(until.hour, 10)

    def test_results_are_not_written_by_hand(self):
        user = self._create_user("forger", "account.group_account_invoice")
        record = self._create_reconciliation().with_user(user)
        other = self.env["res.company"].create({"name": "Second Company"})
        foreign = self.provider.sudo().copy({"company_id": other.id})
        for vals in (
            {"state": "agrees"},
            {"trigger": "scheduled"},
            {"difference_count": 0},
            {"provider_id": foreign.id, "company_id": self.company.id},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                record.write(vals)
            with self.subTest(vals), self.assertRaises(AccessError):
                record.create({"provider_choice": str(self.provider.id), **vals})
        self.assertEqual(record.copy().trigger, "manual")
