import logging
import time

from odoo import api, models
from odoo.service.model import (
    MAX_TRIES_ON_CONCURRENCY_FAILURE,
    PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
)
from odoo.tools import split_every

_logger = logging.getLogger(__name__)


class AutopayStage(models.AbstractModel):
    """The base of engine and resolver: committed stages and the calls between them.

    A stage is a method that takes records and changes the database; it may return
    attempts. It runs in a database transaction of its own; nothing is sent to a
    provider while one is open.
    """

    _name = "autopay.stage"
    _description = "Autopay Stage"

    # === STAGES IN THE DATABASE === #

    @api.model
    def _apply(self, stage, records, *args, on_failure=None, each=None):
        """Run a stage on all records at once, or one by one when that fails.

        :param on_failure: a stage for a record on which it failed, and for the error
        :param each: runs the stage one by one in an order of its own
        :return: the attempts that the stage returned; what it failed on is left out
        """
        nothing = self.env["autopay.attempt"]
        if not records:
            return nothing
        try:
            done = self._apply_committed(stage, records, *args) or nothing
            self._log_success(stage, done)
            return done
        except Exception as error:  # noqa: BLE001 - one bad record stops no other
            self.env.cr.rollback()
            if len(records) == 1:
                self._log_failure_safely(stage, records, error, on_failure)
                return nothing
        if each:
            return each(records, *args)
        done = [
            self._apply(stage, record, *args, on_failure=on_failure)
            for record in records
        ]
        return nothing.union(*done)

    @api.model
    def _apply_in_parts(self, size, stage, records, *args, on_failure=None):
        """Run a stage on so many records at a time, as long as there is time.

        Nobody who works on one of them waits for all.

        :param int size: how many are in one transaction
        :return: whether all had their turn
        """
        for ids in split_every(size, records.ids, list):
            self._apply(stage, records.browse(ids), *args, on_failure=on_failure)
            if self._commit() <= 0:
                return False
        return True

    def _apply_committed(self, stage, records, *args):
        """Run a stage and commit it; repeat it when others got in its way."""
        for tries in range(MAX_TRIES_ON_CONCURRENCY_FAILURE):
            try:
                done = stage(records, *args)
                self._commit()
                return done
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                if tries + 1 == MAX_TRIES_ON_CONCURRENCY_FAILURE:
                    raise
                time.sleep(0.05 * 2**tries)
        return None

    def _apply_once(self, stage, record):
        """Run a stage that moves money by itself: whatever happens, never again."""
        try:
            done = stage(record)
            self._commit()
        except Exception as error:  # noqa: BLE001 - the outcome is unknown now
            self.env.cr.rollback()
            self._log_failure_safely(stage, record, error)
            return record.browse()
        return done

    def _commit(self):
        """End the transaction of a stage: what was decided survives the process."""
        return self.env["ir.cron"]._commit_progress()

    def _get_fault_log(self):
        """Return the ``FaultLog`` of the run at hand, None outside of runs."""
        return self.env.context.get("autopay_faults")

    def _log_success(self, stage, done):
        """Note that a stage works; to leave invoices alone proves nothing."""
        log = self._get_fault_log()
        if log is not None and done:
            log.add_success(stage.__name__)

    def _log_failure_safely(self, stage, record, error, on_failure=None):
        """Note a failure; a record on which even that fails stops no other either."""
        try:
            self._log_failure(stage, record, error)
            if on_failure:
                self._apply_committed(on_failure, record, error)
        except Exception:
            self.env.cr.rollback()
            _logger.exception(
                "That autopay stage %s failed on %s could not be noted.",
                stage.__name__,
                record,
            )

    def _log_failure(self, stage, record, error):
        """Say that a stage failed on a record; the resolver takes it up again."""
        _logger.error(
            "Autopay stage %s failed on %s: %s",
            stage.__name__,
            record,
            error,
            exc_info=error,
        )
        log = self._get_fault_log()
        if log is not None:
            log.add(stage.__name__, record, error)

    # === CALLS TO THE PROVIDERS === #

    def _send(self, ctx, verb, attempts):
        """Ask the providers of these attempts, with no database transaction open.

        :param str verb: a method of the Gateway protocol
        :return: {attempt id: outcome}
        """
        calls = self._get_calls(ctx, attempts)
        # Reading opened a transaction: end it before the first byte is sent.
        self._commit()
        pace = self.env["autopay.pace"]
        outcomes = ctx.pool.send(verb, calls, pace._take(calls))
        pace._slow(ctx.pool.take_overrun())
        return outcomes

    def _get_calls(self, ctx, attempts):
        """Return [(provider id, gateway, request)] for the providers that work."""
        calls = []
        for attempt in attempts:
            if attempt.company_id._is_autopay_copied():
                # A copy would withdraw what the other database is charging.
                continue
            gateway = self._get_gateway(ctx, attempt.provider_id)
            if gateway:
                request = attempt._get_charge_request()
                calls.append((attempt.provider_id.id, gateway, request))
        return calls

    def _get_gateway(self, ctx, provider):
        """Return what charges at a provider; one that is set up wrongly is stopped."""
        if provider.id not in ctx.pool.gateways:
            try:
                account = provider._get_autopay_gateway()
                ctx.pool.gateways[provider.id] = account and account.charges
            except ValueError as error:
                ctx.pool.gateways[provider.id] = None
                ctx.pool.stopped[provider.id] = str(error)
        return ctx.pool.gateways[provider.id]

    # === RECORD AND SETTLE === #

    def _record(self, attempts, outcomes):
        """Take in the outcomes; the only writes of this transaction.

        :return: the attempts that could be locked
        """
        locked = attempts.try_lock_for_update(allow_referencing=True)
        # Read together: within the loop each would be read by itself.
        locked.transaction_id.mapped("state")
        locked._process_each(outcomes)
        locked._schedule_check()
        return locked

    def _settle(self, ctx, attempts):
        """Carry out what the outcomes of these attempts mean: close, book, tell."""
        self.env["autopay.method.refusal"]._read_refused(ctx, attempts)
        self._close_refused(ctx, attempts)
        booking = self.env["autopay.booking"]
        self._apply(booking._book, attempts, on_failure=booking._set_booking_error)
        self._apply(self.env["autopay.notification"]._notify, attempts)

    def _close_refused(self, ctx, attempts):
        """Close declined attempts at the provider, so that they can never be charged.

        Only then may the invoice be tried again: what was declined can still be
        confirmed there, see ``Gateway.withdraw``.
        """
        refused = attempts.filtered(
            lambda attempt: attempt.state == "declined" and not attempt.provider_closed
        )
        self._withdraw_open(ctx, refused)

    def _withdraw_open(self, ctx, attempts):
        """Close attempts that were not charged, and record what came of it."""
        unasked = attempts.filtered(lambda attempt: not attempt._can_be_asked())
        outcomes = self._send(ctx, "withdraw", attempts - unasked)
        self._apply(self._record_withdrawn, attempts, outcomes)

    def _record_withdrawn(self, attempts, outcomes):
        """Take in that attempts were closed, or what they turned out to be instead."""
        locked = attempts.try_lock_for_update(allow_referencing=True)
        for attempt in locked:
            attempt._process_withdrawal(outcomes.get(attempt.id))
        return locked
