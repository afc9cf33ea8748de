from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...gateways.reports import Reading
from ...gateways.stripe.reversals import StripeReversals
from ...models.reversal.autopay_reversal_report import AutopayReversalReport
from ...models.reversal.autopay_reversal_watch import AutopayReversalWatch
from .common_reversal import ReversalCommon

WATCH_LOG = "odoo.addons.autopay.models.reversal.autopay_reversal_watch"
STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"


@tagged("post_install", "-at_install")
class TestAutopayReversalUnread(ReversalCommon):
    """A person is told when refunds and disputes cannot be read for a day."""

    def _charge_days_ago(self, days):
        """Charge an invoice, and let so many days pass; return the attempt."""
        _invoice, attempt = self._collect(100)
        then = fields.Datetime.now() - timedelta(days=days)
        attempt.sudo().write({"charging_date": then, "reserved_date": then})
        self.env.flush_all()
        return attempt

    def _poll_refused(self):
        """Poll a provider whose key may not read refunds."""
        reading = Reading((), False, "invalid_request_error")
        with (
            patch.object(StripeReversals, "list_since", lambda *_args: reading),
            mute_logger(WATCH_LOG),
        ):
            self._poll()
        self.env.invalidate_all()

    def _get_alarms(self):
        poll = self.env["autopay.reversal.poll"].sudo()
        return poll.search([("provider_id", "=", self.provider.id)]).activity_ids

    def test_person_in_charge_is_told_once_that_nothing_can_be_read(self):
        user = self._create_user("unread_biller", "account.group_account_invoice")
        self.company.sudo().autopay_responsible_id = user
        self._charge_days_ago(2)
        self._poll_refused()
        self._poll_refused()
        alarm = self._get_alarms()
        self.assertEqual(len(alarm), 1)
        self.assertEqual(alarm.user_id, user)
        self.assertIn("cannot be read", alarm.summary)
        self.assertIn(self.provider.name, alarm.note)
        record = self.env[alarm.res_model].with_user(user).browse(alarm.res_id)
        values = record.web_read({"display_name": {}, "problem_text": {}})
        self.assertEqual(values[0]["display_name"], self.provider.name)
        self.assertIn("did not accept", values[0]["problem_text"])

    def test_person_who_has_marked_it_done_is_not_called_again_each_hour(self):
        self._charge_days_ago(2)
        self._poll_refused()
        self._get_alarms().action_feedback()
        self._poll_refused()
        self.assertFalse(self._get_alarms())
        poll = self.env["autopay.reversal.poll"].sudo()._get(self.provider)
        poll.alarm_date -= timedelta(hours=25)
        self._poll_refused()
        self.assertTrue(self._get_alarms())

    def test_alarm_is_closed_when_all_is_read_again(self):
        self._charge_days_ago(2)
        self._poll_refused()
        self.assertTrue(self._get_alarms())
        self._poll()
        self.env.invalidate_all()
        poll = self.env["autopay.reversal.poll"].sudo()._get(self.provider)
        self.assertTrue(poll.complete_date)
        self.assertFalse(poll.activity_ids or poll.problem or poll.alarm_date)

    def test_nobody_is_told_before_a_day_has_passed(self):
        self._charge_days_ago(0)
        self._poll_refused()
        self.assertFalse(self._get_alarms())

    def test_reading_that_worked_once_is_missed_a_day_after(self):
        self._charge_days_ago(40)
        self._poll()
        self._poll_refused()
        self.assertFalse(self._get_alarms())
        poll = self.env["autopay.reversal.poll"].sudo()._get(self.provider)
        poll.complete_date -= timedelta(hours=25)
        self._poll_refused()
        self.assertTrue(self._get_alarms())

    @mute_logger(WATCH_LOG)
    def test_key_that_cannot_be_used_is_told(self):
        self._charge_days_ago(2)
        self.provider.stripe_secret_key = "pk_test_not_a_secret_key"
        self._poll()
        self.assertIn("not a secret key", self._get_alarms().note)

    @mute_logger(WATCH_LOG)
    def test_reading_that_fails_is_told(self):
        self._charge_days_ago(2)
        with patch.object(
            AutopayReversalWatch, "_poll_provider", side_effect=RuntimeError("garbage")
        ):
            self._poll()
        self.assertIn("unexpected error", self._get_alarms().note)

    @mute_logger(STAGE_LOG)
    def test_refund_that_cannot_be_recorded_is_told(self):
        self._refund(self._charge_days_ago(2))

        def _record_reports(*_args):
            raise RuntimeError("no")

        with patch.object(AutopayReversalReport, "_record_reports", _record_reports):
            self._poll()
        self.assertIn("could be recorded", self._get_alarms().note)

    def test_provider_given_up_long_ago_calls_nobody(self):
        self._charge_days_ago(200)
        self.provider.state = "disabled"
        self._poll_refused()
        self.assertFalse(self._get_alarms())
