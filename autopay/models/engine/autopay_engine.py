import logging
import random
import time

from psycopg2.errors import UniqueViolation

from odoo import api, models

from ... import const
from ...gateways.fault_log import FaultLog
from ...gateways.run_clock import RunClock
from ...gateways.run_context import RunContext

_logger = logging.getLogger(__name__)

# Invoices of a batch, and of a run, on which it is seen whether a fault is common.
FAULT_PROBES = 3

# The index that keeps invoices with one live attempt.
LIVE_INDEX = "autopay_attempt_line_live_move_uniq"


class AutopayEngine(models.AbstractModel):
    """Charges invoices: select, reserve, prepare, gate, charge, record, book, notify.

    Each stage ends with a commit, and no stage calls an earlier one. A batch goes
    through all of them before the next one starts.
    """

    _name = "autopay.engine"
    _inherit = ["autopay.stage", "autopay.rehearsal"]
    _description = "Autopay Engine"

    # === SELECT === #

    @api.model
    def _charge_due_invoices(self):
        """Charge what is due in all companies, within the scheduler's time."""
        left = self._commit()
        companies = self.env["res.company"].search([("autopay_enabled", "=", True)])
        self._release_mended(companies)
        last_runs = self.env["autopay.run"]._get_last_scheduled(companies)
        # The company that waited longest comes first: the time may not suffice for all.
        companies = companies.sorted(lambda company: last_runs[company].id)
        due = {
            company: self._get_due_ids(company, last_runs[company].resume_ids)
            for company in companies
        }
        remaining = sum(len(ids) for ids in due.values())
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        if remaining and left <= 0:
            # Odoo calls a job up to ten times, however long that takes, and ends the
            # worker after 120 seconds: another job goes on, with time of its own.
            self.env.ref("autopay.ir_cron_charge_due_invoices")._trigger()
            return
        self._request_approvals_of(companies)
        self._charge_due_ids(due)

    def _charge_due_ids(self, due):
        """Charge what is due, as far as the time suffices.

        :param dict due: {company: ids of its invoices}
        """
        pulses = self.env["autopay.pulse"]
        idle = [company.id for company, move_ids in due.items() if not move_ids]
        pulses._beat(self.env["res.company"].browse(idle))
        for company, move_ids in due.items():
            if move_ids and not self._run_safely(company, move_ids):
                return

    def _run_safely(self, company, move_ids):
        """Charge what is due in a company; where that fails, others have their turn.

        An error that the scheduler sees has it give up the job, for all companies.

        :return: whether all of it was looked at before the time was up
        """
        try:
            complete = self._run(company, move_ids, RunContext())
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("Autopay could not run for %s.", company.name)
            self._apply(self._alert_not_run, company, str(error))
            return True
        if complete:
            self.env["autopay.pulse"]._beat(company)
        return complete

    def _alert_not_run(self, company, error):
        notification = self.env["autopay.notification"]._for_staff(company)
        notification._alert_not_run(company, error)

    def _request_approvals_of(self, companies):
        """Ask for approvals before the autopay date comes, and note what fails."""
        faults = FaultLog()
        engine = self.with_context(autopay_faults=faults)
        unasked = self.env["autopay.approval"]._get_unasked(companies)
        engine._apply(engine._request_approvals, unasked)
        engine.env["autopay.crash"]._count_struck(faults)

    def _request_approvals(self, moves):
        """Ask for approvals before the autopay date comes."""
        self.env["autopay.approval"]._request(moves)

    def _get_due_ids(self, company, resume_ids=None):
        """Return the ids of the invoices that are due to be charged, oldest first.

        :param list resume_ids: where the last run had to stop; what comes before was
            looked at by it and has its turn again when the rest is done
        """
        domain = self.env["account.move"]._get_autopay_due_domain(
            company, company._get_autopay_today()
        )
        query = self.env["account.move"]._search(domain, order="autopay_date, id")
        due = query.get_result_ids()
        if company.autopay_combine:
            due = self.env["autopay.combination"]._bring_together(due)
        positions = {move_id: position for position, move_id in enumerate(due)}
        starts = [positions[each] for each in resume_ids or [] if each in positions]
        return due[min(starts, default=0) :]

    @api.model
    def _charge_now(self, moves, tokens, shown=None):
        """Charge invoices at the wish of a person.

        :param dict tokens: {move id: token} the methods the person chose
        :param dict shown: {move id: amount} that the person has seen: an invoice that
            comes to more by now is left alone
        :return: the runs, one for each company that was reached in time
        """
        runs = self.env["autopay.run"]
        started = time.monotonic()
        for company, company_moves in moves.grouped("company_id").items():
            # All companies are charged in one request, which has one end.
            clock = RunClock("now", started)
            ctx = RunContext("now", tokens, shown or {}, clock=clock)
            if ctx.clock.is_time_up(self._commit()):
                break
            self._run(company, company_moves.ids, ctx)
            runs |= runs.browse(ctx.run_id)
        return runs

    # === RUN === #

    def _run(self, company, move_ids, ctx):
        """Take invoices of one company through all stages, batch by batch.

        :return: whether all of them were looked at before the time was up
        """
        engine = self.with_company(company).with_context(
            tracking_disable=True, autopay_faults=ctx.faults
        )
        trigger = "manual" if ctx.mode == "now" else "scheduled"
        run = engine.env["autopay.run"]._start(company, trigger)
        run.selected_count = len(move_ids)
        ctx.run_id, ctx.queue.due_ids = run.id, move_ids
        complete = True
        try:
            with ctx:
                ctx.suspects = self.with_company(company)._retry_unbooked(company)
                complete = engine._run_batches(run, move_ids, ctx)
        finally:
            engine._end_run(run, ctx)
        return complete

    def _run_batches(self, run, move_ids, ctx):
        for start in range(0, len(move_ids), const.engine.BATCH_SIZE):
            end = start + const.engine.BATCH_SIZE
            batch = move_ids[start:end]
            missed = self._run_parts(run, batch, ctx)
            if ctx.faults.is_over():
                # The rest waits for the next run, not for one right after this:
                # other companies may still be charged.
                self.env["ir.cron"]._commit_progress(len(move_ids) - start)
                return True
            left = self.env["ir.cron"]._commit_progress(len(batch) - len(missed))
            if missed or ctx.clock.is_time_up(left):
                run.resume_ids = [*missed, *move_ids[end:]][: const.engine.BATCH_SIZE]
                return False
        return True

    def _run_parts(self, run, move_ids, ctx):
        """Run a batch in its parts.

        :return: the ids of the invoices whose turn did not come before the time was up
        """
        missed = []
        parts = self.env["autopay.crash"]._get_safe_parts(move_ids)
        for number, part in enumerate(parts):
            # One part is run in any case: whatever the time, every run gets on.
            if ctx.faults.is_over():
                break
            if missed or (number and ctx.clock.is_time_up(self._commit())):
                missed += part
                continue
            self._run_batch_safely(run, part, ctx)
            for move_id in ctx.queue.take_singles(ctx.clock):
                self._run_batch_safely(run, [move_id], ctx)
            missed += ctx.queue.take_missed()
        return missed

    def _run_batch_safely(self, run, move_ids, ctx):
        """Run a batch; what its stages could not contain ends this batch only."""
        try:
            self._run_batch(run, move_ids, ctx)
        except Exception as error:
            self.env.cr.rollback()
            ctx.faults.add("_run_batch", run, error)
            _logger.exception("Autopay run %s failed on invoices %s.", run.id, move_ids)

    def _run_batch(self, run, move_ids, ctx):
        """Take one batch through all stages; what waits for a probe goes after it."""
        while move_ids and not ctx.faults.is_over():
            self._run_stages(run, move_ids, ctx)
            move_ids = ctx.queue.take_postponed()

    def _run_stages(self, run, move_ids, ctx):
        run._take_in_hand(move_ids)
        moves = self.env["account.move"].browse(move_ids)
        if ctx.suspects:
            self._rehearse_bookings(run, moves, ctx)
        attempts = self._apply(
            self._reserve, moves, run, ctx, each=self._reserve_one_by_one
        )
        ready = self._prepare(ctx, attempts)
        asked = ready.filtered(lambda attempt: attempt._can_be_asked())
        self._charge(ctx, self._gate(ctx, asked))
        self._charge_one_by_one(ctx, ready - asked)
        self._settle(ctx, attempts)
        self._stop_unbooked(ctx, attempts)

    def _stop_unbooked(self, ctx, attempts):
        """Charge nothing more in this run where a payment could not be booked."""
        for attempt in attempts:
            if attempt.state == "succeeded" and not attempt.booked_date:
                reason = f"booking_failed:{attempt.booking_error or ''}"
                ctx.pool.stopped.setdefault(attempt.provider_id.id, reason)
        for fault in ctx.faults.get_unrecorded():
            provider = self.env["autopay.attempt"].browse(fault.record_id).provider_id
            ctx.pool.stopped.setdefault(provider.id, f"not_recorded:{fault.text}")

    def _end_run(self, run, ctx):
        """Save the totals of the run and tell people about providers that stopped."""
        try:
            self.env["autopay.crash"]._count_struck(ctx.faults)
            notification = self.env["autopay.notification"]
            notification._alert_common(run, ctx.faults.get_common())
            notification._alert_stopped(run, ctx.pool.stopped)
            notification._alert_unbookable(run, ctx.unbookable)
            run._finish(ctx.skipped)
        except Exception:
            # The charges are committed: other companies have their turn.
            self.env.cr.rollback()
            _logger.exception("Autopay run %s could not be closed.", run.id)
        finally:
            # A run that is still *running* without its lock is recovered by the next.
            run._release_lock()

    # === RESERVE === #

    def _reserve_one_by_one(self, moves, run, ctx):
        """Reserve a batch that failed as a whole; stop where every invoice fails alike.

        :return: the attempts
        """
        # All that the batch had noted was rolled back with it.
        ctx.queue.take_postponed()
        probes = self._draw_probes(moves, ctx)
        done = self._reserve_each(probes, run, ctx)
        if ctx.faults.is_over():
            return done
        return done | self._reserve_each(moves - probes, run, ctx)

    def _reserve_each(self, moves, run, ctx):
        """Reserve invoices one by one; what cannot be reserved probes no provider."""
        done = self.env["autopay.attempt"]
        for move in moves:
            attempts = self._apply(self._reserve, move, run, ctx)
            if not attempts:
                ctx.queue.forget_probe(move.id)
            done |= attempts
        return done

    def _draw_probes(self, records, ctx):
        """Return invoices of the batch and of the whole run, drawn by lot.

        What is due first may all be held up by one thing; then the rest has to show it.
        """
        moves = records.browse()
        for move_ids in (records.ids, ctx.queue.due_ids):
            drawn = random.sample(move_ids, min(FAULT_PROBES, len(move_ids)))
            moves |= records.browse(drawn)
        return moves

    def _reserve(self, moves, run, ctx):
        """Reserve invoices under their lock: what is committed here may be charged.

        :return: the attempts
        """
        locked = moves.try_lock_for_update(allow_referencing=True)
        decisions = self._decide_after_credit(locked, ctx)
        attempts = self._take(run, self._choose(decisions.values(), ctx), ctx)
        self._log_skipped(ctx, decisions)
        self.env["autopay.discount"]._give_back_dates(decisions.values())
        # The user who charges now has asked for it, whoever put the invoice on autopay.
        asker = self.env.user if ctx.mode == "now" else None
        self.env["autopay.approval"]._request_for(decisions.values(), asker)
        return attempts

    def _decide_after_credit(self, moves, ctx):
        """Decide about invoices once open credit is applied, where that is wanted."""
        model = self.env["autopay.decision"]
        decisions = model._decide(moves, ctx.mode, ctx.tokens)
        application = self.env["autopay.credit.application"]
        if not application._apply_first(decisions.values(), ctx.mode):
            return decisions
        return model._decide_finally(moves, ctx.mode, ctx.tokens)

    def _log_skipped(self, ctx, decisions):
        """Note why invoices are left alone; leave providers alone that cannot book."""
        for move, decision in decisions.items():
            if not decision.blocker:
                continue
            ctx.skipped[move.id] = decision.blocker
            if decision.blocker != "cannot_be_booked":
                continue
            reason = decision.values["reason"]
            if decision.values["stops_provider"]:
                provider = decision.token.provider_id
                ctx.pool.stopped.setdefault(provider.id, f"cannot_be_booked:{reason}")
            else:
                ctx.unbookable[move.id] = reason

    def _choose(self, decisions, ctx):
        """Return lists of the decisions that become one charge each."""
        combinations = self.env["autopay.combination"]
        turn = combinations._pass_older_first(decisions, ctx)
        groups = (
            [each for each in group if self._is_chosen(each, ctx, group[0].move.id)]
            for group in combinations._group(turn, ctx)
        )
        return [group for group in groups if group]

    def _is_chosen(self, decision, ctx, leader_id=None):
        """Return whether to charge; a provider that is stopped keeps what is due.

        :param int leader_id: the first of the invoices that it is charged together with
        """
        currency = decision.move.currency_id
        if decision.blocker or not ctx.is_shown(
            decision.move.id, decision.amount, currency
        ):
            return False
        provider = decision.token.provider_id
        askable = self._get_gateway(ctx, provider)
        if provider.id in ctx.pool.stopped:
            decision.blocker = "provider_stopped"
            return False
        if reason := ctx.unbookable.get(decision.move.id):
            decision.blocker = "cannot_be_booked"
            decision.values.update(reason=reason, stops_provider=False)
            return False
        if not askable:
            return ctx.queue.may_go_alone(decision.move.id)
        return ctx.may_reserve(provider.id, decision.move.id, leader_id)

    def _log_failure(self, stage, record, error):
        """Override to pass over what another run has reserved in this moment."""
        if self._is_reserved_by_other(error):
            return None
        return super()._log_failure(stage, record, error)

    def _is_reserved_by_other(self, error):
        """Return whether the index refused it that keeps invoices with one attempt."""
        unique = isinstance(error, UniqueViolation)
        return unique and error.diag.constraint_name == LIVE_INDEX

    # === PREPARE === #

    def _prepare(self, ctx, attempts):
        """Make the providers' objects; return the attempts that may go on."""
        asked = attempts.filtered(lambda attempt: attempt._can_be_asked())
        outcomes = self._send(ctx, "prepare", asked)
        self._apply(self._record_prepared, asked, outcomes)
        return attempts.filtered(
            lambda attempt: (
                attempt.state == "prepared"
                or (attempt.state == "reserved" and not attempt._can_be_asked())
            )
        )

    def _record_prepared(self, attempts, outcomes):
        """Save the ids of the providers' objects, or why there are none."""
        locked = attempts.try_lock_for_update(allow_referencing=True)
        locked._process_preparations(outcomes)
        return locked

    # === GATE === #

    def _gate(self, ctx, attempts):
        """Look once more, then commit that money may move from here on.

        :return: the attempts to charge
        """
        # Reading what was prepared has opened a transaction. What others have posted
        # since is not seen in it: a credit note, or a payment of the customer's.
        self._commit()
        ready = self._apply(self._open_gate, attempts, ctx)
        self._withdraw_open(ctx, (attempts - ready))
        return ready

    def _open_gate(self, attempts, ctx):
        """Set *charging* what may still be charged, as committed a moment ago."""
        locked = attempts.try_lock_for_update(allow_referencing=True)
        # In the order in which they were reserved: caps are used up in it.
        moves = locked.sorted("id").line_ids.move_id
        moves = moves.try_lock_for_update(allow_referencing=True)
        decisions = self.env["autopay.decision"]._decide(
            moves, f"gate_{ctx.mode}", ctx.tokens
        )
        ready = locked.filtered(lambda attempt: attempt._may_be_charged(decisions))
        return ready._set_charging()

    # === CHARGE === #

    def _charge(self, ctx, attempts):
        """Move the money and record what became of it."""
        outcomes = self._send(ctx, "charge", attempts)
        self._apply(self._record_charged, attempts, outcomes)

    def _record_charged(self, attempts, outcomes):
        return self._record(attempts, outcomes)

    def _charge_one_by_one(self, ctx, attempts):
        """Charge at providers that cannot be asked, right after the last look."""
        for attempt in attempts:
            for ready in self._gate(ctx, attempt):
                self._apply_once(self._charge_through_odoo, ready)

    def _charge_through_odoo(self, attempt):
        """Charge through Odoo's own provider code, in a transaction of its own."""
        if attempt.try_lock_for_update(allow_referencing=True).state != "charging":
            return attempt.browse()
        # Nobody may change the row meanwhile: the provider's answer could not be saved.
        attempt.transaction_id.lock_for_update(allow_referencing=True)
        attempt._process(attempt.transaction_id._autopay_charge())
        attempt._schedule_check()
        return attempt
