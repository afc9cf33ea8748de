from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..common_discount import DiscountCommon
from ..fault import fault

COMPUTATIONS = ("included", "excluded", "mixed")


@tagged("post_install", "-at_install")
class TestAutopayDiscount(DiscountCommon):
    # === TAKEN === #

    def test_discounted_amount_pays_the_whole_invoice(self):
        invoice = self._create_discounted()
        self._run_autopay()
        self._assert_settled(invoice, 9800)
        line = invoice.autopay_attempt_ids.line_ids
        self.assertEqual((line.amount, line.discount_amount), (98, 2))
        self.assertEqual(line.discount_date, self.today + timedelta(days=7))

    def test_two_taxes_leave_nothing_however_the_tax_is_reduced(self):
        taxes = self.env["account.tax"].create(
            [
                {"name": f"{rate} %", "amount": rate, "company_id": self.company.id}
                for rate in (21, 5.5)
            ]
        )
        for computation in COMPUTATIONS:
            with self.subTest(computation=computation):
                rows = [
                    {"name": "One", "price_unit": 33.33, "tax_ids": taxes.ids},
                    {"name": "Two", "price_unit": 77.77, "tax_ids": taxes[0].ids},
                    {"name": "Three", "price_unit": 0.99, "tax_ids": taxes[1].ids},
                ]
                invoice = self._create_discounted(
                    invoice_payment_term_id=self._create_term(computation).id,
                    invoice_line_ids=[Command.create(row) for row in rows],
                )
                asked = invoice._get_invoice_next_payment_values()["amount_due"]
                self._run_autopay()
                self._assert_settled(invoice, round(asked * 100))
                items = invoice.autopay_attempt_ids.payment_id.move_id.line_ids
                reduced = items.filtered("tax_repartition_line_id")
                self.assertEqual(bool(reduced), computation == "included")

    def test_foreign_currency_at_another_rate_leaves_nothing(self):
        currency = self.setup_other_currency(
            "EUR", rates=[("2000-01-01", 2.0), (str(self.today), 2.5)]
        )
        for computation in COMPUTATIONS:
            with self.subTest(computation=computation):
                invoice = self._create_discounted(
                    200,
                    days_ago=3,
                    currency_id=currency.id,
                    invoice_payment_term_id=self._create_term(computation).id,
                    invoice_line_ids=[
                        Command.create(
                            {
                                "name": "Service",
                                "price_unit": 200,
                                "tax_ids": self.company_data["default_tax_sale"].ids,
                            }
                        )
                    ],
                )
                asked = invoice._get_invoice_next_payment_values()["amount_due"]
                self._run_autopay()
                self._assert_settled(invoice, round(asked * 100))
                term = invoice.line_ids.filtered(
                    lambda item: item.display_type == "payment_term"
                )
                self.assertEqual(term.amount_residual_currency, 0)

    @fault(98)
    def test_debit_that_arrives_after_the_last_day_keeps_the_discount(self):
        self.customer.autopay_token_id = self._create_token("pm_usBankAccount_success")
        invoice = self._create_discounted(days_ago=7)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual((attempt.state, attempt.amount), ("pending", 98))
        # The last day was today: by now it is over.
        term = self._get_discount_line(invoice)
        self.assertEqual(term.discount_date, self.today)
        term.discount_date = self.today - timedelta(days=1)
        self.admin.advance(7 * 86400)
        self._resolve_autopay()
        self.assertEqual(attempt.state, "succeeded")
        self._assert_settled(invoice, 9800)

    # === NOT TAKEN === #

    def test_full_amount_after_the_last_day(self):
        invoice = self._create_discounted(days_ago=8)
        self._run_autopay()
        self._assert_settled(invoice, 10000)
        self.assertFalse(invoice.autopay_attempt_ids.line_ids.discount_amount)

    def test_company_that_takes_no_discounts_charges_all(self):
        self.company.autopay_discount_policy = "ignore"
        invoice = self._create_discounted()
        self._run_autopay()
        self._assert_settled(invoice, 10000)

    def test_customer_has_the_last_word(self):
        self.customer.autopay_discount_policy = "ignore"
        invoice = self._create_discounted()
        self._run_autopay()
        self._assert_settled(invoice, 10000)
        self.company.autopay_discount_policy = "ignore"
        self.customer.autopay_discount_policy = "take"
        invoice = self._create_discounted()
        self._run_autopay()
        self._assert_settled(invoice, 9800)

    def test_no_discount_on_what_is_paid_in_part(self):
        invoice = self._create_discounted()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 40}).action_create_payments()
        self._run_autopay()
        self._assert_settled(invoice, 6000)

    def test_cap_that_divides_the_amount_leaves_the_full_one(self):
        self._create_cap(max_amount=50, cap_rule="part")
        invoice = self._create_discounted()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual((attempt.amount, attempt.line_ids.discount_amount), (50, 0))
        self.assertEqual(invoice.amount_residual, 50)

    def test_cap_of_the_discounted_amount_suffices(self):
        self._create_cap(max_amount=98, cap_rule="skip")
        invoice = self._create_discounted()
        self._run_autopay()
        self._assert_settled(invoice, 9800)

    def _create_cap(self, **values):
        return self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": self.token.id,
                "condition_ids": [Command.create({"number": 1.0})],
                **values,
            }
        )

    def test_company_without_an_account_for_it_charges_nothing(self):
        self.company.account_journal_early_pay_discount_loss_account_id = False
        invoice = self._create_discounted()
        self.assertEqual(invoice.autopay_blocker, "cannot_be_booked")
        self.assertIn("take no discounts", invoice.autopay_explanation)
        other = self._create_due_invoice()
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(other.amount_residual, 0)

    def test_invoice_that_somebody_pays_meanwhile_gets_no_discount(self):
        self.customer.autopay_token_id = self._create_token("pm_usBankAccount_success")
        invoice = self._create_discounted()
        self._run_autopay()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 98}).action_create_payments()
        self.assertEqual(invoice.amount_residual, 0)
        self.admin.advance(7 * 86400)
        self._resolve_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.line_ids.discount_amount, 0)
        self.assertEqual(attempt.excess_amount, 98)

    @fault(97)
    def test_discount_that_is_over_at_the_last_look_is_not_charged(self):
        invoice = self._create_discounted(days_ago=7)
        prepare = type(self.env["autopay.engine"])._prepare

        def let_midnight_pass(engine, ctx, attempts):
            line = engine.env["autopay.discount"]._get_line(attempts.line_ids.move_id)
            line.discount_date -= timedelta(days=1)
            return prepare(engine, ctx, attempts)

        with patch.object(
            type(self.env["autopay.engine"]), "_prepare", let_midnight_pass
        ):
            self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.state, "canceled")
        self.assertFalse(self._get_taken(invoice))
        self._run_autopay()
        self.assertEqual(self._get_taken(invoice), [10000])

    def test_books_and_charges_agree(self):
        invoice = self._create_discounted()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertFalse(self._get_breaches("I1") | self._get_breaches("I2"))
        attempt.sudo().line_ids.discount_amount = 1
        self.assertEqual(self._get_breaches("I2"), {attempt.id})
        attempt.sudo().line_ids.discount_amount = 2.5
        self.assertEqual(self._get_breaches("I1"), {invoice.id})

    def _get_breaches(self, code):
        rows, _count = self.env["autopay.invariant"].sudo()._run_query(code)
        return {res_id for _model, res_id, _detail in rows}

    def test_declined_in_time_and_charged_whole_later(self):
        self.customer.autopay_token_id = self._create_token(
            "pm_card_chargeCustomerFail"
        )
        invoice = self._create_discounted()
        self._run_autopay()
        declined = invoice.autopay_attempt_ids
        self.assertEqual((declined.state, declined.amount), ("declined", 98))
        term = self._get_discount_line(invoice)
        term.discount_date = self.today - timedelta(days=1)
        self._enrol()
        invoice._set_autopay_eligible()
        self._run_autopay()
        last = invoice.autopay_attempt_ids - declined
        self.assertEqual((last.state, last.amount), ("succeeded", 100))
        self.assertEqual(invoice.amount_residual, 0)


