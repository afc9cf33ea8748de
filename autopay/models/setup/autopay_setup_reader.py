import logging
import time

from odoo import api, fields, models
from odoo.tools import split_every

from ...const.methods.setup import SETUP_BATCH_SIZE, SETUPS_PER_PASS
from ...gateways.base import (
    ABSENT,
    SETUP_DONE,
    SETUP_EXPIRED,
    SETUP_FAILED,
)
from ...gateways.run_context import RunContext

_logger = logging.getLogger(__name__)

# Outcomes that end a visit on which nothing was saved, and the state it is left in.
ENDS = {SETUP_EXPIRED: "expired", SETUP_FAILED: "failed", ABSENT: "failed"}


# How often a customer who comes back has a visit looked at that others are at work on.
TRIES = 3
WAIT_SECONDS = 0.4


class AutopaySetupReader(models.AbstractModel):
    """Finds out what became of visits, by asking the provider; saves nothing twice."""

    _name = "autopay.setup.reader"
    _inherit = "autopay.stage"
    _description = "Reads What Customers Have Saved"

    # === ENTRY POINTS === #

    @api.model
    def _check_due(self):
        """Ask about the visits that are due, within the scheduler's time."""
        setup_ids = self._get_due().ids
        if not setup_ids:
            return
        with RunContext() as ctx:
            for batch in split_every(SETUP_BATCH_SIZE, setup_ids, list):
                self._check_batch_safely(ctx, batch)
                if ctx.clock.is_time_up(self._commit()):
                    return

    @api.model
    def _check(self, setups):
        """See ``autopay.method.setup``.

        A copy of the database leaves to the other one what that one has begun.
        """
        mine = setups.filtered(lambda setup: self._is_ours(setup.company_id))
        with RunContext() as ctx:
            for _try in range(TRIES):
                outcomes = self._check_batch(ctx, mine)
                if not any(self._was_missed(rec, outcomes) for rec in mine):
                    break
                # The scheduled action is at it: the customer reads what it finds.
                time.sleep(WAIT_SECONDS)
        return outcomes

    def _is_ours(self, company):
        return not (company._is_autopay_neutralized() or company._is_autopay_copied())

    def _was_missed(self, setup, outcomes):
        """Return whether a method is saved that somebody else is about to keep."""
        outcome = outcomes.get(setup.id)
        saved = outcome and outcome.state == SETUP_DONE
        return saved and not (setup.done_date or setup.mismatch)

    def _get_due(self):
        return self.env["autopay.method.setup"].search(
            [
                ("next_check_date", "<=", fields.Datetime.now()),
                *self.env["res.company"]._get_autopay_home_domain(),
            ],
            order="next_check_date, id",
            limit=SETUPS_PER_PASS,
        )

    def _check_batch_safely(self, ctx, setup_ids):
        """Check a batch; what its stages could not contain ends this batch only."""
        try:
            self._check_batch(ctx, self.env["autopay.method.setup"].browse(setup_ids))
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Autopay could not check visits %s.", setup_ids)

    def _check_batch(self, ctx, setups):
        asked = setups.filtered(lambda setup: setup.session_ref and not setup.done_date)
        outcomes = self._read(ctx, asked)
        self._apply(self._record, asked, outcomes, on_failure=self._postpone)
        unsent = setups - asked
        self._apply(self._record_unsent, unsent.filtered(lambda rec: not rec.done_date))
        keeper = self.env["autopay.setup.keeper"]
        saved = setups.filtered(lambda rec: rec.done_date and rec.next_check_date)
        self._apply(keeper._send_copy, saved, on_failure=keeper._give_up_copy)
        return outcomes

    # === ASK === #

    def _read(self, ctx, setups):
        """Return {id: outcome}, with no database transaction open meanwhile."""
        outcomes = {}
        for provider, part in setups.grouped("provider_id").items():
            try:
                account = provider._get_autopay_gateway()
            except ValueError as error:
                _logger.info("Visits at %s are not read: %s", provider.name, error)
                continue
            refs = dict(zip(part.ids, part.mapped("session_ref"), strict=True))
            self._commit()
            found = ctx.pool.map(account.setups.read_session, refs.values())
            outcomes.update(zip(refs, found, strict=True))
        return outcomes

    # === RECORD === #

    def _record(self, setups, outcomes):
        """Take in what the provider says, each visit under its row's lock."""
        locked = setups.try_lock_for_update(allow_referencing=True)
        for setup in locked.filtered(lambda rec: not rec.done_date):
            if outcome := outcomes.get(setup.id):
                self._record_one(setup, outcome)
        locked._schedule_check()

    def _record_one(self, setup, outcome):
        keeper = self.env["autopay.setup.keeper"]
        if outcome.state == SETUP_DONE:
            keeper._keep(setup, outcome)
        elif setup._is_over():
            setup.next_check_date = False
        elif outcome.mismatch:
            keeper._set_mismatch(setup, outcome.message)
        else:
            setup._take_in(outcome)
            if end := ENDS.get(outcome.state):
                setup._set_over(end, outcome.reason)

    def _record_unsent(self, setups):
        """Give up visits whose page was never seen: nobody can save anything there."""
        locked = setups.try_lock_for_update(allow_referencing=True)
        for setup in locked.filtered(lambda rec: rec.state == "new"):
            if setup._is_page_usable():
                setup._schedule_check()
            else:
                setup._set_over("expired", "never_opened")

    def _postpone(self, setup, error):
        """Look again later at a visit that could not be finished, and call a person."""
        setup._schedule_check()
        notification = self.env["autopay.notification"]._for_staff(setup.company_id)
        summary = notification.env._(
            "A payment method of %s was saved at the provider, but not here",
            setup.partner_id.display_name,
        )
        note = str(error) or type(error).__name__
        notification._alert(setup, setup.company_id, summary, note)
