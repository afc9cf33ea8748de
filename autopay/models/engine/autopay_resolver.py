import logging

from odoo import api, fields, models
from odoo.tools import split_every

from ... import const
from ...gateways.base import PREPARED
from ...gateways.run_context import RunContext

_logger = logging.getLogger(__name__)


class AutopayResolver(models.AbstractModel):
    """Finds out what became of attempts without a final answer, by asking.

    It reads the provider's object and never charges: an attempt that was not charged is
    withdrawn, and a later run makes a new one.
    """

    _name = "autopay.resolver"
    _inherit = "autopay.stage"
    _description = "Autopay Resolver"

    @api.model
    def _resolve_due_attempts(self):
        """Resolve whatever is due to be looked at, within the scheduler's time."""
        attempt_ids = self._get_due_attempts().ids
        self.env["ir.cron"]._commit_progress(remaining=len(attempt_ids))
        with RunContext() as ctx:
            for batch in split_every(const.engine.BATCH_SIZE, attempt_ids, list):
                attempts = self.env["autopay.attempt"].browse(batch)
                self._resolve_batch_safely(ctx, attempts)
                left = self.env["ir.cron"]._commit_progress(len(batch))
                if ctx.clock.is_time_up(left):
                    return

    def _get_due_attempts(self):
        """Return the attempts to look at now, the longest waiting first."""
        return self.env["autopay.attempt"].search(
            [
                ("next_check_date", "<=", fields.Datetime.now()),
                *self.env["res.company"]._get_autopay_home_domain(),
            ],
            order="next_check_date, id",
        )

    @api.model
    def _resolve(self, attempts):
        """Resolve these attempts now, whenever they are due."""
        with RunContext() as ctx:
            self._resolve_batch(ctx, attempts)

    @api.model
    def _withdraw(self, attempts):
        """Close these uncharged attempts and give their invoices back."""
        with RunContext() as ctx:
            self._withdraw_open(ctx, attempts)
            self._settle(ctx, attempts)

    def _resolve_batch_safely(self, ctx, attempts):
        """Resolve a batch; what its stages could not contain ends this batch only."""
        try:
            self._resolve_batch(ctx, attempts)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Autopay could not resolve %s.", attempts.ids)

    def _resolve_batch(self, ctx, attempts):
        resolver = self.with_context(tracking_disable=True)
        attempts = attempts.with_context(tracking_disable=True)
        resolver._ask(ctx, attempts)
        resolver._withdraw_open(ctx, attempts.filtered(resolver._is_to_withdraw))
        resolver._settle(ctx, attempts)
        if refusing := ctx.pool.stopped.keys() - ctx.pool.get_silent():
            cut_off = attempts.filtered(lambda rec: rec.provider_id.id in refusing)
            resolver._apply(resolver._alert_cut_off, cut_off, ctx)

    def _alert_cut_off(self, attempts, ctx):
        """Tell that nothing can be found out: a provider does not take our key."""
        open_attempts = attempts.filtered(
            lambda rec: rec.state in const.attempt.OPEN_STATES
        )
        for provider, part in open_attempts.grouped("provider_id").items():
            self.env["autopay.notification"]._alert_provider(
                part[0].run_id, provider, ctx.pool.stopped[provider.id]
            )

    # === ASK === #

    def _ask(self, ctx, attempts):
        """Read the providers' objects and record what they say."""
        open_attempts = self._apply(self._mark_unknown, attempts)
        asked = open_attempts.filtered(lambda attempt: attempt._can_be_asked())
        outcomes = self._send(ctx, "read", asked)
        self._apply(self._record_read, asked, outcomes)
        self._apply(self._read_from_odoo, open_attempts - asked)

    def _mark_unknown(self, attempts):
        """Call unknown what a dead process was charging; return what to ask about."""
        locked = attempts.try_lock_for_update(allow_referencing=True)
        orphans = locked.filtered(lambda attempt: attempt.state == "charging")
        orphans.filtered(lambda attempt: attempt._is_abandoned())._set_unknown()
        return locked.filtered(
            lambda attempt: attempt.state in const.attempt.OPEN_STATES
        )

    def _record_read(self, attempts, outcomes):
        """Take in what the providers say; what never arrived is withdrawn later."""
        never_sent = attempts.browse(
            attempt_id
            for attempt_id, outcome in outcomes.items()
            if outcome.kind == PREPARED
        )
        locked = self._record(attempts - never_sent, outcomes)
        locked.filtered(lambda rec: rec.state == "unknown")._alert_overdue()
        (never_sent & attempts)._set_never_sent()
        return locked | (never_sent & attempts)

    def _read_from_odoo(self, attempts):
        """Take in what Odoo learned of charges of providers that cannot be asked."""
        locked = attempts.try_lock_for_update(allow_referencing=True)
        for attempt in locked:
            outcome = attempt.transaction_id._get_autopay_read_outcome()
            if outcome:
                attempt._process(outcome)
            attempt._schedule_check()
        locked.filtered(lambda rec: rec.state == "unknown")._alert_overdue()
        return attempts

    # === WITHDRAW === #

    def _is_to_withdraw(self, attempt):
        """Return whether nothing was charged and nothing more should come of it."""
        if attempt._is_to_verify():
            return True
        if attempt.state in const.attempt.UNCHARGED_STATES:
            return attempt._is_abandoned()
        if attempt.state == "unknown":
            return attempt.never_sent
        if attempt._is_paid_otherwise():
            return True
        return attempt.state == "action_required" and attempt._is_given_up()
