from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common_configuration import ConfigurationCommon


@tagged("post_install", "-at_install")
class TestAutopayConfiguration(ConfigurationCommon):
    def test_first_configuration_that_matches_pays_with_its_own_method(self):
        self._configure(self.visa, [{"number": 500.0}])
        second = self._configure(self.bank, [{"number": 100.0}])
        self._configure(self.visa, [{"number": 1.0}])
        invoice = self._create_due_invoice(280.0)
        decision = self._decide(invoice)
        self.assertEqual(decision.configuration, second)
        self.assertEqual(decision.token, self.bank)

    def test_invoice_is_charged_once_though_two_configurations_match(self):
        first = self._configure(self.visa)
        self._configure(self.visa)
        invoice = self._create_due_invoice(280.0)
        self._run_autopay()
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)
        self.assertEqual(invoice.autopay_attempt_ids.configuration_id, first)
        self.assertEqual(invoice.payment_state, "paid")

    def test_280_of_ten_days_waits_until_it_is_fifteen_days_old(self):
        self._configure(
            self.visa,
            [
                {"kind": "amount_total", "operator": ">=", "number": 100.0},
                {"kind": "age", "operator": ">=", "number": 15},
            ],
        )
        # Posted invoices are ten days old here.
        invoice = self._create_due_invoice(280.0)
        decision = self._decide(invoice)
        self.assertEqual(decision.blocker, "date_not_reached")
        self.assertIn("10 days", decision.get_words(self.env))
        self.assertEqual(decision.date, self.today + timedelta(days=5))
        later = self._decide(invoice, today=self.today + timedelta(days=5))
        self.assertFalse(later.blocker)
        self.assertEqual(later.token, self.visa)

    def test_customer_whose_configurations_do_not_match_is_not_charged(self):
        self.customer.with_company(self.company).autopay_token_id = self.visa
        self._configure(self.bank, [{"number": 1000.0}])
        invoice = self._create_due_invoice(280.0)
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(invoice.autopay_blocker, "no_configuration")
        self.assertIn("1,000.00", invoice.autopay_explanation)

    def test_disabled_configurations_leave_the_charge_to_the_autopay_token(self):
        self.customer.with_company(self.company).autopay_token_id = self.visa
        self._configure(self.bank).action_disable()
        decision = self._decide(self._create_due_invoice(280.0))
        self.assertEqual(decision.token, self.visa)
        self.assertFalse(decision.configuration)

    def test_sentence_says_what_a_configuration_does(self):
        configuration = self._configure(
            self.visa,
            [
                {"kind": "amount_total", "operator": ">=", "number": 100.0},
                {"kind": "age", "operator": ">=", "number": 15},
            ],
        )
        self.assertEqual(
            configuration.display_name,
            "Pay invoices of $\N{NO-BREAK SPACE}100.00 or more that are at least "
            f"15 days old with {self.visa._get_autopay_label()}",
        )

    def test_configuration_without_condition_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Add a condition"):
            self._configure(self.visa, [])

    def test_contradiction_is_refused_in_words(self):
        with self.assertRaisesRegex(ValidationError, "excludes"):
            self._configure(
                self.visa,
                [
                    {"operator": ">", "number": 100.0},
                    {"operator": "<", "number": 50.0},
                ],
            )

    def test_choosing_a_method_records_that_the_customer_agreed(self):
        self._configure(self.visa)
        found = self.visa.autopay_authorization_ids
        self.assertEqual(found.mapped("channel"), ["staff"])

    def test_invalid_configuration_never_charges_and_the_next_one_pays(self):
        first = self._configure(self.visa)
        second = self._configure(self.bank)
        self.visa.autopay_expiry_date = self.today - timedelta(days=1)
        self.assertEqual(first.issue_code, "method_expired")
        decision = self._decide(self._create_due_invoice(280.0))
        self.assertEqual(decision.configuration, second)

    def test_staff_are_told_which_configuration_lost_its_method(self):
        configuration = self._configure(self.visa)
        self.visa.active = False
        activity = self.customer.activity_ids
        self.assertIn("lost its payment method", activity.summary)
        self.assertIn(configuration.token_id._get_autopay_label(), activity.note)

    def test_only_invalid_configuration_that_matches_is_named(self):
        self._configure(self.visa)
        self.visa.active = False
        invoice = self._create_due_invoice(280.0)
        decision = self._decide(invoice)
        self.assertEqual(decision.blocker, "configuration_invalid")
        self.assertIn("was removed", decision.get_words(self.env))


@tagged("post_install", "-at_install")
class TestAutopayConfigurationLock(ConfigurationCommon):
    def setUp(self):
        super().setUp()
        self.first = self._configure(self.visa, [{"number": 500.0}])
        self.locked = self._configure(self.bank, [{"number": 100.0}])
        self.last = self._configure(self.visa, [{"number": 1.0}])
        self.locked.write({"locked": True, "lock_reason": "Agreed by contract"})

    def test_lock_needs_a_reason(self):
        with self.assertRaisesRegex(UserError, "Say why"):
            self.last.write({"locked": True})

    def test_locked_configuration_cannot_be_changed_disabled_or_removed(self):
        for change in (
            lambda: self.locked.write({"enabled": False}),
            lambda: self.locked.write({"token_id": self.visa.id}),
            lambda: self.locked.condition_ids.write({"number": 1.0}),
            self.locked.condition_ids.unlink,
            self.locked.unlink,
        ):
            with (
                self.subTest(change=change),
                self.assertRaisesRegex(UserError, "Agreed by contract"),
            ):
                change()

    def test_nothing_moves_above_a_locked_configuration(self):
        with self.assertRaisesRegex(ValidationError, "locked"):
            self.last.sequence = 0

    def test_what_stood_above_may_be_moved_below(self):
        self.first.sequence = 50
        self.assertEqual(
            (self.first | self.locked | self.last)._get_ordered(),
            self.locked | self.last | self.first,
        )

    def test_recreated_configuration_is_tried_after_the_locked_one(self):
        self.first.unlink()
        with self.assertRaisesRegex(ValidationError, "locked"):
            self._configure(self.visa, [{"number": 1.0}], sequence=1)

    def test_order_forced_in_the_database_does_not_overtake(self):
        self.env.cr.execute(
            "UPDATE autopay_configuration SET sequence = 0 WHERE id = %s",
            [self.last.id],
        )
        self.env.invalidate_all()
        decision = self._decide(self._create_due_invoice(280.0))
        self.assertEqual(decision.configuration, self.locked)

    def test_nothing_pays_in_the_place_of_a_locked_one_that_lost_its_method(self):
        self.bank.active = False
        decision = self._decide(self._create_due_invoice(280.0))
        self.assertEqual(decision.blocker, "configuration_invalid")
        self.assertFalse(decision.token)

    def test_unlocked_configuration_can_be_changed_again(self):
        self.locked.action_unlock()
        self.locked.enabled = False
        self.assertFalse(self.locked.lock_reason)
