from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_dry_run import DryRunCommon

# Tables in which autopay's acts leave traces.
TABLES = (
    "account_move",
    "account_move_line",
    "account_payment",
    "autopay_approval",
    "autopay_attempt",
    "autopay_attempt_line",
    "autopay_authorization",
    "autopay_configuration",
    "autopay_configuration_condition",
    "autopay_event",
    "autopay_run",
    "ir_sequence",
    "mail_activity",
    "mail_message",
    "payment_token",
    "payment_transaction",
    "res_company",
    "res_partner",
)


@tagged("post_install", "-at_install")
class TestAutopayDryRun(DryRunCommon):
    """A dry run says what would be charged, and changes nothing."""

    def _get_fingerprints(self):
        """Return a checksum of every row of the tables, by table."""
        self.env.flush_all()
        found = {}
        for table in TABLES:
            self.env.cr.execute(
                f"SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM {table} t"
            )
            found[table] = self.env.cr.fetchone()[0]
        return found

    # === WHAT IT LEAVES ALONE === #

    def test_dry_run_charges_nothing_and_changes_no_row_of_autopay(self):
        self._configure(self.visa, max_month_amount=150.0, cap_rule="part")
        self._create_due_invoice(280.0)
        self._create_due_invoice(90.0, autopay_in_dispute=True)
        record = self._create_dry_run(days=70)
        before, requests = self._get_fingerprints(), self._get_request_count()
        record.action_run()
        self.assertEqual(record.charge_count, 2)
        self.assertEqual(self._get_fingerprints(), before)
        self.assertEqual(self._get_request_count(), requests)

    def test_divided_invoice_reads_as_before_after_the_dry_run(self):
        self._configure(self.visa, max_month_amount=150.0, cap_rule="part")
        invoice = self._create_due_invoice(280.0)
        self._dry_run(days=70)
        self.assertEqual(invoice.amount_residual, 280.0)
        self.assertEqual(invoice.autopay_date, self.today)

    # === WHAT IT SAYS === #

    def test_invoice_that_would_not_be_charged_says_why_and_when_that_could_change(
        self,
    ):
        self._configure(self.visa, [{"kind": "age", "operator": ">=", "number": 40}])
        invoice = self._create_due_invoice()
        line = self._dry_run(days=5).skip_ids
        self.assertEqual(line.move_id, invoice)
        self.assertEqual(line.blocker, "date_not_reached")
        # Posted invoices are ten days old here; the reason is as of the last day.
        self.assertIn("15 days", line.reason)
        self.assertEqual(line.change_date, self.today + timedelta(days=30))

    def test_rest_of_a_divided_invoice_tells_when_it_is_charged(self):
        self._configure(self.visa, max_month_amount=150.0, cap_rule="part")
        self._create_due_invoice(280.0)
        record = self._dry_run(days=0)
        self.assertEqual(record.charge_ids.amount, 150.0)
        self.assertEqual(record.skip_ids.amount, 130.0)
        self.assertEqual(record.skip_ids.change_date.day, 1)

    def test_charge_before_the_period_is_told_apart(self):
        self._configure(self.visa)
        invoice = self._create_due_invoice()
        record = self._create_dry_run(days=9)
        record.date_from = self.today + timedelta(days=2)
        record.action_run()
        self.assertFalse(record.charge_ids)
        self.assertEqual(record.skip_ids.move_id, invoice)
        self.assertIn("before the period", record.skip_ids.reason)
        self.assertEqual(record.skip_ids.change_date, self.today)

    def test_without_customers_all_invoices_on_autopay_are_asked_about(self):
        self._enrol()
        other = self._create_customer("Blue River Farm")
        on_autopay = self._create_due_invoice(customer=other)
        off_autopay = self._create_posted_invoice(customer=other)
        record = self._create_dry_run(partner_ids=False)
        record.action_run()
        self.assertIn(on_autopay, record.line_ids.move_id)
        self.assertNotIn(off_autopay, record.line_ids.move_id)

    def test_invoice_of_a_chosen_customer_that_is_not_on_autopay_says_so(self):
        self._enrol()
        invoice = self._create_posted_invoice()
        line = self._dry_run().line_ids
        self.assertEqual((line.move_id, line.blocker), (invoice, "not_eligible"))

    def test_totals_are_by_company_provider_day_and_currency(self):
        self._configure(self.visa)
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._create_due_invoice(10.0)
        self._create_due_invoice(20.0)
        self._create_due_invoice(40.0, currency_id=euro.id)
        later = self._create_due_invoice(80.0)
        later.autopay_date = self.today + timedelta(days=3)
        totals = self._dry_run().total_ids
        self.assertEqual(totals.company_id, self.company)
        self.assertEqual(totals.provider_id, self.provider)
        rows = {(row.date, row.currency_id.name): row.amount for row in totals}
        dollar = self.company.currency_id.name
        self.assertEqual(
            rows,
            {
                (self.today, dollar): 30.0,
                (self.today, "EUR"): 40.0,
                (later.autopay_date, dollar): 80.0,
            },
        )

    def test_debit_under_way_is_told_as_it_is_now(self):
        self._configure(self.bank)
        invoice = self._create_due_invoice()
        self._run_autopay()
        line = self._dry_run().line_ids
        self.assertEqual((line.move_id, line.blocker), (invoice, "debit_pending"))
        self.assertIn(invoice.autopay_attempt_ids.name, line.reason)

    # === ON TRIAL === #

    def test_configuration_that_is_not_saved_is_tried_out(self):
        saved = self._configure(self.visa, [{"number": 1000.0}])
        invoice = self._create_due_invoice(280.0)
        values = {"condition_ids": [[1, saved.condition_ids.id, {"number": 100.0}]]}
        record = self._open_dry_run(saved.action_dry_run(values))
        record.action_run()
        self.assertEqual(record.charge_ids.move_id, invoice)
        self.assertEqual(record.charge_ids.configuration_id, saved)
        self.assertIn("100.00", record.trial_words)
        self.assertEqual(saved.condition_ids.number, 1000.0)

    def test_new_configuration_comes_last_and_its_method_counts_as_authorized(self):
        self._configure(self.visa, [{"number": 500.0}])
        large, small = self._create_due_invoice(600.0), self._create_due_invoice(50.0)
        values = {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "token_id": self.bank.id,
            "condition_ids": [
                [
                    0,
                    "virtual_1",
                    {"kind": "amount_total", "operator": ">=", "number": 1},
                ]
            ],
        }
        action = self.env["autopay.configuration"].action_dry_run(values)
        record = self._open_dry_run(action)
        record.action_run()
        tokens = {line.move_id: line.token_id for line in record.charge_ids}
        self.assertEqual(tokens, {large: self.visa, small: self.bank})
        self.assertFalse(
            self.env["autopay.authorization"].search([("token_id", "=", self.bank.id)])
        )

    def test_disabled_configuration_is_tried_out_as_if_it_were_enabled(self):
        disabled = self._configure(self.visa)
        disabled.action_disable()
        self._create_due_invoice()
        record = self._open_dry_run(disabled.action_dry_run())
        record.action_run()
        self.assertEqual(record.charge_ids.configuration_id, disabled)
        self.assertFalse(disabled.enabled)

    def test_month_cap_on_trial_counts_what_the_saved_configuration_charged(self):
        saved = self._configure(self.visa, max_month_amount=500.0)
        self._create_due_invoice(200.0)
        self._run_autopay()
        self._create_due_invoice(200.0)
        record = self._open_dry_run(saved.action_dry_run({"max_month_amount": 300.0}))
        record.date_to = self.today
        record.action_run()
        self.assertEqual(record.skip_ids.blocker, "month_cap_reached")

    def test_configuration_of_another_company_is_not_tried_out(self):
        other = self.env["res.company"].create({"name": "Second Company"})
        user = self._create_user("curious", "account.group_account_invoice")
        values = {"partner_id": self.customer.id, "company_id": other.id}
        with self.assertRaises(AccessError):
            self._open_dry_run(
                self.env["autopay.configuration"]
                .with_user(user)
                .action_dry_run(values),
                user,
            )
