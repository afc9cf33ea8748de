from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from .common_configuration import ConfigurationCommon


@tagged("post_install", "-at_install")
class TestAutopayConfigurationCap(ConfigurationCommon):
    def test_invoice_above_the_cap_per_charge_is_not_charged(self):
        self._configure(max_amount=100.0)
        decision = self._decide(self._create_due_invoice(100.01))
        self.assertEqual(decision.blocker, "above_cap")
        self.assertIn("100.00", decision.get_words(self.env))

    def test_invoice_at_the_cap_is_charged_whole(self):
        self._configure(max_amount=100.0)
        decision = self._decide(self._create_due_invoice(100.0))
        self.assertFalse(decision.blocker)
        self.assertEqual(decision.amount, 100.0)

    def test_charge_up_to_the_cap_leaves_the_rest_for_next_month(self):
        self._configure(max_amount=100.0, cap_rule="part")
        invoice = self._create_due_invoice(280.0)
        self._run_autopay()
        self._run_autopay()
        self.assertEqual([row["amount"] for row in self._get_charges(invoice)], [10000])
        self.assertEqual(invoice.amount_residual, 180.0)
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertEqual(invoice.autopay_date.day, 1)
        self.assertGreater(invoice.autopay_date, self.today)

    def test_divided_invoice_is_paid_in_full_month_by_month(self):
        self._configure(max_amount=100.0, cap_rule="part")
        invoice = self._create_due_invoice(280.0)
        for _month in range(3):
            self._run_autopay()
            self._forget_time(invoice)
        self.assertEqual(
            sorted(row["amount"] for row in self._get_charges(invoice)),
            [8000, 10000, 10000],
        )
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(invoice.autopay_status, "success")

    def _forget_time(self, invoice):
        """Let the date of the rest come."""
        if invoice.autopay_status == "eligible":
            invoice.autopay_date = self.today

    def test_cap_of_the_month_counts_invoices_of_one_run(self):
        configuration = self._configure(max_month_amount=150.0)
        invoices = [self._create_due_invoice(100.0) for _number in range(2)]
        self._run_autopay()
        self.assertEqual(
            [len(self._get_charges(invoice)) for invoice in invoices], [1, 0]
        )
        self.assertEqual(invoices[1].autopay_blocker, "month_cap_reached")
        self.assertEqual(configuration.attempt_ids.mapped("amount"), [100.0])

    def test_cap_of_the_month_gives_what_is_left_of_it(self):
        self._configure(max_month_amount=150.0, cap_rule="part")
        first, second = (self._create_due_invoice(100.0) for _number in range(2))
        self._run_autopay()
        self.assertEqual(self._get_charges(first)[0]["amount"], 10000)
        self.assertEqual(self._get_charges(second)[0]["amount"], 5000)
        self._run_autopay()
        charges = self._get_charges(first) + self._get_charges(second)
        self.assertEqual(len(charges), 2)

    def test_declined_charge_does_not_use_up_the_cap(self):
        bad = self._create_token("pm_card_chargeCustomerFail")
        configuration = self._configure(bad, max_month_amount=150.0)
        declined = self._create_due_invoice(100.0)
        self._run_autopay()
        self.assertEqual(declined.autopay_status, "error")
        configuration.token_id = self.visa
        invoice = self._create_due_invoice(120.0)
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_cap_is_free_again_in_the_next_month(self):
        self._configure(max_month_amount=150.0)
        invoice = self._create_due_invoice(100.0)
        self._run_autopay()
        later = self._create_due_invoice(100.0)
        self.assertEqual(self._decide(later).blocker, "month_cap_reached")
        month = self.today.month % 12 + 1
        next_month = date(self.today.year + (month == 1), month, 1)
        self.assertFalse(self._decide(later, today=next_month).blocker)
        self.assertEqual(invoice.payment_state, "paid")

    def test_invoice_in_another_currency_counts_at_its_rate(self):
        currency = self.setup_other_currency("EUR", rates=[("2000-01-01", 0.5)])
        self._configure(max_amount=100.0, cap_rule="part")
        invoice = self._create_due_invoice(80.0, currency_id=currency.id)
        decision = self._decide(invoice)
        # One dollar is half a euro: the cap of 100 dollars is 50 euros.
        self.assertEqual(decision.amount, 50.0)

    def test_cap_binds_who_chooses_its_method_by_hand(self):
        self._configure(max_amount=100.0)
        invoice = self._create_due_invoice(280.0)
        decision = self._decide(invoice, mode="now", tokens={invoice.id: self.visa})
        self.assertEqual(decision.blocker, "above_cap")

    def test_cap_of_the_month_counts_what_was_charged_before_it_was_set(self):
        configuration = self._configure()
        self._create_due_invoice(100.0)
        self._run_autopay()
        configuration.max_month_amount = 150.0
        blocker = self._decide(self._create_due_invoice(60.0)).blocker
        self.assertEqual(blocker, "month_cap_reached")

    def test_cap_lowered_after_the_reservation_withdraws_the_charge(self):
        configuration = self._configure(max_amount=500.0)
        invoice = self._create_due_invoice(280.0)
        engine = type(self.env["autopay.engine"])
        original = engine._gate

        def lower(engine_self, ctx, attempts):
            configuration.with_env(engine_self.env).max_amount = 100.0
            return original(engine_self, ctx, attempts)

        with patch.object(engine, "_gate", lower):
            self._run_autopay()
        self.assertEqual(self._get_charges(invoice), [])
        self.assertEqual(invoice.autopay_attempt_ids.state, "canceled")
