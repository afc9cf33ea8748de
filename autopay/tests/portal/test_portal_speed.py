import time

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common_pages import PagesCommon

INVOICES = 2000
CONFIGURATIONS = 20
# Queries and seconds of the server's own work that a page takes at most.
QUERIES = {"_get_status": 40, "_get_page": 35}
SECONDS = 0.3


@tagged("post_install", "-at_install")
class TestPortalSpeed(PagesCommon):
    """Pages of a customer with very much of everything."""

    def _copy_rows(self, table, record_id, changed):
        """Insert copies of a row, with other values in some columns."""
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name != 'id'",
            [table],
        )
        names = [name for (name,) in self.env.cr.fetchall()]
        values = [changed.get(name, SQL.identifier("t", name)) for name in names]
        query = SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s t, generate_series(1, %s) n"
            " WHERE t.id = %s RETURNING id",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(values),
            SQL.identifier(table),
            INVOICES,
            record_id,
        )
        return [row_id for (row_id,) in self.env.execute_query(query)]

    def _copy_invoice(self, invoice):
        """Make very many invoices of one, all of them open."""
        self.env.flush_all()
        name = SQL("t.name || '-' || n")
        number = SQL("t.sequence_number + n")
        moves = self._copy_rows(
            "account_move", invoice.id, {"name": name, "sequence_number": number}
        )
        first = SQL("%s + n", min(moves) - 1)
        for line in invoice.line_ids:
            self._copy_rows("account_move_line", line.id, {"move_id": first})
        self.env.invalidate_all()

    def _measure(self, service, name):
        """Return (queries, seconds of work) of what a page asks of a service."""
        company = self.company.sudo()
        self.env.invalidate_all()
        before, started = self.env.cr.sql_log_count, time.thread_time()
        getattr(service, name)(company)
        return self.env.cr.sql_log_count - before, time.thread_time() - started

    def test_two_thousand_invoices_and_twenty_configurations(self):
        token = self._enrol()
        self.env["autopay.configuration"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "token_id": token.id,
                    "condition_ids": [
                        Command.create(
                            {
                                "kind": "amount_total",
                                "operator": ">=",
                                "number": 10.0 + number,
                            }
                        )
                    ],
                }
                for number in range(CONFIGURATIONS)
            ]
        )
        invoice = self._create_due_invoice()
        service = self.env["autopay.portal.coming"].with_user(self.owner_user)
        for _each in range(21):
            self._create_due_invoice()
        few = {name: self._measure(service, name) for name in QUERIES}
        self._copy_invoice(invoice)
        self.assertGreater(service._count(self.company.sudo()), INVOICES)
        many = {name: self._measure(service, name) for name in QUERIES}
        for name, most in QUERIES.items():
            with self.subTest(name=name):
                self.assertLessEqual(many[name][0], most)
                self.assertLessEqual(many[name][0], few[name][0])
                self.assertLess(many[name][1], SECONDS)
