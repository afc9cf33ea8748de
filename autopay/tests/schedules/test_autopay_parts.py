from datetime import timedelta
from runpy import run_path

from odoo import Command
from odoo.tests import tagged
from odoo.tools import file_path

from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestAutopayParts(PartsCommon):
    """Invoices that are payable in parts: each part on its own day, none twice."""

    # === WHAT IS CHARGED WHEN === #

    def test_after_40_days_two_of_four_parts_are_charged(self):
        invoice = self._create_divided(days=-40)
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [50000])
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=20))
        self.assertEqual(invoice.autopay_date_source, "rule")

    def test_rule_of_the_invoice_date_charges_no_part_before_it_is_due(self):
        self.company.autopay_date_rule = "invoice"
        invoice = self._create_divided(days=-40)
        self._run_autopay()
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [50000])

    def test_rule_of_a_day_of_the_month_charges_each_part_on_such_a_day(self):
        self.company.write({"autopay_date_rule": "month_day", "autopay_month_day": 31})
        invoice = self._create_divided((50, 0), (50, 45))
        first = invoice.autopay_date
        self.assertEqual((first + timedelta(days=1)).day, 1)
        self._run_on((first - self.today).days)
        self.assertEqual(self._get_amounts(invoice), [50000])
        self.assertEqual((invoice.autopay_date + timedelta(days=1)).day, 1)
        self.assertGreaterEqual(
            invoice.autopay_date, invoice.invoice_date + timedelta(days=45)
        )

    def test_first_part_is_charged_today_and_not_on_the_last_day(self):
        invoice = self._create_divided((30, 0), (70, 60))
        self.assertEqual(invoice.autopay_date, self.today)
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [30000])
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=60))

    def test_four_parts_are_charged_on_four_days_and_then_it_is_a_success(self):
        invoice = self._create_divided()
        for number in range(0, 100, 10):
            self._run_on(number)
            if number < 90:
                self.assertEqual(invoice.autopay_status, "eligible")
        self.assertEqual(self._get_amounts(invoice), [25000] * 4)
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.payment_state, "paid")
        lines = invoice.autopay_attempt_line_ids.sorted("id")
        self.assertEqual(lines.mapped("part"), [1, 2, 3, 4])

    def test_days_before_the_due_date_count_for_each_part(self):
        self.company.autopay_date_offset = -5
        invoice = self._create_divided((50, 10), (50, 40))
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=5))
        self._run_on(5)
        self.assertEqual(self._get_amounts(invoice), [50000])
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=35))

    def test_last_part_takes_the_rounding(self):
        invoice = self._create_divided(
            (33.33, 0), (33.33, 1), (33.34, 2), amount=100.01
        )
        for number in range(3):
            self._run_on(number)
        self.assertEqual(sum(self._get_amounts(invoice)), 10001)
        self.assertEqual(invoice.payment_state, "paid")

    def test_currency_without_decimals_is_divided_in_whole_units(self):
        currency = self.setup_other_currency("JPY", rates=[("2000-01-01", 100.0)])
        currency.rounding = 1.0
        invoice = self._create_divided(
            (33, 0), (33, 1), (34, 2), amount=1000.0, currency_id=currency.id
        )
        for number in range(3):
            self._run_on(number)
        self.assertEqual(self._get_amounts(invoice), [330, 330, 340])

    def test_part_too_small_for_the_provider_goes_with_the_next(self):
        invoice = self._create_divided((1, 0), (99, 10), amount=20.0)
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [])
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=10))
        self.assertIn("0.20 of it was due before", self._explain(invoice))
        self._run_on(10)
        self.assertEqual(self._get_amounts(invoice), [2000])

    def test_last_part_too_small_for_the_provider_goes_with_the_one_before(self):
        invoice = self._create_divided((99, 0), (1, 10), amount=20.0)
        self.assertIn("0.20 of it is due later", self._explain(invoice))
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [2000])
        self.assertEqual(invoice.autopay_status, "success")

    # === WHAT PEOPLE READ === #

    def test_explanation_names_what_is_collected_and_what_comes(self):
        invoice = self._create_divided((30, 0), (70, 60))
        explanation = self._explain(invoice)
        self.assertIn("300.00 with", explanation)
        self.assertIn("0 of 2 parts paid.", explanation)
        self.assertIn("The next, $ 700.00, is charged on", explanation)
        self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_blocker, "date_not_reached")
        self.assertIn("1 of 2 paid, $ 700.00 on", self._explain(invoice))

    def test_next_part_waits_for_the_debit_that_is_under_way(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_divided((30, 0), (70, 2), amount=100.0)
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "in_progress")
        self._run_on(3)
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)
        self.assertEqual(invoice.autopay_blocker, "debit_pending")
        words = self._explain(invoice)
        self.assertIn("$ 70.00", words)
        self.assertIn("waits for the charge of $ 30.00", words)
        self.admin.settle(invoice.autopay_attempt_ids.sudo().object_ref, "succeeded")
        with self._on_day(4):
            self._resolve_autopay()
            self.assertEqual(invoice.autopay_status, "eligible")
            self._run_autopay()
        last = invoice.autopay_attempt_ids.sorted("id")[-1:]
        self.assertEqual(last.amount, 70.0)

    # === OTHERS PAY === #

    def test_payment_by_others_shifts_the_parts(self):
        invoice = self._create_divided()
        self._pay_outside(invoice, 300.0)
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=30))
        self._run_on(29)
        self.assertEqual(self._get_amounts(invoice), [])
        self._run_on(30)
        self.assertEqual(self._get_amounts(invoice), [20000])

    def test_payment_that_is_undone_makes_its_part_due_again(self):
        invoice = self._create_divided()
        payment = self._pay_outside(invoice, 250.0)
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=30))
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(invoice.autopay_date, self.today)
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [25000])

    def test_credit_note_shifts_the_parts(self):
        invoice = self._create_divided()
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        reversal = wizard.create({"journal_id": invoice.journal_id.id})
        credit = self.env["account.move"].browse(reversal.reverse_moves()["res_id"])
        credit.invoice_line_ids.price_unit = 600.0
        credit.action_post()
        lines = (invoice + credit).line_ids.filtered(
            lambda line: line.display_type == "payment_term" and not line.reconciled
        )
        lines.reconcile()
        self.assertEqual(invoice.amount_residual, 400.0)
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=60))
        for number in (0, 60, 90):
            self._run_on(number)
        self.assertEqual(self._get_amounts(invoice), [15000, 25000])

    def test_payment_of_the_rest_makes_it_a_success(self):
        invoice = self._create_divided()
        self._run_autopay()
        self._pay_outside(invoice, 750.0)
        self.assertEqual(invoice.autopay_status, "success")

    # === FAILED === #

    def test_declines_of_one_part_are_not_counted_for_the_next(self):
        invoice = self._create_divided((50, 0), (50, 30))
        self._enrol("pm_card_chargeCustomerFail")
        for number in (0, 3, 7):
            self._run_on(number)
        self.assertEqual(invoice.autopay_retry_date, self.today + timedelta(days=14))
        other = self._create_token()
        self._force(invoice, autopay_fallback_token_id=other.id)
        self._pay_outside(invoice, 500.0)
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertFalse(invoice.autopay_retry_date)
        self.assertFalse(invoice.autopay_fallback_token_id)
        self._run_on(30)
        self.assertEqual(invoice.autopay_status, "error")
        # The first decline of this part: three days, not seven.
        self.assertEqual(invoice.autopay_retry_date, self.today + timedelta(days=33))

    def test_retry_takes_what_is_due_by_then(self):
        invoice = self._create_divided((50, 0), (50, 2))
        self._enrol("pm_card_chargeCustomerFail")
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "error")
        self.customer.with_company(self.company).autopay_token_id = self.token
        self._run_on(3)
        self.assertEqual(self._get_amounts(invoice), [100000])

    # === BY HAND === #

    def test_date_set_by_hand_moves_the_part_at_hand_only(self):
        invoice = self._create_divided((50, 10), (50, 40))
        invoice.autopay_date = self.today
        self._run_autopay()
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [50000])
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=40))
        self.assertEqual(invoice.autopay_date_source, "rule")

    def test_date_set_by_hand_holds_the_later_parts_back(self):
        invoice = self._create_divided((50, 0), (50, 10))
        invoice.autopay_date = self.today + timedelta(days=15)
        self._run_on(12)
        self.assertEqual(self._get_amounts(invoice), [])
        self._run_on(15)
        self.assertEqual(self._get_amounts(invoice), [100000])

    def test_date_set_by_hand_ends_with_its_part(self):
        invoice = self._create_divided((50, 10), (50, 40))
        invoice.autopay_date = self.today + timedelta(days=5)
        self._pay_outside(invoice, 500.0)
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=40))
        self._run_on(5)
        self.assertEqual(self._get_amounts(invoice), [])

    def test_hold_lets_all_parts_come_that_are_due_by_then(self):
        invoice = self._create_divided((50, 0), (50, 10))
        invoice.autopay_hold_date = self.today + timedelta(days=11)
        self._run_on(10)
        self.assertEqual(self._get_amounts(invoice), [])
        self._run_on(11)
        self.assertEqual(self._get_amounts(invoice), [100000])

    def test_terms_changed_after_posting_count_from_then_on(self):
        invoice = self._create_divided()
        self._run_autopay()
        invoice.button_draft()
        invoice.invoice_payment_term_id = self._create_term((50, 0), (50, 50))
        invoice.action_post()
        self.assertEqual(invoice.amount_residual, 750.0)
        self.assertEqual(invoice.autopay_date, self.today)
        self._run_autopay()
        self._run_on(50)
        self.assertEqual(self._get_amounts(invoice), [25000, 25000, 50000])
        self.assertEqual(invoice.autopay_status, "success")

    def test_day_of_a_part_moved_on_its_line_is_followed(self):
        invoice = self._create_divided((50, 10), (50, 40))
        first = invoice.line_ids.filtered("date_maturity").sorted("date_maturity")[0]
        first.date_maturity = self.today + timedelta(days=12)
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=12))

    def test_updated_database_gives_invoices_the_day_of_their_part(self):
        invoice = self._create_divided()
        other = self._create_divided()
        by_hand = self.today + timedelta(days=7)
        other.autopay_date = by_hand
        self._force(invoice, autopay_date=self.today + timedelta(days=90))
        script = file_path("autopay/migrations/19.0.1.2.0/post-parts.py")
        run_path(script)["migrate"](self.env.cr, "19.0.1.1.1")
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_date, self.today)
        self.assertEqual(other.autopay_date, by_hand)

    # === CHARGE NOW === #

    def test_charge_now_takes_the_part_at_hand(self):
        invoice = self._create_divided((30, 0), (70, 60))
        wizard = self.env["autopay.charge.now"].create(
            {"move_ids": [Command.set(invoice.ids)]}
        )
        line = wizard.ready_ids
        self.assertEqual(line.amount, 300.0)
        self.assertIn("0 of 2 parts paid.", line.explanation)
        self._charge_now(invoice)
        self.assertEqual(self._get_amounts(invoice), [30000])
        # A second one is charged before its day: a person has decided.
        wizard = self.env["autopay.charge.now"].create(
            {"move_ids": [Command.set(invoice.ids)]}
        )
        self.assertEqual(wizard.ready_ids.amount, 700.0)
        self.assertEqual(wizard.ready_ids.mark, "date_not_reached")

    def test_part_charged_by_a_person_does_not_put_the_invoice_on_autopay(self):
        invoice = self._create_divided((30, 0), (70, 60))
        invoice.action_autopay_remove()
        self._charge_now(invoice)
        self.assertEqual(self._get_amounts(invoice), [30000])
        self.assertFalse(invoice.autopay_status)

    # === LIMITS === #

    def test_approval_is_asked_for_the_part(self):
        self.company.autopay_approval_limit = 400.0
        small = self._create_divided((30, 0), (70, 60))
        self.assertFalse(small.autopay_approval_ids)
        self._run_autopay()
        self.assertEqual(self._get_amounts(small), [30000])
        self._run_autopay()
        approval = small.autopay_approval_ids
        self.assertEqual(approval.amount, 700.0)
        self._run_on(60)
        self.assertEqual(self._get_amounts(small), [30000])

    def test_rest_after_a_cap_comes_before_the_next_part(self):
        self.env["autopay.configuration"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "token_id": self.token.id,
                "max_month_amount": 200.0,
                "cap_rule": "part",
                "condition_ids": [Command.create({"number": 1.0})],
            }
        )
        invoice = self._create_divided((30, 0), (70, 60))
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [20000])
        self.assertEqual(invoice.autopay_date.day, 1)
        self.assertEqual(invoice.autopay_date_source, "rest")
        rest = (invoice.autopay_date - self.today).days
        self._run_on(rest)
        self.assertEqual(self._get_amounts(invoice), [20000, 10000])
        self.assertEqual(invoice.autopay_date, self.today + timedelta(days=60))

    # === FORECAST === #

    def test_dry_run_says_each_part_on_its_day(self):
        invoice = self._create_divided()
        record = self.env["autopay.dry.run"].create(
            {
                "company_ids": [Command.set(self.company.ids)],
                "partner_ids": [Command.set(self.customer.ids)],
                "date_from": self.today,
                "date_to": self.today + timedelta(days=100),
            }
        )
        record.action_run()
        said = [(line.date, line.amount) for line in record.charge_ids.sorted("date")]
        days = [self.today + timedelta(days=30 * number) for number in range(4)]
        self.assertEqual(said, [(day, 250.0) for day in days])
        self.assertFalse(record.skip_ids)
        for number in range(0, 101, 5):
            self._run_on(number)
        done = [
            (attempt.reserved_date.date(), attempt.amount)
            for attempt in invoice.autopay_attempt_ids.sorted("id")
        ]
        self.assertEqual(said, done)

    # === MANY === #

    def test_dues_of_many_invoices_take_one_query(self):
        invoices = self.env["account.move"]
        for _number in range(3):
            invoices |= self._create_divided()
        self.env.flush_all()
        self.env.invalidate_all()
        invoices.mapped("amount_residual")
        invoices.invoice_payment_term_id.mapped("name")
        invoices.currency_id.mapped("rounding")
        self.company.mapped("autopay_date_rule")
        invoices.mapped("autopay_date")
        with self.assertQueryCount(1):
            dues = self.env["autopay.due"]._get_dues(invoices, self.today)
        self.assertEqual({due.amount for due in dues.values()}, {250.0})
