from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common_reconciliation import ReconciliationCommon


@tagged("post_install", "-at_install")
class TestAutopayReconciliationCheck(ReconciliationCommon):
    """The daily check, which calls people."""

    def _check_daily(self, days=1):
        """Run the daily check as if it were days later; return what it made."""
        before = self.env["autopay.reconciliation"].search([])
        target = type(self.env["res.company"])
        tomorrow = self.today + timedelta(days=days)
        with patch.object(target, "_get_autopay_today", lambda _self: tomorrow):
            self._run_cron("autopay.ir_cron_compare_charges")
        made = self.env["autopay.reconciliation"].search([]) - before
        return made.filtered(lambda record: record.provider_id == self.provider)

    def test_daily_check_is_silent_when_all_is_well(self):
        # Soon after midnight it was charged on the day before.
        first = self._collect().charging_date.date()
        record = self._check_daily()
        self.assertEqual((record.state, record.matched_count), ("agrees", 1))
        self.assertEqual(record.date_from, first - timedelta(days=3))
        self.assertFalse(record.activity_ids or record.line_ids)

    def test_daily_check_calls_people_about_differences(self):
        attempt = self._collect()
        self._unbook(attempt)
        self._sql(
            "UPDATE autopay_attempt SET charging_date = charging_date - interval '1 d'"
            " WHERE id = %s",
            attempt.id,
        )
        with patch("odoo.addons.autopay.models.reconciliation.case.BOOKING_MINUTES", 0):
            record = self._check_daily()
        self.assertEqual(record.state, "differs")
        self.assertIn("differ", record.activity_ids.summary)
        self.assertEqual(record.line_ids.attempt_id, attempt)

    def test_daily_check_says_so_when_stripe_is_down(self):
        self._collect()
        self.admin.add_fault("refuse", times=None)
        record = self._check_daily()
        self.assertEqual(record.state, "incomplete")
        self.assertIn("could not be compared", record.activity_ids.summary)

    def test_people_are_called_once_as_long_as_stripe_is_down(self):
        self._collect()
        self.admin.add_fault("refuse", times=None)
        first, second = self._check_daily(), self._check_daily(days=2)
        self.assertTrue(first.activity_ids)
        self.assertEqual(second.state, "incomplete")
        self.assertFalse(second.activity_ids)
        first.sudo().activity_ids.action_feedback()
        self.assertTrue(self._check_daily(days=3).activity_ids)

    def _move_charges(self, days):
        """Have everything that was charged been charged so many days ago."""
        self._sql(
            "UPDATE autopay_attempt SET charging_date = charging_date"
            " - %s * interval '1 day' WHERE provider_id = %s",
            days,
            self.provider.id,
        )

    def test_days_without_a_check_are_caught_up(self):
        self._collect()
        self.assertEqual(self._check_daily().state, "agrees")
        orphan = self._charge_outside(
            4200,
            {"autopay_tx": "tx-lost", "autopay_database": self._get_uuid()},
        )
        record = self._check_daily(days=12)
        self.assertEqual(record.date_from, self.today - timedelta(days=3))
        self.assertEqual(record.date_to, self.today + timedelta(days=11))
        self.assertEqual(record.state, "differs")
        self.assertEqual(record.line_ids.mapped("kind"), ["orphan"])
        self.assertEqual(record.line_ids.object_ref, orphan.id)
        again = self._check_daily(days=13)
        self.assertEqual(again.date_from, self.today + timedelta(days=8))

    def test_check_that_was_not_answered_leaves_its_days_to_the_next(self):
        self._collect()
        self._check_daily()
        self.admin.add_fault("refuse", times=None)
        for days in (5, 9):
            self.assertEqual(self._check_daily(days=days).state, "incomplete")
        self.admin.clear_faults()
        record = self._check_daily(days=12)
        self.assertEqual(record.date_from, self.today - timedelta(days=3))

    def test_days_before_the_first_check_are_caught_up(self):
        self._collect()
        self._move_charges(20)
        record = self._check_daily()
        self.assertLessEqual(record.date_from, self.today - timedelta(days=22))

    def test_not_more_than_two_months_are_caught_up(self):
        self._collect()
        self._move_charges(200)
        record = self._check_daily()
        self.assertEqual(record.date_from, self.today - timedelta(days=60))

    def test_provider_switched_off_meanwhile_is_caught_up(self):
        self._collect()
        self._check_daily()
        self.provider.state = "disabled"
        with patch.object(
            type(self.provider), "_is_autopay_charging_live", lambda _self: False
        ):
            self.assertTrue(self._check_daily(days=12))
            self.assertFalse(self._check_daily(days=13))

    def test_people_are_called_once_about_one_difference(self):
        self._unbook(self._collect())
        check = self.env["autopay.reconciliation.check"]
        with patch("odoo.addons.autopay.models.reconciliation.case.BOOKING_MINUTES", 0):
            first = self._check_daily()
        again = first.copy()
        self.env["autopay.reconciliation.line"].sudo().create(
            first.line_ids.copy_data({"reconciliation_id": again.id})
        )
        self.assertTrue(check._get_new_differences(first))
        self.assertFalse(check._get_new_differences(again))

    def test_old_checks_are_deleted_and_those_by_hand_are_kept(self):
        by_hand = self._create_reconciliation()
        old, young = self._create_reconciliation(), self._create_reconciliation()
        (old + young).sudo().trigger = "scheduled"
        self._sql(
            "UPDATE autopay_reconciliation SET create_date = now() - interval '2 y'"
            " WHERE id IN %s",
            (old.id, by_hand.id),
        )
        self.env["autopay.reconciliation.check"].sudo()._gc_reconciliations()
        self.assertFalse(old.exists())
        self.assertTrue(by_hand.exists() and young.exists())
