import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...gateways.reports import EventFacts, Reading, ReversalReport
from ...gateways.run_clock import RunClock
from ...gateways.stripe.reversals import StripeReversals
from ...models.reversal.autopay_reversal_watch import AutopayReversalWatch
from .common_reversal import ReversalCommon

WATCH_LOG = "odoo.addons.autopay.models.reversal.autopay_reversal_watch"


@tagged("post_install", "-at_install")
class TestAutopayReversalWatch(ReversalCommon):
    """Providers that do not answer, or answer nonsense, stop nobody else."""

    def _learn_of_disputes(self, count=1):
        """Return disputes that are asked about every day, and are due now."""
        attempts = [self._collect(100)[1] for _number in range(count)]
        for attempt in attempts:
            self.admin.open_dispute(attempt.object_ref)
        self._poll()
        reversals = self.env["autopay.reversal"].sudo()
        for attempt in attempts:
            reversals |= self._get_reversal(attempt)
        self.assertEqual(len(reversals), count)
        reversals.next_check_date = fields.Datetime.now() - timedelta(days=3)
        return reversals

    def test_provider_that_is_switched_off_still_tells_of_refunds(self):
        invoice, attempt = self._collect(100)
        self.provider.write(
            {"state": "disabled", "stripe_secret_key": "sk_live_autopay"}
        )
        report = ReversalReport(
            kind="refund",
            ref="re_live",
            object_ref=attempt.object_ref,
            charge_ref=attempt.charge_ref,
            amount_minor=3000,
            currency="usd",
            status="succeeded",
            reason="",
            network_code="",
            created_at=int(time.time()),
            livemode=True,
        )
        reading = Reading((report,), True, "")
        with patch.object(StripeReversals, "list_since", lambda *_args: reading):
            self._poll()
        reversal = self._get_reversal(attempt)
        self.assertEqual(reversal.state, "booked", reversal.booking_error)
        self.assertEqual(invoice.amount_residual, 30)

    def test_provider_without_a_key_makes_room_for_others(self):
        reversal = self._learn_of_disputes()
        self.provider.stripe_secret_key = "pk_test_not_a_secret_key"
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.env.invalidate_all()
        self.assertGreater(reversal.next_check_date, fields.Datetime.now())

    def test_provider_that_is_silent_makes_room_for_others(self):
        reversals = self._learn_of_disputes(2)
        self.admin.add_fault("refuse", times=None)
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.env.invalidate_all()
        for reversal in reversals:
            self.assertGreater(reversal.next_check_date, fields.Datetime.now())

    @mute_logger(WATCH_LOG)
    def test_provider_that_cannot_be_read_stops_nothing_else(self):
        reversal = self._learn_of_disputes()
        with patch.object(
            AutopayReversalWatch, "_poll_provider", side_effect=RuntimeError("garbage")
        ):
            self._poll()
        self.assertGreater(reversal.next_check_date, fields.Datetime.now())

    def test_silent_provider_is_asked_once_for_an_event(self):
        _invoice, attempt = self._collect(100)
        self.admin.add_fault("refuse", times=None)
        answered = []

        def take_in(_watch, _provider, reading, reversal=None):
            answered.append(reading)

        with (
            patch.object(AutopayReversalWatch, "_take_in", take_in),
            self.assertRaises(UserError),
        ):
            self._follow([attempt.object_ref, "re_1", "re_2", "dp_1"])
        self.assertEqual(len(answered), 1)

    def test_slow_provider_keeps_others_waiting_for_one_event_only(self):
        _invoice, attempt = self._collect(100)
        model = self.env["autopay.event"].sudo()
        for name in ("evt_1", "evt_2"):
            refs = {"charge_ref": attempt.charge_ref}
            now = int(time.time())
            facts = EventFacts(name, "charge.refunded", now, False, refs=refs)
            model._store(self.provider, facts)
        events = model.search([("event_ref", "in", ("evt_1", "evt_2"))])
        cron = self.env.ref("autopay.ir_cron_resolve_open_attempts")
        triggers = [("cron_id", "=", cron.id)]
        before = self.env["ir.cron.trigger"].search_count(triggers)
        with patch.object(RunClock, "is_time_up", lambda *_args: True):
            self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.env.invalidate_all()
        states = sorted(events.mapped("state"))
        self.assertEqual(states, ["processed", "received"])
        after = self.env["ir.cron.trigger"].search_count(triggers)
        self.assertGreater(after, before)

    def test_words_of_the_provider_are_shown_as_text(self):
        _invoice, attempt = self._collect(100)
        self.env["autopay.notification"].sudo()._alert(
            attempt.sudo(), self.company, "Look", "<b>5</b>\n<img src=x>"
        )
        note = attempt.activity_ids.note
        self.assertIn("&lt;b&gt;5&lt;/b&gt;", note)
        self.assertNotIn("<img", note)

    def test_alarms_go_to_somebody_who_is_still_there(self):
        invoice, attempt = self._collect(100)
        gone = self.env["res.users"].create({"name": "Gone", "login": "reversal_gone"})
        self.company.sudo().autopay_responsible_id = gone
        gone.active = False
        self._refund(attempt)
        self._poll()
        users = invoice.activity_ids.user_id
        self.assertTrue(users)
        self.assertNotIn(gone, users)
