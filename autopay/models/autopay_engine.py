import hashlib
import logging

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import split_every

from .. import const
from ..gateways.base import ChargeOrder
from ..gateways.money import to_minor
from ..run_context import RunContext

_logger = logging.getLogger(__name__)


class AutopayEngine(models.AbstractModel):
    """Charges invoices: select, reserve, prepare, gate, charge, record, book, notify.

    Each stage ends with a commit, and no stage calls an earlier one. A batch goes
    through all of them before the next one starts.
    """

    _name = "autopay.engine"
    _inherit = "autopay.stage"
    _description = "Autopay Engine"

    # === SELECT === #

    @api.model
    def _charge_due_invoices(self):
        """Charge what is due in all companies, within the scheduler's time."""
        companies = self.env["res.company"].search([("autopay_enabled", "=", True)])
        due = {company: self._get_due_ids(company) for company in companies}
        remaining = sum(len(ids) for ids in due.values())
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        for company, move_ids in due.items():
            if move_ids and not self._run(company, move_ids, RunContext()):
                return

    def _get_due_ids(self, company):
        """Return the ids of the invoices that are due to be charged, oldest first."""
        domain = self.env["account.move"]._get_autopay_due_domain(
            company, company._get_autopay_today()
        )
        return self.env["account.move"]._search(
            domain, order="autopay_date, id"
        ).get_result_ids()

    @api.model
    def _charge_now(self, moves, tokens):
        """Charge invoices at the wish of a person.

        :param dict tokens: {move id: token} the methods the person chose
        :return: the runs, one for each company
        """
        runs = self.env["autopay.run"]
        for company, company_moves in moves.grouped("company_id").items():
            context = RunContext(mode="now", tokens=tokens)
            self._run(company, company_moves.ids, context)
            runs |= runs.search([("company_id", "=", company.id)], limit=1)
        return runs

    # === RUN === #

    def _run(self, company, move_ids, ctx):
        """Take invoices of one company through all stages, batch by batch.

        :return: whether all of them were looked at before the time was up
        """
        engine = self.with_company(company).with_context(tracking_disable=True)
        trigger = "manual" if ctx.mode == "now" else "scheduled"
        run = engine.env["autopay.run"]._start(company, trigger)
        run.selected_count = len(move_ids)
        complete = True
        try:
            with ctx:
                complete = engine._run_batches(run, move_ids, ctx)
        finally:
            engine._end_run(run, ctx)
        return complete

    def _run_batches(self, run, move_ids, ctx):
        for batch in split_every(const.BATCH_SIZE, move_ids, list):
            for part in self._get_safe_parts(batch):
                self._run_batch_safely(run, part, ctx)
            left = self.env["ir.cron"]._commit_progress(len(batch))
            if ctx.is_time_up(left):
                return False
        return True

    def _get_safe_parts(self, move_ids):
        """Return the batch in parts: what died in a run's hands goes alone."""
        moves = self.env["account.move"].browse(move_ids).exists()
        suspects = moves.filtered("autopay_crash_count")
        return [(moves - suspects).ids, *([move_id] for move_id in suspects.ids)]

    def _run_batch_safely(self, run, move_ids, ctx):
        """Run a batch; what its stages could not contain ends this batch only."""
        if not move_ids:
            return
        try:
            self._run_batch(run, move_ids, ctx)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Autopay run %s failed on invoices %s.", run.id, move_ids)

    def _run_batch(self, run, move_ids, ctx):
        """Take one batch through all stages."""
        run._take_in_hand(move_ids)
        moves = self.env["account.move"].browse(move_ids)
        attempts = self._apply(self._reserve, moves, run, ctx)
        ready = self._prepare(ctx, attempts)
        ready = self._gate(ctx, ready)
        self._charge(ctx, ready)
        self._settle(ctx, attempts)

    def _end_run(self, run, ctx):
        """Save the totals of the run and tell people about providers that stopped."""
        try:
            self.env["autopay.notification"]._alert_stopped(run, ctx.stopped)
            run._finish(ctx.tally)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Autopay run %s could not be closed.", run.id)

    # === RESERVE === #

    def _reserve(self, moves, run, ctx):
        """Reserve invoices under their lock: what is committed here may be charged.

        :return: the attempts
        """
        locked = moves.try_lock_for_update(allow_referencing=True)
        decisions = self.env["autopay.decision"]._decide(locked, ctx.mode, ctx.tokens)
        chosen = [
            decision
            for decision in decisions.values()
            if self._is_chosen(decision, ctx)
        ]
        attempts = self._create_attempts(run, chosen, ctx)
        attempts.line_ids.move_id.autopay_status = "in_progress"
        ctx.tally.update(
            decision.blocker for decision in decisions.values() if decision.blocker
        )
        return attempts

    def _is_chosen(self, decision, ctx):
        """Return whether to charge; a provider that is stopped keeps what is due."""
        if decision.blocker:
            return False
        provider = decision.token.provider_id
        self._get_gateway(ctx, provider)
        if provider.id in ctx.stopped:
            decision.blocker = "provider_stopped"
        return not decision.blocker

    def _create_attempts(self, run, decisions, ctx):
        """Create attempts with their transactions and their exact requests."""
        names = [
            self.env["ir.sequence"].next_by_code("autopay.attempt") for _x in decisions
        ]
        transactions = self.env["payment.transaction"].create(
            [
                self._prepare_transaction_vals(decision, name)
                for decision, name in zip(decisions, names, strict=True)
            ]
        )
        return self.env["autopay.attempt"].create(
            [
                self._prepare_attempt_vals(run, decision, name, transaction, ctx)
                for decision, name, transaction in zip(
                    decisions, names, transactions, strict=True
                )
            ]
        )

    def _prepare_transaction_vals(self, decision, name):
        """Return a transaction that Odoo shows as pending and leaves alone."""
        move, token = decision.move, decision.token
        return {
            "provider_id": token.provider_id.id,
            "payment_method_id": token.payment_method_id.id,
            "token_id": token.id,
            "reference": f"{move.name}-{name}",
            "amount": decision.amount,
            "currency_id": move.currency_id.id,
            "partner_id": move.partner_id.id,
            "operation": "offline",
            "state": "pending",
            # Odoo's sweep takes whatever is not post-processed, in any state.
            "is_post_processed": True,
            "invoice_ids": [fields.Command.set(move.ids)],
        }

    def _prepare_attempt_vals(self, run, decision, name, transaction, ctx):
        """Return an attempt on one invoice."""
        move, token = decision.move, decision.token
        currency = move.currency_id
        now = fields.Datetime.now()
        vals = {
            "name": name,
            "run_id": run.id,
            "trigger": run.trigger,
            "company_id": run.company_id.id,
            "partner_id": move.commercial_partner_id.id,
            "token_id": token.id,
            "provider_id": token.provider_id.id,
            "authorization_id": decision.authorization.id,
            "transaction_id": transaction.id,
            "currency_id": currency.id,
            "amount": decision.amount,
            "amount_minor": to_minor(
                decision.amount, currency.name, currency.decimal_places
            ),
            "reserved_date": now,
            # Whatever becomes of this process, the resolver looks after the attempt.
            "next_check_date": fields.Datetime.add(now, minutes=15),
            "line_ids": [
                fields.Command.create(self._prepare_line_vals(decision, run))
            ],
        }
        vals.update(self._prepare_request_vals(vals, transaction, ctx))
        return vals

    def _prepare_line_vals(self, decision, run):
        return {
            "move_id": decision.move.id,
            "company_id": run.company_id.id,
            "amount": decision.amount,
            "previous_status": decision.move.autopay_status,
        }

    def _prepare_request_vals(self, vals, transaction, ctx):
        """Return the requests as they will be sent, and the keys they go under."""
        gateway = self._get_gateway(ctx, transaction.provider_id)
        if not gateway:
            return {}
        prepare, charge = gateway.build_requests(
            self._get_charge_order(vals["amount_minor"], transaction)
        )
        return {
            "prepare_params": prepare,
            "charge_params": charge,
            "prepare_key": self._get_key(transaction, "prepare"),
            "charge_key": self._get_key(transaction, "charge"),
        }

    def _get_charge_order(self, amount_minor, transaction):
        token = transaction.token_id
        return ChargeOrder(
            reference=transaction.reference,
            amount_minor=amount_minor,
            currency=transaction.currency_id.name.lower(),
            customer_ref=token.provider_ref,
            method_ref=token.stripe_payment_method,
            method_type=token._get_autopay_method_type(),
            mandate_ref=token.stripe_mandate or "",
            metadata={
                "autopay_tx": transaction.reference,
                "autopay_database": self._get_database_uuid(),
            },
        )

    def _get_key(self, transaction, step):
        """Return an idempotency key that no rollback can ever give out again.

        It goes by the id of the committed transaction: references are computed and can
        come back after a rollback, ids of a sequence cannot.
        """
        parts = (
            self._get_database_uuid(),
            transaction.provider_id.id,
            transaction.id,
            step,
        )
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()

    def _get_database_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _note_stage_failure(self, stage, record, error):
        """Override to count failures on an invoice: it is set aside after some."""
        if record._name != "account.move" or isinstance(error, UniqueViolation):
            return
        super()._note_stage_failure(stage, record, error)
        self._apply_committed(lambda moves: moves._note_autopay_crash(), record)

    # === PREPARE === #

    def _prepare(self, ctx, attempts):
        """Make the providers' objects; return the attempts that may go on."""
        asked = attempts.filtered(lambda attempt: attempt._can_be_asked())
        outcomes = self._send(ctx, "prepare", asked)
        self._apply(self._record_prepared, asked, outcomes)
        return attempts.filtered(
            lambda attempt: attempt.state == "prepared"
            or (attempt.state == "reserved" and not attempt._can_be_asked())
        )

    def _record_prepared(self, attempts, outcomes):
        """Save the ids of the providers' objects, or why there are none."""
        locked = attempts.try_lock_for_update(allow_referencing=True)
        for attempt in locked:
            attempt._process_preparation(outcomes.get(attempt.id))
        return locked

    # === GATE === #

    def _gate(self, ctx, attempts):
        """Look once more, then commit that money may move from here on.

        :return: the attempts to charge
        """
        ready = self._apply(self._open_gate, attempts)
        self._withdraw_open(ctx, (attempts - ready))
        return ready

    def _open_gate(self, attempts):
        """Set *charging* what may still be charged, as committed a moment ago."""
        locked = attempts.try_lock_for_update(allow_referencing=True)
        moves = locked.line_ids.move_id.try_lock_for_update(allow_referencing=True)
        tokens = {line.move_id.id: line.attempt_id.token_id for line in locked.line_ids}
        decisions = self.env["autopay.decision"]._decide(moves, "gate", tokens)
        ready = locked.filtered(lambda attempt: attempt._may_be_charged(decisions))
        return ready._set_charging()

    # === CHARGE === #

    def _charge(self, ctx, attempts):
        """Move the money and record what became of it."""
        asked = attempts.filtered(lambda attempt: attempt._can_be_asked())
        outcomes = self._send(ctx, "charge", asked)
        self._apply(self._record_charged, asked, outcomes)
        for attempt in attempts - asked:
            self._apply(self._charge_through_odoo, attempt)

    def _record_charged(self, attempts, outcomes):
        return self._record(attempts, outcomes)

    def _charge_through_odoo(self, attempt):
        """Charge through Odoo's own provider code, in a transaction of its own."""
        if attempt.try_lock_for_update(allow_referencing=True).state != "charging":
            return attempt.browse()
        attempt._process(attempt.transaction_id._autopay_charge())
        attempt._schedule_check()
        return attempt
