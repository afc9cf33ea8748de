from datetime import timedelta

from odoo.tests import Form, tagged

from ..common_discount import DiscountCommon
from .common_charge_day import ChargeDayCommon


@tagged("post_install", "-at_install")
class TestAutopayChargeDay(ChargeDayCommon, DiscountCommon):
    """The day of a charge is one day, whoever tells it, and none before its invoice."""

    def setUp(self):
        super().setUp()
        self.company.write({"autopay_date_rule": "due", "autopay_date_offset": 0})
        self.next_year = self.today + timedelta(days=370)

    def _create_future(self, **values):
        """Create an invoice of next year that Odoo has be due today."""
        invoice = self._create_posted_invoice(
            invoice_date=self.next_year, invoice_date_due=self.today, **values
        )
        invoice.action_autopay_make_eligible()
        return invoice

    def _create_lost(self):
        """Create an invoice whose discount is lost by a part payment."""
        invoice = self._create_posted_invoice(
            invoice_date=self.today,
            invoice_date_due=False,
            invoice_payment_term_id=self.term.id,
        )
        invoice.action_autopay_make_eligible()
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=7))
        return invoice

    def _pay(self, invoice, amount):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": amount}).action_create_payments()

    # === BEFORE THE INVOICE DATE === #

    def test_invoice_of_next_year_is_not_charged_today(self):
        invoice = self._create_future()
        self.assertEqual(invoice.autopay_date, self.next_year)
        self._run_autopay()
        self._assert_day(invoice, self.next_year)

    def test_no_rule_gives_a_day_before_the_invoice_date(self):
        day = self.next_year
        for rule, offset in (("due", -30), ("invoice", -5), ("month_day", 0)):
            self.company.write(
                {"autopay_date_rule": rule, "autopay_date_offset": offset}
            )
            for due in (self.today, day, day + timedelta(days=3)):
                with self.subTest(rule=rule, due=due):
                    self.assertGreaterEqual(
                        self.company._get_autopay_date(day, due), day
                    )
                    self.assertGreaterEqual(
                        self.company._get_autopay_part_date(day, due), day
                    )

    def test_day_set_by_hand_before_the_invoice_date_does_not_hold_and_says_so(self):
        invoice = self._create_future()
        invoice.autopay_date = self.today
        self.assertEqual(invoice.autopay_date_source, "person")
        self._run_autopay()
        self._assert_day(invoice, self.next_year)
        self.assertIn("before the invoice date", invoice.autopay_explanation)
        # As invoices have it that were posted before an update.
        self._force(invoice, autopay_date_source="rule")
        self._run_autopay()
        self.assertFalse(self._get_charges(invoice))
        self.assertEqual(invoice.autopay_date, self.next_year)

    def test_form_warns_of_a_day_before_the_invoice_date(self):
        invoice = self._create_future()
        invoice.autopay_date = self.today
        form = invoice.new(origin=invoice)
        warning = form._onchange_autopay_date()["warning"]["message"]
        self.assertIn("nothing is charged before", warning)
        self.assertNotIn("within minutes", warning)

    def test_what_was_done_collects_no_invoice_before_its_date(self):
        invoice = self._create_posted_invoice(
            invoice_date=self.next_year, invoice_date_due=self.today
        )
        refused = invoice._autopay_collect("test:future", self.today, "It was done.")
        self.assertFalse(refused)
        self.assertEqual(invoice.autopay_date, self.next_year)

    def test_plan_has_no_part_before_the_invoice_date(self):
        invoice = self._create_future()
        wizard = Form(
            self.env["autopay.plan.wizard"].with_context(default_move_id=invoice.id)
        )
        self.assertEqual(wizard.first_date, self.next_year)
        self.assertFalse(wizard.problems)
        wizard.first_date = self.today
        self.assertIn("before the invoice date", wizard.problems)

    # === A DISCOUNT THAT IS LOST === #

    def test_part_payment_moves_the_day_of_the_discount_everywhere(self):
        invoice = self._create_lost()
        self._pay(invoice, 40)
        due = self.today + timedelta(days=30)
        self.assertEqual((invoice.autopay_date, invoice.amount_residual), (due, 60))
        self._assert_day(invoice, due)

    def test_discount_that_holds_again_brings_its_day_back(self):
        invoice = self._create_lost()
        self._pay(invoice, 40)
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=7))

    def test_standing_says_the_day_of_the_decision_and_not_of_the_field(self):
        invoice = self._create_lost()
        self._pay(invoice, 40)
        # As invoices have it whose part was paid before an update.
        self._force(invoice, autopay_date=self.today + timedelta(days=7))
        self._assert_day(invoice, self.today + timedelta(days=30))

    def test_day_set_by_hand_stays_when_a_part_is_paid(self):
        invoice = self._create_lost()
        invoice.autopay_date = chosen = self.today + timedelta(days=3)
        self._pay(invoice, 40)
        self.assertEqual(invoice.autopay_date, chosen)
