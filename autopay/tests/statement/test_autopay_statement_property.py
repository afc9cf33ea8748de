from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .common_statement import StatementCommon

DAYS = st.integers(-40, 10)
CENTS = st.integers(1, 10**7)
KINDS = ("out_invoice", "out_refund", "payment", "refund", "entry", "draft", "euro")
DOCUMENTS = st.lists(st.tuples(st.sampled_from(KINDS), DAYS, CENTS), max_size=7)
EDGES = st.tuples(DAYS, DAYS).map(sorted)


@tagged("post_install", "-at_install")
class TestAutopayStatementProperty(StatementCommon):
    """Each statement is what the ledger says, no matter what is in it."""

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    @given(documents=DOCUMENTS, edges=EDGES)
    def test_statement_equals_the_ledger(self, documents, edges):
        with self.env.cr.savepoint() as savepoint:
            for kind, days, cents in documents:
                self._make(kind, days, cents / 100)
            period = self._get_period(*edges)
            for account in self._state(period).accounts:
                self._compare(account, period)
            self._compare_parts(period)
            savepoint.rollback()
            self.env.invalidate_all()

    def _make(self, kind, days, amount):
        if kind in ("payment", "refund"):
            way = "inbound" if kind == "payment" else "outbound"
            self._create_payment(days, amount, payment_type=way)
        elif kind == "entry":
            self._create_entry(days, amount)
        elif kind == "draft":
            self._create_document(days, amount).button_draft()
        elif kind == "euro":
            self._create_document(days, amount, currency_id=self.euro.id)
        else:
            self._create_document(days, amount, kind)

    def _compare(self, account, period):
        """Compare an account with plain SQL on the ledger."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT COALESCE(SUM(line.amount_currency) FILTER (
                          WHERE line.date < %(first)s), 0),
                      COALESCE(SUM(line.amount_currency), 0),
                      COUNT(DISTINCT line.move_id) FILTER (
                          WHERE line.date >= %(first)s)
                 FROM account_move_line line
                 JOIN account_move move ON move.id = line.move_id
                 JOIN account_account account ON account.id = line.account_id
                WHERE move.state = 'posted'
                  AND move.company_id = %(company)s
                  AND line.currency_id = %(currency)s
                  AND line.date <= %(last)s
                  AND account.account_type = 'asset_receivable'
                  AND line.partner_id = %(partner)s""",
            {
                "first": period.first,
                "last": period.last,
                "company": self.company.id,
                "currency": account.currency.id,
                "partner": self.customer.id,
            },
        )
        opening, closing, count = self.env.cr.fetchone()
        self.assertAlmostEqual(account.opening, float(opening), 2)
        self.assertAlmostEqual(account.closing, float(closing), 2)
        self.assertEqual(len(account.rows), count)

    def _compare_parts(self, period):
        """One statement of a period ends where the next one begins."""
        middle = period.first + (period.last - period.first) // 2
        days = (middle - self.today).days
        first = (period.first - self.today).days
        last = (period.last - self.today).days
        if days == last:
            return
        for currency in (self.company.currency_id, self.euro):
            whole = self._get_account(period, currency)
            before = self._get_account(self._get_period(first, days), currency)
            after = self._get_account(self._get_period(days + 1, last), currency)
            self.assertEqual(before.opening, whole.opening)
            self.assertEqual(before.closing, after.opening)
            self.assertEqual(after.closing, whole.closing)
            self.assertEqual(
                [(row.move, row.balance) for row in before.rows + after.rows],
                [(row.move, row.balance) for row in whole.rows],
            )
