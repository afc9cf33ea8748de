from datetime import timedelta

from odoo.tests import tagged

from ...gateways.money import get_charge_maximum
from ..forecast.common_dry_run import DryRunCommon


@tagged("post_install", "-at_install")
class TestAutopayProviderLimit(DryRunCommon):
    """More than a provider takes at once is promised to nobody."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    def _create_coming(self, amount, **values):
        invoice = self._create_due_invoice(amount, **values)
        invoice.autopay_date = self.today + timedelta(days=5)
        return invoice

    def _assert_blocked(self, invoice, limit):
        """Check that nobody is told of a charge, and everybody of the reason."""
        self.assertEqual(invoice.autopay_blocker, "amount_not_accepted")
        words = invoice.autopay_explanation.replace("\xa0", " ")
        self.assertIn(f"takes at most {limit} at once", words)
        self.assertIn("payment plan", words)
        preview = self._dry_run()
        self.assertNotIn(invoice, preview.charge_ids.move_id)
        self.assertIn(invoice, preview.skip_ids.move_id)
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")
        self.env["autopay.forecast.pass"].sudo().search([]).unlink()
        self._run_cron("autopay.ir_cron_refresh_forecast")
        self.env.invalidate_all()
        self.assertEqual(
            (invoice.autopay_standing, invoice.autopay_next_date), ("blocked", False)
        )
        foreseen = self.env["autopay.forecast.charge"].search(
            [("move_id", "=", invoice.id)]
        )
        self.assertFalse(foreseen)
        self.assertFalse(invoice.sudo().autopay_portal_words)
        invoice.autopay_date = self.today
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)

    def test_maximum_of_the_provider_in_odoo_is_a_reason_before_the_day(self):
        self.provider.maximum_amount = 50.0
        self._assert_blocked(self._create_coming(50.01), "$ 50.00")
        fitting = self._create_coming(50.0)
        self.assertEqual(fitting.autopay_blocker, "date_not_reached")

    def test_maximum_of_stripe_is_a_reason_before_the_day(self):
        self.token.payment_method_id = self.env.ref("payment.payment_method_amex")
        invoice = self._create_coming(10_000_000.0)
        self._assert_blocked(invoice, "$ 9,999,999.99")

    def test_bank_accounts_pay_less_at_once_than_cards(self):
        invoice = self._create_due_invoice(1_000_000.0)
        self.assertFalse(invoice.autopay_blocker)
        self._enrol("pm_usBankAccount_success")
        invoice.invalidate_recordset()
        self.assertEqual(invoice.autopay_blocker, "amount_not_accepted")
        self.assertIn("999,999.99 at once", invoice.autopay_explanation)

    def test_large_invoice_is_charged_with_a_card(self):
        invoice = self._create_due_invoice(1_000_000.0)
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(
            [each["amount"] for each in self._get_charges(invoice)], [10**8]
        )

    def test_maximum_is_in_the_currency_of_the_provider(self):
        self.provider.maximum_amount = 100.0
        euro = self.setup_other_currency("EUR", rates=[("2000-01-01", 0.5)])
        invoice = self._create_coming(50.01, currency_id=euro.id)
        self.assertEqual(invoice.autopay_blocker, "amount_not_accepted")
        self.assertFalse(
            self._create_due_invoice(50.0, currency_id=euro.id).autopay_blocker
        )

    def test_raised_maximum_is_looked_at_again(self):
        self.provider.maximum_amount = 50.0
        invoice = self._create_due_invoice(80.0)
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.provider.maximum_amount = 80.0
        marks = self.env["autopay.status.mark"].sudo()
        self.env.cr.flush()
        self.assertTrue(marks.search([("company_id", "=", self.company.id)]))
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_combined_charge_stays_below_the_maximum(self):
        self.company.autopay_combine = True
        self.provider.maximum_amount = 250.0
        invoices = [self._create_due_invoice(100.0) for _number in range(3)]
        self._run_autopay()
        amounts = {
            attempt.amount for each in invoices for attempt in each.autopay_attempt_ids
        }
        self.assertEqual(amounts, {200.0, 100.0})

    def test_largest_charge_follows_the_kind_of_method_and_the_currency(self):
        for kind, code, places, most in (
            ("card", "USD", 2, "9999999999.99"),
            ("card", "VND", 0, "999999999999"),
            ("amex", "USD", 2, "9999999.99"),
            ("amex", "IDR", 2, "9999999.99"),
            ("sepa_debit", "EUR", 2, "999999.99"),
            ("other", "JPY", 0, "99999999"),
            ("other", "HUF", 2, "999999.99"),
            ("other", "KWD", 3, "99999.990"),
            ("other", "ISK", 0, "999999.00"),
            ("other", "COP", 2, "99999999.99"),
            ("other", "INR", 2, "9999999.99"),
            ("other", "IDR", 2, "9999999999.99"),
        ):
            with self.subTest(kind=kind, code=code):
                self.assertEqual(str(get_charge_maximum(code, places, kind)), most)
        self.assertIsNone(get_charge_maximum("USD", 2, "card", "demo"))
