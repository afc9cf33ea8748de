import logging
from collections import Counter

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ... import const

_logger = logging.getLogger(__name__)

# First number of the pair that PostgreSQL's advisory locks of runs go by.
LOCK_CLASS = 1635086448  # "autp"


class AutopayRun(models.Model):
    """One execution of the engine for one company that had work."""

    _name = "autopay.run"
    _description = "Autopay Run"
    _inherit = [
        "autopay.default.guard",
        "autopay.run.screen",
        "mail.thread",
        "mail.activity.mixin",
    ]
    # People may comment on what nobody may change.
    _mail_post_access = "read"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    trigger = fields.Selection(const.engine.RUN_TRIGGERS, required=True, readonly=True)
    state = fields.Selection(
        const.engine.RUN_STATES,
        required=True,
        readonly=True,
        default="running",
        index=True,
    )
    date_start = fields.Datetime(
        readonly=True, default=lambda self: fields.Datetime.now()
    )
    date_end = fields.Datetime(readonly=True)
    user_id = fields.Many2one(
        "res.users", readonly=True, default=lambda self: self.env.user
    )
    attempt_ids = fields.One2many(
        "autopay.attempt", "run_id", string="Charges", readonly=True
    )
    attempt_count = fields.Integer(
        string="Charge Count", compute="_compute_attempt_totals"
    )
    charged_count = fields.Integer(compute="_compute_attempt_totals")
    pending_count = fields.Integer(compute="_compute_attempt_totals")
    failed_count = fields.Integer(compute="_compute_attempt_totals")
    withdrawn_count = fields.Integer(
        string="Canceled", compute="_compute_attempt_totals"
    )
    open_count = fields.Integer(string="Unconfirmed", compute="_compute_attempt_totals")
    selected_count = fields.Integer(readonly=True)
    skipped_count = fields.Integer(readonly=True)
    skipped = fields.Json(readonly=True, help="Number of invoices by blocker.")
    skipped_text = fields.Text(
        string="Skipped by Reason", compute="_compute_skipped_text"
    )
    stopped_text = fields.Text(
        string="Providers Stopped",
        readonly=True,
        help="Providers that were not called any more in this run, and why.",
    )
    in_hand = fields.Json(
        readonly=True, help="Ids of the invoices of the batch being worked on."
    )

    resume_ids = fields.Json(
        readonly=True,
        help="Ids of the next invoices, when the time was up: the next run begins "
        "with them.",
    )

    # === COMPUTE METHODS === #

    @api.depends("attempt_ids.state")
    def _compute_attempt_totals(self):
        groups = self.env["autopay.attempt"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        )
        counts = Counter({(run.id, state): count for run, state, count in groups})
        for run in self:
            by_state = {
                state: counts[run.id, state]
                for state, _x in const.attempt.ATTEMPT_STATES
            }
            run.attempt_count = sum(by_state.values())
            run.charged_count = by_state["succeeded"]
            run.pending_count = by_state["pending"]
            run.failed_count = by_state["declined"] + by_state["action_required"]
            run.withdrawn_count = by_state["canceled"]
            run.open_count = sum(
                by_state[state] for state in (*const.attempt.ACTIVE_STATES, "unknown")
            )

    @api.depends("skipped")
    def _compute_skipped_text(self):
        labels = dict(self.env["autopay.decision"]._get_skip_selection())
        for run in self:
            counts = sorted((run.skipped or {}).items(), key=lambda item: -item[1])
            run.skipped_text = "\n".join(
                f"{labels.get(code, code)}: {count}" for code, count in counts
            )

    # === CRON METHODS === #

    @api.model
    def _cron_charge_due_invoices(self):
        """Charge what is due in every company that has autopay switched on."""
        companies = self.env["res.company"]
        if companies._is_autopay_unused():
            return
        if companies._is_autopay_neutralized():
            _logger.info("Autopay does not run on a copy of a production database.")
            return
        self.env["autopay.janitor"]._recover_dead_runs()
        self.env["autopay.engine"]._charge_due_invoices()
        self.env["autopay.collected"]._work_off()
        self.env["autopay.deadline"]._call_people()
        self.env["autopay.status"]._wake()

    @api.model
    def _cron_resolve_open_attempts(self):
        """Find out what became of every attempt that has no final answer yet."""
        companies = self.env["res.company"]
        if companies._is_autopay_unused() or companies._is_autopay_neutralized():
            return
        janitor = self.env["autopay.janitor"]
        janitor._recover_dead_runs()
        janitor._alert_of_copies()
        self.env["autopay.event.handler"]._process_received()
        self.env["autopay.setup.reader"]._check_due()
        self.env["autopay.resolver"]._resolve_due_attempts()
        self.env["autopay.collected"]._work_off()
        self.env["autopay.reversal"]._poll()
        self.env["autopay.method.reader"]._read_ending_methods()
        self.env["autopay.deadline"]._call_people()

    @api.model
    def _cron_check_surplus(self):
        """Find what was collected beyond what is owed, however it came about."""
        companies = self.env["res.company"]
        if companies._is_autopay_unused() or companies._is_autopay_neutralized():
            return
        self.env["autopay.surplus"]._check_all()

    # === BUSINESS METHODS === #

    @api.model
    def _start(self, company, trigger):
        """Create a run that holds its lock, and commit it.

        The lock belongs to this database connection: when the process dies, PostgreSQL
        lets go of it, and everybody can see that the run is dead.
        """
        if not self.search_count([("company_id", "=", company.id)], limit=1):
            # All servers have to guard what is charged from now on, also one that has
            # read in the very moment of switching on that nothing has to be guarded.
            company._forget_autopay_known()
        sequences = self.env["ir.sequence"].with_company(company)
        # Without a sequence it is the charges that call a person, not the run.
        name = sequences.next_by_code("autopay.run") or self.env._("Run")
        run = self.create({"name": name, "company_id": company.id, "trigger": trigger})
        self.env.cr.execute(SQL("SELECT pg_advisory_lock(%s, %s)", LOCK_CLASS, run.id))
        self.env["ir.cron"]._commit_progress()
        return run

    @api.model
    def _get_last_scheduled(self, companies):
        """Return {company: its last scheduled run, or an empty record}."""
        groups = self._read_group(
            [("company_id", "in", companies.ids), ("trigger", "=", "scheduled")],
            ["company_id"],
            ["id:max"],
        )
        last = {company: self.browse(run_id) for company, run_id in groups}
        return {company: last.get(company, self.browse()) for company in companies}

    def _take_in_hand(self, move_ids):
        """Commit which invoices are worked on, in case the process dies."""
        self.in_hand = move_ids
        self.env["ir.cron"]._commit_progress()

    def _finish(self, skipped):
        """Close the run with its totals, and commit.

        :param dict skipped: {move id: blocker} of the invoices that were left alone
        """
        self.write(
            {"state": "done", "date_end": fields.Datetime.now(), "in_hand": False}
        )
        self._save_skipped(skipped)
        self._tell_safely()
        # A fault below would else leave the run open, and its invoices in hand.
        self.env["ir.cron"]._commit_progress()
        self._drop_idle_before()
        self.env["ir.cron"]._commit_progress()

    def _tell_safely(self):
        """Note what people are told of these runs along with their end.

        In the same transaction: a process that died in between would tell nobody. No
        fault in it leaves a run open; a person is called instead.
        """
        report = self.env["autopay.notice.report"]
        for run in self:
            try:
                with self.env.cr.savepoint():
                    report._on_run(run)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:
                _logger.exception("People are not told of autopay run %s.", run.id)
                run._alert_untold_safely(error)

    def _alert_untold_safely(self, error):
        """Call a person about a run of which people are not told."""
        try:
            with self.env.cr.savepoint():
                self.env["autopay.notice.report"]._alert_untold(self.company_id, error)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Nobody is called about autopay run %s.", self.id)

    def _release_lock(self):
        unlock = SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK_CLASS, self.id)
        self.env.cr.execute(unlock)

    def _get_moves_in_hand(self):
        """Return the invoices that these runs were working on."""
        move_ids = {move_id for run in self for move_id in run.in_hand or []}
        return self.env["account.move"].browse(move_ids).exists()

    def _filter_dead(self):
        """Return the runs whose lock nobody holds any more."""
        if not self:
            return self
        alive = self.env.execute_query(
            SQL(
                """SELECT objid FROM pg_locks
                    WHERE locktype = 'advisory' AND classid = %s AND objid IN %s
                      AND database = (SELECT oid FROM pg_database
                                       WHERE datname = current_database())""",
                LOCK_CLASS,
                tuple(self.ids),
            )
        )
        return self.browse(set(self.ids) - {run_id for (run_id,) in alive})
