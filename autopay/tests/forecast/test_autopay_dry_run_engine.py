from datetime import datetime, time, timedelta, timezone

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..common import SECRET_KEY
from .common_dry_run import DryRunCommon

# Days that are forecast, and then lived through; a month ends among them.
DAYS = 33


@tagged("post_install", "-at_install")
class TestAutopayDryRunEngine(DryRunCommon):
    """The engine does, day by day, as a dry run has said."""

    # === BOTH SIDES === #

    def _get_said(self, record):
        """Return what the dry run says: one row for each charge."""
        return sorted(
            (
                line.date,
                line.move_id.id,
                line.token_id.id,
                line.configuration_id.id,
                line.currency_id.name,
                line.amount,
            )
            for line in record.charge_ids
        )

    def _get_done(self, moves):
        """Return what the engine did since: one row for each attempt."""
        return sorted(
            (
                attempt.reserved_date.date(),
                attempt.line_ids.move_id.id,
                attempt.token_id.id,
                attempt.configuration_id.id,
                attempt.currency_id.name,
                attempt.amount,
            )
            for attempt in moves.autopay_attempt_ids - self.before
            if attempt.state == "succeeded"
        )

    def _live_through(self, days):
        """Run the engine on each of the days, as of that day."""
        for number in range(days + 1):
            day = self.today + timedelta(days=number)
            noon = datetime.combine(day, time(12), timezone.utc)
            with freeze_time(noon, tick=True):
                self._run_autopay()
                self._settle_debits()

    def _settle_debits(self):
        """Let the bank confirm what is under way."""
        pending = self.env["autopay.attempt"].search([("state", "=", "pending")])
        for attempt in pending:
            self.admin.settle(attempt.object_ref, "succeeded")
        if pending:
            self._resolve_autopay()

    def _compare(self, record, moves):
        """Compute, then live through the days, and compare one to one."""
        self.before = moves.autopay_attempt_ids
        record.action_run()
        self._live_through((record.date_to - self.today).days)
        self.env.invalidate_all()
        done = self._get_done(moves)
        self.assertEqual(self._get_said(record), done)
        return done

    # === CASTS === #

    def _on(self, days, amount=100.0, **values):
        """Create an eligible invoice whose autopay date is in so many days."""
        invoice = self._create_due_invoice(amount, **values)
        invoice.autopay_date = self.today + timedelta(days=days)
        return invoice

    def _cast(self, name):
        """Make this customer the one that the factories work for."""
        self.customer = self._create_customer(name)
        return self.customer

    def _cast_autopay_token(self):
        """Cast a customer with an Autopay Token and every reason to wait."""
        self._cast("Green Valley Dairy")
        self._enrol("pm_card_visa_chargeDeclinedInsufficientFunds")
        retried = self._create_due_invoice(55.0)
        self._run_autopay()
        self.assertTrue(retried.autopay_retry_date)
        self._enrol()
        other = self._create_token(payment_details="1111")
        self.env["autopay.authorization"]._record(
            self.customer, self.company, other, "staff"
        )
        held = self._on(2, autopay_hold_date=self.today + timedelta(days=6))
        return (
            retried
            | held
            | self._on(0, 31.0)
            | self._on(4, 32.0, autopay_token_id=other.id)
            | self._on(1, 33.0, autopay_in_dispute=True)
            | self._on(DAYS + 5, 34.0)
        )

    def _cast_conditions(self):
        """Cast a customer whose conditions come true, and false, on later days."""
        self._cast("Blue River Farm")
        ending = self._create_token(autopay_expiry_date=self.today + timedelta(days=8))
        lasting = self._create_token(payment_details="1111")
        bank = self._create_token("pm_usBankAccount_success")
        # Posted invoices are ten days old here.
        age = {"kind": "age", "operator": ">=", "number": 15}
        self._configure(ending, [{"number": 100.0}, age])
        self._configure(lasting, [{"number": 500.0}, age])
        self._configure(bank, [{"kind": "overdue", "operator": ">", "number": 30}])
        return (
            self._on(0, 280.0)
            | self._on(7, 281.0)
            | self._on(12, 600.0)
            | self._on(12, 290.0)
            | self._on(0, 20.0)
        )

    def _cast_caps(self, rule, name):
        """Cast a customer with caps per charge and month, in another currency too."""
        self._cast(name)
        euro = self.env.ref("base.EUR")
        euro.active = True
        token = self._create_token()
        self._configure(
            token,
            [{"kind": "amount_due", "operator": ">=", "number": 40.0}],
            max_amount=150.0,
            max_month_amount=400.0,
            cap_rule=rule,
        )
        return (
            self._on(0, 140.0)
            | self._on(1, 200.0)
            | self._on(1, 130.0, currency_id=euro.id)
            | self._on(2, 90.0)
            | self._on(3, 80.0)
            | self._on(DAYS - 1, 120.0)
        )

    def _cast_other_company(self):
        """Cast the first customer in a second company, with a provider of its own."""
        first = self.company, self.provider
        second = self._create_company(name="Second Company")
        self.addCleanup(self._switch, *first)
        self._switch(second, self._create_second_provider(second))
        self._enrol()
        journal = self.env["account.journal"].search(
            [("company_id", "=", second.id), ("type", "=", "sale")], limit=1
        )
        moves = self.env["account.move"]
        for days in (0, 5):
            moves |= self._on(days, 70.0 + days, journal_id=journal.id)
        self._switch(*first)
        return moves, second

    def _switch(self, company, provider):
        """Let the factories work for this company."""
        self.company, self.provider = company, provider

    def _create_second_provider(self, company):
        company.write({"autopay_enabled": True})
        provider = self.provider.copy(
            {"company_id": company.id, "name": "Stripe of the second company"}
        )
        bank = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
        )
        provider.write(
            {
                "stripe_publishable_key": "pk_test",
                "stripe_secret_key": SECRET_KEY,
                "state": "test",
            }
        )
        provider.journal_id = bank
        return provider

    # === WHAT IS SAID IS DONE === #

    def test_engine_does_what_was_said_of_dates_holds_retries_and_overrides(self):
        moves = self._cast_autopay_token()
        record = self._create_dry_run(days=10)
        done = self._compare(record, moves)
        self.assertEqual(len(done), 4)
        self.assertEqual(
            sorted(record.skip_ids.mapped("blocker")),
            ["date_not_reached", "in_dispute"],
        )

    def test_engine_does_what_was_said_of_conditions_that_come_true_later(self):
        moves = self._cast_conditions()
        record = self._create_dry_run(days=25)
        done = self._compare(record, moves)
        # The expired card leaves 290 to the bank, as 20 was from the start.
        self.assertEqual(len({row[2] for row in done}), 3)
        self.assertEqual(len(done), 5)

    def test_engine_does_what_was_said_of_caps_over_the_end_of_a_month(self):
        for rule in ("skip", "part"):
            with self.subTest(rule=rule):
                moves = self._cast_caps(rule, f"Caps {rule}")
                record = self._create_dry_run(days=DAYS)
                done = self._compare(record, moves)
                self.assertEqual(len({row[0].month for row in done}), 2)
                divided = len(done) > len({row[1] for row in done})
                self.assertEqual(divided, rule == "part")

    def test_engine_does_what_was_said_of_several_customers_and_companies(self):
        moves = self._cast_autopay_token()
        other, second = self._cast_other_company()
        moves |= other
        moves |= self._cast_conditions() | self._cast_caps("part", "Yellow Hill Mill")
        self._cast("No method")
        moves |= self._on(1)
        record = self._create_dry_run(
            days=12,
            company_ids=[Command.set((self.company | second).ids)],
            partner_ids=[Command.set(moves.commercial_partner_id.ids)],
        )
        self._compare(record, moves)
        self.assertEqual(record.total_ids.company_id, self.company | second)
        self.assertIn("no_method", record.skip_ids.mapped("blocker"))
        sums = sum(record.total_ids.mapped("charge_count"))
        self.assertEqual(sums, record.charge_count)

    def test_new_configuration_does_when_saved_what_was_said_of_it(self):
        self._cast("Grey Stone Bakery")
        token = self._create_token()
        moves = self._on(0, 280.0) | self._on(3, 90.0)
        values = {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "token_id": token.id,
            "currency_id": self.company.currency_id.id,
            "condition_ids": [
                Command.create({"kind": "age", "operator": ">=", "number": 15})
            ],
            "max_amount": 200.0,
        }
        action = self.env["autopay.configuration"].action_dry_run(values)
        record = self._open_dry_run(action)
        record.date_to = self.today + timedelta(days=8)
        record.action_run()
        said = [(row[0], row[2], row[5]) for row in self._get_said(record)]
        self.before = self.env["autopay.attempt"]
        self.env["autopay.configuration"].create(values)
        self._live_through(8)
        done = [(row[0], row[2], row[5]) for row in self._get_done(moves)]
        self.assertEqual(said, done)
        self.assertEqual(len(said), 1)
