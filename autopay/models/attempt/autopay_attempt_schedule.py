from datetime import timedelta
from math import ceil

from odoo import fields, models

from ... import const
from ...words.guards import get_late_sentence

# States in which an attempt can still be called back.
RECALLABLE_STATES = ("reserved", "prepared", "action_required")


class AutopayAttemptSchedule(models.AbstractModel):
    """When an attempt is looked at again, given up or followed by another."""

    _name = "autopay.attempt.schedule"
    _description = "Schedule of an Autopay Charge"

    # === NEXT CHECK === #

    def _check_soon(self):
        """Have the attempts looked at by the next run of the resolver."""
        if not self:
            return
        self.sudo().next_check_date = fields.Datetime.now()
        cron = self.env.ref("autopay.ir_cron_resolve_open_attempts")
        cron.sudo()._trigger()

    def _schedule_check(self):
        """Set when each attempt is looked at again, by the table for its state."""
        now = fields.Datetime.now()
        alike = self.grouped(
            lambda attempt: (
                attempt.check_count,
                attempt._get_check_delay(attempt.check_count),
            )
        )
        for (count, delay), attempts in alike.items():
            attempts.write({"next_check_date": now + delay, "check_count": count + 1})

    def _get_check_delay(self, count):
        """Return how long to wait before the provider is asked again.

        :param int count: how often it was asked before
        :rtype: timedelta
        """
        self.ensure_one()
        if self.state in const.attempt.CHECK_HOURS:
            return timedelta(hours=const.attempt.CHECK_HOURS[self.state])
        steps = const.attempt.UNKNOWN_CHECK_MINUTES
        last = const.attempt.UNKNOWN_LAST_CHECK_MINUTES
        return timedelta(minutes=steps[count] if count < len(steps) else last)

    def _is_abandoned(self):
        """Return whether the run that took this attempt in hand is over."""
        self.ensure_one()
        return (
            self.run_id.state != "running"
            or bool(self.run_id._filter_dead())
            # No run takes that long, whatever still holds its lock.
            or self._is_late()
        )

    def _can_be_withdrawn(self):
        """Return whether nothing was charged and no run is about to."""
        self.ensure_one()
        if self.state in const.attempt.UNCHARGED_STATES:
            return self._is_abandoned()
        return self.state == "action_required"

    def _is_overdue(self):
        """Return whether no answer comes for so long that people must say it."""
        self.ensure_one()
        if self.state != "unknown":
            return self._is_stalled()
        asked_often = self.check_count > len(const.attempt.UNKNOWN_CHECK_MINUTES)
        return asked_often or not self._can_be_asked()

    def _is_given_up(self):
        """Return whether the customer had long enough to confirm, or should not."""
        self.ensure_one()
        if self._is_no_longer_chargeable():
            return True
        # Nothing waits for good, however it came to wait.
        since = self.outcome_date or self.reserved_date
        hours = const.links.confirmation.CONFIRM_HOURS
        lapse = since and since + timedelta(hours=hours)
        deadline = self.confirm_deadline or lapse
        return bool(deadline) and deadline <= fields.Datetime.now()

    def _is_paid_otherwise(self):
        """Return whether less is open than what the customer still has to confirm."""
        self.ensure_one()
        return self.state == "action_required" and any(
            line.currency_id.compare_amounts(line.move_id.amount_residual, line.amount)
            < 0
            for line in self.line_ids
        )

    def _is_no_longer_chargeable(self):
        """Return whether method, consent, provider or customer was taken away."""
        attempt = self.sudo()
        return (
            not attempt.token_id.active
            or bool(attempt.authorization_id.revoked_date)
            or attempt.provider_id.state == "disabled"
            or not attempt.partner_id.active
        )

    def _is_finished(self):
        """Return whether nothing is left to do: booked, or released."""
        self.ensure_one()
        final = self.state in const.attempt.FINAL_STATES
        held = any(self.line_ids.mapped("live"))
        return final and not held and not self._is_to_verify()

    def _set_never_sent(self):
        """Note that the provider was never asked for money by these attempts."""
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.filtered(lambda attempt: attempt.state == "unknown").never_sent = True

    def _alert_overdue(self):
        """Tell people about outcomes that stay unknown."""
        for attempt in self.filtered(lambda attempt: attempt._is_overdue()):
            self.env["autopay.notification"]._alert_unresolved(attempt)

    # === CALLING BACK === #

    def _recall(self):
        """Withdraw what can be, of attempts whose method or consent is taken away.

        The provider is asked by the resolver, after this transaction; what cannot be
        called back is noted on the attempt and told to the person who is at it.

        :return: the attempts that go on
        """
        live = self.sudo().line_ids.filtered("live").attempt_id
        early = live.filtered(lambda attempt: attempt.state in RECALLABLE_STATES)
        late = live - early
        if early:
            early._check_soon()
        bodies = {attempt.id: get_late_sentence(self.env, attempt) for attempt in late}
        late._message_log_batch(bodies)
        self._notify_late(list(bodies.values()))
        return late

    def _notify_late(self, sentences):
        """Show staff what goes on although they have just taken its ground away."""
        if not sentences or not self.env.user._is_internal():
            return
        self.env.user._bus_send(
            "simple_notification",
            {"type": "warning", "sticky": True, "message": "\n".join(sentences)},
        )

    # === NEXT TRY === #

    def _get_retry_date(self):
        """Return the day of the next automatic try, or False when there is none."""
        self.ensure_one()
        declines = self._count_declines()
        waits = self._get_retry_waits()
        if self.trigger == "manual" or declines > len(waits):
            return False
        days = max(waits[max(declines, 1) - 1], ceil(self.wait_hours / 24))
        return self.company_id._get_autopay_today() + timedelta(days=days)

    def _count_declines(self):
        """Return how often the same debt was declined, this time included.

        What was collected since begins a new count, and so does another part of the
        invoice. Money that went back was no payment.
        """
        lines = self.line_ids
        same = [("line_ids.move_id", "in", lines.move_id.ids)]
        booked = self.search([*same, ("booked_date", "!=", False)])
        kept = booked.filtered(lambda attempt: not attempt.returned_amount)
        return self.search_count(
            [
                *same,
                ("line_ids.part", "in", lines.mapped("part")),
                ("state", "=", "declined"),
                ("id", ">", max(kept.ids, default=0)),
            ]
        )

    def _get_retry_waits(self):
        """Return the days to wait before each further try, within network limits."""
        self.ensure_one()
        family = "debit" if self.token_id._is_autopay_debit() else "card"
        waits = self.company_id._get_autopay_retry_days(family, self.decline_class)
        return waits if self.retry_limit < 0 else waits[: self.retry_limit]
