from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common_reconciliation import ReconciliationCommon


@tagged("post_install", "-at_install")
class TestAutopayReconciliationCheck(ReconciliationCommon):
    """The daily check, which calls people."""

    def _check_daily(self):
        """Run the daily check as if it were tomorrow; return what it made."""
        before = self.env["autopay.reconciliation"].search([])
        target = type(self.env["res.company"])
        tomorrow = self.today + timedelta(days=1)
        with patch.object(target, "_get_autopay_today", lambda _self: tomorrow):
            self._run_cron("autopay.ir_cron_compare_charges")
        made = self.env["autopay.reconciliation"].search([]) - before
        return made.filtered(lambda record: record.provider_id == self.provider)

    def test_daily_check_is_silent_when_all_is_well(self):
        self._collect()
        record = self._check_daily()
        self.assertEqual((record.state, record.matched_count), ("agrees", 1))
        self.assertEqual(record.date_from, self.today - timedelta(days=3))
        self.assertFalse(record.activity_ids or record.line_ids)

    def test_daily_check_calls_people_about_differences(self):
        attempt = self._collect()
        self._unbook(attempt)
        self._sql(
            "UPDATE autopay_attempt SET charging_date = charging_date - interval '1 d'"
            " WHERE id = %s",
            attempt.id,
        )
        with patch("odoo.addons.autopay.reconciliation_case.BOOKING_MINUTES", 0):
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

    def test_people_are_called_once_about_one_difference(self):
        self._unbook(self._collect())
        check = self.env["autopay.reconciliation.check"]
        with patch("odoo.addons.autopay.reconciliation_case.BOOKING_MINUTES", 0):
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
