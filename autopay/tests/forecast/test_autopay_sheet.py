import io
from datetime import timedelta

import openpyxl

from odoo import Command
from odoo.tests import HttpCase, tagged

from ...const.sheet import XLSX
from .common_dry_run import DryRunCommon


@tagged("post_install", "-at_install")
class TestAutopaySheet(DryRunCommon, HttpCase):
    """Spreadsheets as they are downloaded: by whom, and what stands in them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Second Company"})
        cls.reader = cls._create_user("sheet_reader", "account.group_account_readonly")
        cls.biller = cls._create_user("sheet_biller", "account.group_account_invoice")

    # === FACTORIES === #

    def _download(self, record, user, **params):
        """Press the button as a user and follow it; return the answer."""
        self.env.flush_all()
        url = record.with_user(user).action_export()["url"]
        return self._get(url, user, **params)

    def _get(self, url, user, **params):
        self.authenticate(user.login, user.login)
        # A request must not find what the test has in memory.
        self.env.invalidate_all()
        return self.url_open(url, **params)

    def _get_cells(self, answer):
        """Return the values of each sheet below its labels."""
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return [
            [row for row in sheet.iter_rows(min_row=2, values_only=True) if any(row)]
            for sheet in book.worksheets
        ]

    def _create_reconciliation(self):
        return self.env["autopay.reconciliation"].create(
            {
                "provider_choice": str(self.provider.id),
                "date_from": self.today - timedelta(days=1),
                "date_to": self.today,
            }
        )

    def _dry_run_both_companies(self):
        """Return a dry run over two companies with an invoice of the first."""
        self._configure(self.visa)
        invoice = self._create_due_invoice(123.45)
        both = self.company | self.other
        return invoice, self._dry_run(company_ids=[Command.set(both.ids)])

    def _attach(self, record):
        return self.env["ir.attachment"].create(
            {
                "name": "payouts.xlsx",
                "raw": b"PK",
                "mimetype": XLSX,
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    def _get_files(self, record):
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["ir.attachment"].search(domain)

    # === THE FILE === #

    def test_download_is_a_spreadsheet_named_after_the_record(self):
        record = self._create_reconciliation()
        answer = self._download(record, self.biller)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], XLSX)
        disposition = answer.headers["Content-Disposition"]
        self.assertTrue(disposition.startswith("attachment;"), disposition)
        self.assertIn(".xlsx", disposition)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertTrue(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets)

    def test_download_leaves_the_files_of_the_record_alone(self):
        record = self._create_reconciliation()
        evidence = self._attach(record)
        self.assertEqual(self._download(record, self.reader).status_code, 200)
        self.assertEqual(self._get_files(record), evidence)

    def test_download_keeps_no_file(self):
        record = self._dry_run()
        self.assertEqual(self._download(record, self.biller).status_code, 200)
        self.assertFalse(self._get_files(record))

    # === WHO SEES WHAT === #

    def test_user_of_both_companies_gets_all_of_a_dry_run(self):
        invoice, record = self._dry_run_both_companies()
        self.reader.company_ids += self.other
        charges, _skips, totals = self._get_cells(self._download(record, self.reader))
        self.assertEqual([row[1] for row in charges], [invoice.name])
        self.assertEqual([row[5] for row in totals], [123.45])

    def test_user_of_one_company_gets_nothing_of_the_other(self):
        _invoice, record = self._dry_run_both_companies()
        self.reader.write(
            {
                "company_ids": [Command.set(self.other.ids)],
                "company_id": self.other.id,
            }
        )
        answer = self._download(record, self.reader)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._get_cells(answer), [[], [], []])

    def test_sheet_holds_the_companies_that_the_user_looks_at(self):
        _invoice, record = self._dry_run_both_companies()
        self.biller.company_ids += self.other
        seen = record.with_context(allowed_company_ids=self.other.ids)
        answer = self._download(seen, self.biller)
        self.assertEqual(self._get_cells(answer), [[], [], []])

    def test_outsiders_are_refused(self):
        _invoice, record = self._dry_run_both_companies()
        third = self.env["res.company"].create({"name": "Third Company"})
        group = "account.group_account_manager"
        outsider = self._create_user("sheet_outsider", group, company=third)
        employee = self._create_user("sheet_employee", "base.group_user")
        url = f"/autopay/sheet/autopay.dry.run/{record.id}"
        claimed = f"{url}?companies={self.company.id}"
        for user, address in (
            (outsider, url),
            (outsider, claimed),
            (employee, url),
        ):
            with self.subTest(user=user.login, url=address):
                answer = self._get(address, user)
                self.assertEqual(answer.status_code, 403)
                self.assertNotIn(b"PK", answer.content[:2])

    def test_visitors_are_sent_to_the_login(self):
        record = self._dry_run()
        self.authenticate(None, None)
        url = f"/autopay/sheet/autopay.dry.run/{record.id}"
        answer = self.url_open(url, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_what_is_not_there_is_not_found(self):
        record = self._dry_run()
        for path in (
            "autopay.dry.run/999999999",
            f"autopay.dry.run/{record.id}?companies=one",
            f"autopay.attempt/{record.id}",
            f"res.users/{self.biller.id}",
        ):
            with self.subTest(path=path):
                answer = self._get(f"/autopay/sheet/{path}", self.biller)
                self.assertEqual(answer.status_code, 404)
