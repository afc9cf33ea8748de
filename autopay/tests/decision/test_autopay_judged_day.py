from datetime import timedelta

from odoo.tests import tagged

from ...words.days import say_day
from ...words.portal.coming import get_coming_words
from ..configuration.common_configuration import ConfigurationCommon
from .common_charge_day import ChargeDayCommon


@tagged("post_install", "-at_install")
class TestAutopayJudgedDay(ChargeDayCommon, ConfigurationCommon):
    """An invoice that waits for its day is judged for that day, whoever asks."""

    def setUp(self):
        super().setUp()
        self._enrol()
        self.day = self.today + timedelta(days=15)
        self.invoice = self._create_waiting()

    def _create_waiting(self, **values):
        """Create an invoice of today that is due, and charged, in 15 days."""
        invoice = self._create_posted_invoice(
            invoice_date=self.today, invoice_date_due=self.day, **values
        )
        invoice.write({"autopay_date": self.day, "autopay_status": "eligible"})
        return invoice

    def _read_blocker(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.invoice.autopay_blocker

    # === CONDITIONS === #

    def test_rule_that_matches_on_the_day_of_the_charge_pays(self):
        for condition in (
            {"kind": "age", "operator": ">=", "number": 15},
            {"kind": "age", "operator": "=", "number": 15},
            {"kind": "due_in", "operator": "<=", "number": 0},
            {"kind": "due_in", "operator": "between", "number": 0, "number_to": 3},
            {"kind": "overdue", "operator": ">", "number": -1},
        ):
            with self.subTest(condition):
                rule = self._configure(self.bank, [condition])
                self._assert_day(self.invoice, self.day)
                label = self.bank._get_autopay_label()
                self.assertIn(label, self.invoice.autopay_explanation)
                self.assertEqual(
                    self._decide(self.invoice).configuration, rule, "the same rule"
                )
                foreseen = self.env["autopay.forecast.charge"].search(
                    [("move_id", "=", self.invoice.id)]
                )
                self.assertEqual(foreseen.token_id, self.bank)
                rule.unlink()

    def test_rule_that_matches_today_only_does_not_pay(self):
        self._configure(
            self.visa, [{"kind": "age", "operator": "<=", "number": 5}], sequence=1
        )
        self.assertEqual(self._read_blocker(), "no_configuration")
        words = self.invoice.autopay_explanation
        self.assertIn(f"15 days on {say_day(self.env, self.day)}", words)
        self._configure(self.bank, sequence=2)
        self._assert_day(self.invoice, self.day)
        self.assertEqual(self._decide(self.invoice).token, self.bank)
        # A person who charges it now does so by the rules of today.
        self.assertEqual(self._decide(self.invoice, mode="now").token, self.visa)

    def test_each_invoice_of_a_set_is_judged_for_its_own_day(self):
        self._configure(self.bank, [{"kind": "age", "operator": ">=", "number": 15}])
        early = self._create_waiting()
        day = early.autopay_date = self.today + timedelta(days=14)
        decisions = self.env["autopay.decision"]._decide(self.invoice | early)
        self.assertEqual(decisions[self.invoice].blocker, "date_not_reached")
        # On its own day none matches yet: it is charged on the day after.
        self.assertEqual(decisions[early].blocker, "date_not_reached")
        self.assertEqual((decisions[early].date, early.autopay_date), (self.day, day))
        self.assertIn(say_day(self.env, self.day), early.autopay_explanation)

    def test_rule_that_matches_after_the_day_of_the_charge_is_told_everywhere(self):
        self._configure(self.bank, [{"kind": "age", "operator": ">=", "number": 15}])
        self.invoice.autopay_date = self.today
        last = self.today + timedelta(days=30)
        forecast = self.env["autopay.forecast"]
        [charge] = forecast._forecast(self.company, self.invoice, last).charges
        self.assertEqual((charge.day, charge.decision.token), (self.day, self.bank))
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")
        self.env.invalidate_all()
        self.assertEqual(self.invoice.autopay_blocker, "date_not_reached")
        self.assertEqual(self.invoice.autopay_standing, "scheduled")
        self.assertEqual(self.invoice.autopay_next_date, self.day)
        for words in (
            self.invoice.autopay_explanation,
            self.invoice.autopay_portal_words,
        ):
            self.assertIn(say_day(self.env, self.day), words)
        self.assertIn("(this one: 0 days)", self.invoice.autopay_explanation)
        self.assertTrue(self.invoice.autopay_portal_planned)
        # Until then it is not charged, nor by a person without choosing a method.
        self._run_autopay()
        self.assertFalse(self._get_charges(self.invoice))
        self.assertEqual(
            self._decide(self.invoice, mode="now").blocker, "no_configuration"
        )
        # Nor is it before, when a charge has failed meanwhile.
        self._force(self.invoice, autopay_status="error", autopay_retry_date=self.today)
        decision = self._decide(self.invoice)
        self.assertEqual((decision.blocker, decision.date), ("retry_not_due", self.day))
        self.assertFalse(self._decide(self.invoice, today=self.day).blocker)

    def test_rules_that_come_to_match_are_asked_in_their_order_on_that_day(self):
        self.invoice.autopay_date = self.today
        self._configure(
            self.visa,
            [{"kind": "age", "operator": "between", "number": 15, "number_to": 20}],
            sequence=2,
        )
        first = self._configure(
            self.bank, [{"kind": "age", "operator": ">", "number": 3}], sequence=1
        )
        decision = self._decide(self.invoice)
        self.assertEqual(decision.configuration, first)
        self.assertEqual(decision.date, self.today + timedelta(days=4))
        first.condition_ids.number = 30
        decision = self._decide(self.invoice)
        self.assertEqual((decision.token, decision.date), (self.visa, self.day))
        # A day is not waited for where time brings nothing about.
        self.env["autopay.configuration"].search([]).enabled = False
        self._configure(self.bank, [{"number": 10**6}])
        self.assertEqual(self._decide(self.invoice).blocker, "no_configuration")

    def test_engine_charges_by_the_rule_of_the_day(self):
        """On its day the invoice is judged as it was before, and charged."""
        rule = self._configure(
            self.bank, [{"kind": "age", "operator": ">=", "number": 15}]
        )
        before = self._decide(self.invoice)
        on_day = self._decide(self.invoice, today=self.day)
        self.assertEqual(
            (before.configuration, before.token), (rule, self.bank), "told before"
        )
        self.assertFalse(on_day.blocker)
        self.assertEqual(on_day.token, self.bank)
        self._run_autopay()
        self.assertFalse(self._get_charges(self.invoice))

    def test_trace_tells_of_which_day_it_speaks(self):
        self._configure(self.bank, [{"kind": "age", "operator": ">=", "number": 15}])
        trace = self.invoice.get_autopay_trace()
        self.assertEqual(trace["day"], str(self.day))
        [row] = trace["configurations"]
        self.assertEqual(row["result"], "pays")
        said = say_day(self.env, self.day)
        self.assertIn(
            f"As it will be on {said}", " ".join(self.invoice.autopay_trace.split())
        )
        self.invoice.autopay_date = self.today
        self.assertFalse(self.invoice.get_autopay_trace()["day"])

    # === METHODS AND LIMITS === #

    def test_card_that_expires_before_the_charge_is_told_of_today(self):
        self._enrol_expiring(self.day - timedelta(days=1))
        self.assertEqual(self._read_blocker(), "method_expired")
        words = self.invoice.autopay_explanation
        self.assertIn(f"is valid until {self._say_last_day()}", words)
        told = get_coming_words(self.env, self._decide(self.invoice))
        self.assertIn("expires before that", told)
        # It is charged today nevertheless, where a person wants that.
        self.assertFalse(self._decide(self.invoice, mode="now").blocker)

    def test_card_that_is_valid_on_the_day_of_the_charge_pays(self):
        self._enrol_expiring(self.day)
        self._assert_day(self.invoice, self.day)

    def test_rule_whose_card_expires_before_the_charge_is_passed_over(self):
        self._enrol_expiring(self.day - timedelta(days=1))
        first = self._configure(self.expiring, sequence=1)
        self.assertEqual(self._read_blocker(), "configuration_invalid")
        self.assertIn(self._say_last_day(), self.invoice.autopay_explanation)
        self._configure(self.bank, sequence=2)
        self._assert_day(self.invoice, self.day)
        self.assertEqual(self._decide(self.invoice).token, self.bank)
        self.assertFalse(first.issue_code, "the rule itself is valid today")

    def _enrol_expiring(self, last_day):
        self.expiring = self._enrol()
        self.expiring.autopay_expiry_date = last_day

    def _say_last_day(self):
        return say_day(self.env, self.expiring.autopay_expiry_date)

    def test_limit_of_the_month_is_that_of_the_charge(self):
        self._configure(self.visa, max_month_amount=150.0, cap_rule="skip")
        paid = self._create_due_invoice()
        self._run_autopay()
        self.assertTrue(self._get_charges(paid))
        self.assertEqual(self._create_and_decide(self.today), "month_cap_reached")
        later = (self.today.replace(day=1) + timedelta(days=40)).replace(day=3)
        self.assertEqual(self._create_and_decide(later), "date_not_reached")

    def _create_and_decide(self, day):
        invoice = self._create_due_invoice()
        invoice.autopay_date = day
        return self._decide(invoice).blocker
