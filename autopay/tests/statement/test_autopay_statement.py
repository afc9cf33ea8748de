from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.statement import autopay_statement, autopay_statement_row
from ...models.statement.autopay_statement_row import AutopayStatementRow
from ...models.statement.period import Period, get_known_periods
from .common_statement import StatementCommon


@tagged("post_install", "-at_install")
class TestAutopayStatement(StatementCommon):
    """The statement of a customer's account, as the ledger has it."""

    # === WHAT IS IN IT === #

    def test_documents_between_lead_from_one_balance_to_the_other(self):
        self._create_document(-90, 40.0)
        self._create_document(-20, 100.0)
        self._create_document(-10, 30.0, "out_refund")
        self._create_payment(-5, 50.0)
        self._create_document(20, 7.0)
        account = self._get_account()
        self.assertEqual((account.opening, account.closing), (40.0, 60.0))
        self.assertEqual(
            self._get_facts(account),
            [
                ("Invoice", 100.0, 140.0),
                ("Credit note", -30.0, 110.0),
                ("Payment", -50.0, 60.0),
            ],
        )
        self.assertEqual((account.charged, account.credited), (100.0, 80.0))

    def test_both_ends_of_the_period_belong_to_it(self):
        for days in (-31, -30, 0, 1):
            self._create_document(days, 10.0)
        account = self._get_account()
        self.assertEqual((account.opening, account.closing), (10.0, 30.0))
        self.assertEqual(
            [row.date for row in account.rows], [self._get_day(-30), self._get_day(0)]
        )

    def test_drafts_and_canceled_invoices_are_no_debt(self):
        self._create_document(-3, 10.0).button_draft()
        canceled = self._create_document(-3, 10.0)
        canceled.button_draft()
        canceled.button_cancel()
        account = self._get_account()
        self.assertEqual((account.rows, account.closing), ([], 0.0))
        self.assertEqual(account.currency, self.company.currency_id)

    def test_invoice_in_several_parts_is_one_document(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Thirds",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (10, 60)
                ],
            }
        )
        invoice = self._create_document(-3, 99.99, invoice_payment_term_id=term.id)
        self.assertEqual(len(invoice.line_ids.filtered("date_maturity")), 2)
        account = self._get_account()
        self.assertEqual(self._get_facts(account), [("Invoice", 99.99, 99.99)])

    def test_debts_that_are_no_trade_are_left_out(self):
        receivable = self.company_data["default_account_receivable"]
        loan = receivable.copy({"code": "121777", "non_trade": True})
        self._create_entry(-4, 500.0, loan)
        self._create_entry(-3, 25.0)
        account = self._get_account()
        self.assertEqual(self._get_facts(account), [("Adjustment", 25.0, 25.0)])

    def test_invoices_of_contacts_are_in_and_those_of_other_customers_are_not(self):
        contact = self._create_customer("Cashier", parent_id=self.customer.id)
        branch = self._create_customer(
            "Branch", parent_id=self.customer.id, is_company=True
        )
        stranger = self._create_customer("Stranger")
        for amount, partner in ((1.0, contact), (2.0, branch), (4.0, stranger)):
            self._create_document(-3, amount, partner_id=partner.id)
        # By hand, an entry may name the contact instead of the customer.
        entry = self._create_entry(-2, 8.0)
        entry.line_ids.filtered("partner_id").partner_id = contact
        self.assertEqual(self._get_account().closing, 9.0)

    def test_contact_that_is_moved_leaves_its_payments_behind(self):
        mill = self._create_customer("Red Mill", is_company=True)
        cashier = self._create_customer("Cashier", parent_id=self.customer.id)
        user = self._create_user("cashier", "base.group_portal", partner_id=cashier.id)
        payment = self._create_payment(-9, 1.0, partner_id=cashier.id)
        self._create_document(-9, 8.0, partner_id=cashier.id)
        an_hour_ago = fields.Datetime.now() - timedelta(hours=1)
        for record in (payment, *payment.move_id.line_ids):
            self._force(record, create_date=an_hour_ago)
        self.cr.flush()
        tracked = {"tracking_disable": False, "mail_notrack": False}
        cashier.with_context(**tracked).parent_id = mill
        self.cr.flush()
        later = self._create_payment(-3, 32.0, partner_id=cashier.id)
        self.assertEqual(self._get_account().closing, 7.0)
        self.customer = mill
        self.assertEqual(self._get_account().closing, -32.0)
        shown = self.env["autopay.payment.list"].with_user(user)
        self.assertEqual(shown._get_own(self.company), later)

    def test_other_companies_have_statements_of_their_own(self):
        other = self._create_company(name="Other")
        journal = self.env["account.journal"].search(
            [("company_id", "=", other.id), ("type", "=", "sale")], limit=1
        )
        self._create_document(-3, 10.0)
        self._create_document(-3, 77.0, journal_id=journal.id, company_id=other.id)
        self.assertEqual(self._get_account().closing, 10.0)
        self.assertEqual(self._get_account(company=other).closing, 77.0)

    def test_currencies_are_never_added_up(self):
        self._create_document(-3, 10.0)
        self._create_document(-3, 20.0, currency_id=self.euro.id)
        self._create_payment(-2, 5.0, currency_id=self.euro.id)
        accounts = self._state().accounts
        self.assertEqual(
            [(each.currency.name, each.closing) for each in accounts],
            [("USD", 10.0), ("EUR", 15.0)],
        )
        (only,) = self._state(currency=self.euro).accounts
        self.assertEqual((only.currency, only.closing), (self.euro, 15.0))

    def test_difference_of_exchange_rates_is_no_document(self):
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": self.euro.id,
                    "name": self._get_day(days),
                    "rate": rate,
                    "company_id": self.company.id,
                }
                for days, rate in ((-60, 0.5), (-10, 0.8))
            ]
        )
        invoice = self._create_document(-20, 20.0, currency_id=self.euro.id)
        payment = self._create_payment(-2, 20.0, currency_id=self.euro.id)
        lines = (invoice | payment.move_id).line_ids
        lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        self.assertTrue(partials.exchange_move_id)
        (account,) = self._state().accounts
        self.assertEqual(
            self._get_facts(account), [("Invoice", 20.0, 20.0), ("Payment", -20.0, 0.0)]
        )

    def test_money_that_went_back_is_called_so(self):
        payment = self._create_payment(-9, 50.0, memo="Thanks")
        payment.move_id._reverse_moves(
            [{"date": self._get_day(-5), "ref": "No cover"}], cancel=True
        )
        self._create_payment(-4, 5.0, payment_type="outbound")
        rows = self._get_account().rows
        self.assertEqual(
            [(row.kind, row.amount) for row in rows],
            [("Payment", -50.0), ("Returned payment", 50.0), ("Refund", 5.0)],
        )
        self.assertEqual([row.reference for row in rows[:2]], ["Thanks", "No cover"])

    def test_online_payment_says_which_invoice_it_paid(self):
        invoice = self._create_document(-9, 50.0)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "reference": "online",
                "amount": 50.0,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_direct",
            }
        )
        payment = self._create_payment(
            -2,
            50.0,
            memo="online - pi_123",
            payment_transaction_id=transaction.id,
            invoice_ids=invoice.ids,
        )
        row = self._get_account().rows[-1]
        self.assertEqual((row.kind, row.reference), ("Payment", invoice.name))
        listed = self.env["autopay.payment.list"]
        self.assertEqual(listed._get_reference(payment), invoice.name)

    def test_notes_of_staff_on_entries_are_not_shown(self):
        self._create_entry(-5, 25.0, ref="Does not pay, see the lawyer")
        self._create_document(-4, 10.0, ref="Order 7")
        rows = self._get_account().rows
        self.assertEqual([row.reference for row in rows], ["", "Order 7"])

    def test_collected_invoice_is_paid_in_the_statement(self):
        self._enrol()
        invoice = self._create_due_invoice(120.0)
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        facts = self._get_facts(self._get_account())
        self.assertEqual(facts, [("Invoice", 120.0, 120.0), ("Payment", -120.0, 0.0)])

    def test_period_without_documents_keeps_the_balance(self):
        self._create_document(-90, 40.0)
        account = self._get_account()
        self.assertEqual(
            (account.opening, account.rows, account.closing), (40.0, [], 40.0)
        )

    # === WHAT IS REFUSED === #

    def test_period_upside_down_is_refused(self):
        with self.assertRaisesRegex(UserError, "before it begins"):
            self._state(self._get_period(0, -1))
        self._state(self._get_period(0, 0))

    def test_period_of_more_than_five_years_is_refused(self):
        last = date(2024, 2, 29)
        for first, is_refused in (
            (date(2019, 3, 1), False),
            (date(2019, 2, 28), True),
            (date(1, 1, 1), True),
        ):
            with self.subTest(first=first):
                if not is_refused:
                    self._state(Period(first, last))
                    continue
                with self.assertRaisesRegex(UserError, "5 years"):
                    self._state(Period(first, last))
        for day in (date.min, date.max):
            self._state(Period(day, day))

    def test_too_many_documents_are_refused(self):
        for _number in range(3):
            self._create_document(-3, 10.0)
        with patch.object(autopay_statement_row, "MAX_STATEMENT_ROWS", 3):
            self.assertEqual(len(self._get_account().rows), 3)
        with (
            patch.object(autopay_statement_row, "MAX_STATEMENT_ROWS", 2),
            self.assertRaisesRegex(UserError, "shorter"),
        ):
            self._state()

    def test_statement_that_does_not_add_up_is_refused(self):
        self._create_document(-3, 10.0)
        read = AutopayStatementRow._get_rows

        def lose_a_document(service, *args):
            return {currency: [] for currency in read(service, *args)}

        with (
            patch.object(AutopayStatementRow, "_get_rows", lose_a_document),
            mute_logger(autopay_statement.__name__),
            self.assertRaisesRegex(UserError, "do not add up"),
        ):
            self._state()

    # === WHAT BROWSERS SEND === #

    def test_texts_become_a_period(self):
        read = self.env["autopay.statement"]._read_period
        self.assertEqual(
            read(self.company, " 2026-01-31 ", "2026-02-28"),
            Period(date(2026, 1, 31), date(2026, 2, 28)),
        )
        period = read(self.company, None, "")
        self.assertEqual((period.last, period.first.day), (self.today, 1))
        self.assertEqual(read(self.company, "", "0001-01-02").first, date(1, 1, 2))
        for text in ("yesterday", "2026-02-30", "2026-13-01", "0", "x" * 9999, "\0"):
            with self.subTest(text=text[:20]):
                with self.assertRaisesRegex(UserError, "no date") as caught:
                    read(self.company, text)
                self.assertLess(len(str(caught.exception)), 200)

    def test_known_periods_meet_without_gap(self):
        for day in (date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31)):
            known = get_known_periods(day)
            with self.subTest(day=day):
                self.assertTrue(known["this_month"].first <= day)
                self.assertTrue(day <= known["this_month"].last)
                for this, last in (
                    ("this_month", "last_month"),
                    ("this_year", "last_year"),
                ):
                    gap = known[this].first - known[last].last
                    self.assertEqual(gap.days, 1)

    def test_currency_without_documents_is_refused(self):
        self._create_document(-3, 10.0)
        read = self.env["autopay.statement"]._read_currency
        self.assertEqual(read(self.customer, self.company, "USD").name, "USD")
        self.assertFalse(read(self.customer, self.company, ""))
        for code in ("EUR", "usd'--", "x" * 5000):
            with self.subTest(code=code[:9]), self.assertRaisesRegex(UserError, "curr"):
                read(self.customer, self.company, code)

    # === WHO MAY ASK === #

    def test_customer_sees_the_statement_of_the_company_he_works_for(self):
        self._create_document(-3, 10.0)
        contact = self._create_customer("Cashier", parent_id=self.customer.id)
        for login, partner, closing in (
            ("cashier", contact, 10.0),
            ("stranger", self._create_customer("Stranger"), 0.0),
        ):
            user = self._create_user(login, "base.group_portal", partner_id=partner.id)
            service = self.env["autopay.statement"].with_user(user)
            (account,) = service._get_own(self.company, self.period).accounts
            self.assertEqual(account.closing, closing, login)
        public = self.env["autopay.statement"].with_user(
            self.env.ref("base.public_user")
        )
        with self.assertRaises(AccessError):
            public._get_own(self.company, self.period)

    def test_staff_see_statements_of_their_own_companies(self):
        self._create_document(-3, 10.0)
        other = self._create_company(name="Other")
        for group, company, may in (
            ("account.group_account_readonly", self.company, True),
            ("account.group_account_invoice", self.company, True),
            ("account.group_account_invoice", other, False),
            ("base.group_user", self.company, False),
        ):
            login = f"{group[-9:]}{company.id}"
            user = self._create_user(login, group)
            service = self.env["autopay.statement"].with_user(user)
            with self.subTest(login=login):
                if may:
                    found = service._get_for_staff(self.customer, company, self.period)
                    self.assertEqual(found.accounts[0].closing, 10.0)
                    continue
                with self.assertRaises(AccessError):
                    service._get_for_staff(self.customer, company, self.period)