@tagged("post_install", "-at_install")
class TestAutopayDiscountDate(DiscountCommon):
    """The day of a charge whose discount is to be taken: the last one of it."""

    def _create_ruled(self, days_ago=0, **values):
        """Create an eligible invoice whose autopay date is by the rule."""
        invoice = self._create_discounted(days_ago=days_ago, **values)
        invoice.autopay_date = False
        invoice.action_autopay_make_eligible()
        self.assertEqual(invoice.autopay_date_source, "rule")
        return invoice

    def test_last_day_of_the_discount_comes_before_the_due_date(self):
        invoice = self._create_ruled()
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=7))
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)

    def test_earlier_date_by_the_rule_stays(self):
        self.company.write({"autopay_date_rule": "invoice", "autopay_date_offset": 2})
        self.assertEqual(
            self._create_ruled().autopay_date, self.today + timedelta(days=2)
        )

    def test_last_day_that_is_over_brings_no_date_forward(self):
        invoice = self._create_ruled(days_ago=8)
        self.assertEqual(invoice.autopay_date, invoice.invoice_date_due)

    def test_company_that_takes_no_discounts_keeps_the_due_date(self):
        self.company.autopay_discount_policy = "ignore"
        invoice = self._create_ruled()
        self.assertEqual(invoice.autopay_date, invoice.invoice_date_due)

    def test_last_day_is_today(self):
        invoice = self._create_ruled(days_ago=7)
        self._run_autopay()
        self._assert_settled(invoice, 9800)

    def test_day_that_was_missed_waits_for_the_due_date(self):
        invoice = self._create_ruled(days_ago=7)
        self._get_discount_line(invoice).discount_date = invoice.autopay_date = (
            self.today - timedelta(days=1)
        )
        invoice.sudo().autopay_date_source = "rule"
        self.assertEqual(invoice.autopay_blocker, "date_not_reached")
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(invoice.autopay_date, invoice.invoice_date_due)
        self.assertEqual(invoice.autopay_date_source, "rule")

    def test_part_that_was_paid_gives_the_due_date_back(self):
        invoice = self._create_ruled(days_ago=7)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 40}).action_create_payments()
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(invoice.autopay_date, invoice.invoice_date_due)

    def test_date_set_by_hand_stays(self):
        invoice = self._create_ruled()
        invoice.autopay_date = day = self.today + timedelta(days=9)
        self.assertEqual(invoice.autopay_date, day)
        invoice.autopay_date = self.today
        self._run_autopay()
        self._assert_settled(invoice, 9800)

    # === IN WORDS === #

    def test_words_say_what_is_charged_and_until_when(self):
        invoice = self._create_discounted()
        self.assertIn("98.00 pays all of it", invoice.autopay_explanation)
        invoice = self._create_discounted(days_ago=8)
        self.assertIn("100.00", invoice.autopay_explanation)
        self.assertIn("discount of $\xa02.00 ended on", invoice.autopay_explanation)

    def test_date_by_hand_after_the_last_day_is_told_with_the_full_amount(self):
        invoice = self._create_discounted()
        invoice.autopay_date = self.today + timedelta(days=9)
        self.assertIn("ended on", invoice.autopay_explanation)
        decision = self.env["autopay.decision"]._decide(invoice)[invoice]
        self.assertEqual(decision.amount, 100)
        # A person who charges now is in time.
        decision = self.env["autopay.decision"]._decide(invoice, "now")[invoice]
        self.assertEqual(decision.amount, 98)

    def test_charge_now_shows_and_takes_the_discounted_amount(self):
        invoice = self._create_ruled()
        wizard = self.env["autopay.charge.now"].create(
            {"move_ids": [Command.set(invoice.ids)]}
        )
        [line] = wizard.ready_ids
        self.assertEqual(line.amount, 98)
        self.assertIn("98.00 pays all of it", line.explanation)
        self._charge_now(invoice, shown={invoice.id: 98})
        self._assert_settled(invoice, 9800)

    def test_forecast_tells_the_discounted_amount_on_the_last_day(self):
        ruled = self._create_ruled()
        later = self._create_discounted()
        later.autopay_date = self.today + timedelta(days=9)
        last = self.today + timedelta(days=40)
        forecast = self.env["autopay.forecast"]._forecast(
            self.company, ruled + later, last
        )
        found = [
            (charge.decision.move, charge.day, charge.decision.amount)
            for charge in forecast.charges
        ]
        self.assertEqual(
            found,
            [
                (ruled, self.today + timedelta(days=7), 98),
                (later, self.today + timedelta(days=9), 100),
            ],
        )

    def test_approval_is_asked_for_the_discounted_amount(self):
        self.company.autopay_approval_limit = 98
        invoice = self._create_ruled()
        self.assertFalse(invoice.autopay_approval_ids)
        self.company.autopay_approval_limit = 97
        self.env["autopay.approval"]._request(invoice)
        self.assertEqual(invoice.autopay_approval_ids.amount, 98)
