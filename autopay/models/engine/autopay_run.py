import logging
from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL, str2bool

from ... import const

_logger = logging.getLogger(__name__)

# First number of the pair that PostgreSQL's advisory locks of runs go by.
LOCK_CLASS = 1635086448  # "autp"


class AutopayRun(models.Model):
    """One execution of the engine for one company that had work."""

    _name = "autopay.run"
    _description = "Autopay Run"
    _inherit = ["autopay.own.defaults", "mail.thread", "mail.activity.mixin"]
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
    attempt_ids = fields.One2many("autopay.attempt", "run_id", readonly=True)
    attempt_count = fields.Integer(compute="_compute_attempt_totals")
    charged_count = fields.Integer(compute="_compute_attempt_totals")
    pending_count = fields.Integer(compute="_compute_attempt_totals")
    failed_count = fields.Integer(compute="_compute_attempt_totals")
    withdrawn_count = fields.Integer(
        string="Withdrawn", compute="_compute_attempt_totals"
    )
    open_count = fields.Integer(string="To Resolve", compute="_compute_attempt_totals")
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
                by_state[state]
                for state in ("reserved", "prepared", "charging", "unknown")
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
        if self._is_unused():
            return
        if self._is_database_neutralized():
            _logger.info("Autopay does not run on a copy of a production database.")
            return
        self._recover_dead_runs()
        self.env["autopay.engine"]._charge_due_invoices()
        self.env["autopay.deadline"]._call_people()

    @api.model
    def _cron_resolve_open_attempts(self):
        """Find out what became of every attempt that has no final answer yet."""
        if self._is_unused() or self._is_database_neutralized():
            return
        self._recover_dead_runs()
        copied = self.env["res.company"]._get_autopay_copied()
        self.env["autopay.stage"]._apply(self._tell_copied, copied)
        self.env["autopay.event.handler"]._process_received()
        self.env["autopay.resolver"]._resolve_due_attempts()
        self.env["autopay.reversal"]._poll()
        self.env["autopay.method.reader"]._read_ending_methods()
        self.env["autopay.deadline"]._call_people()

    @api.model
    def _cron_check_surplus(self):
        """Find what was collected beyond what is owed, however it came about."""
        if not self._is_unused() and not self._is_database_neutralized():
            self.env["autopay.surplus"]._check_all()

    @api.model
    def _is_unused(self):
        """Return whether Autopay never was on: nothing is due, or waits for an answer.

        Events of a provider that was set up before wait until it is switched on.
        """
        companies = self.env["res.company"]
        known = companies._find_autopay_known()
        if known and not companies._is_autopay_known_anywhere():
            # Asked while somebody switched it on, a server would not learn it again.
            self.env.registry.clear_cache()
        return not known

    @api.model
    def _is_database_neutralized(self):
        """Return whether this database is a copy that must never charge."""
        flag = self.env["ir.config_parameter"].sudo()
        return str2bool(flag.get_param("database.is_neutralized") or "false")

    @api.model
    def _tell_copied(self, companies):
        """Say that what these companies charged is left alone here, to people once.

        They are told even if no answer is awaited: refunds and disputes come for months
        after a charge, and would never be booked where production was moved to a copy.
        """
        for company in companies:
            own = [("company_id", "=", company.id)]
            latest = self.env["autopay.attempt"].search(own, limit=1)
            if not latest:
                continue
            _logger.info("Autopay of %s belongs to another database.", company.name)
            digest = self.env["autopay.database"]._get_digest()
            if company.autopay_copy_told != digest:
                company.autopay_copy_told = digest
                self.env["autopay.notification"]._alert_copied(latest)

    # === BUSINESS METHODS - LIFE === #

    @api.model
    def _start(self, company, trigger):
        """Create a run that holds its lock, and commit it.

        The lock belongs to this database connection: when the process dies, PostgreSQL
        lets go of it, and everybody can see that the run is dead.
        """
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

    def _finish(self, tally):
        """Close the run with its totals, and commit.

        :param tally: a Counter of skipped invoices by blocker
        """
        self.write(
            {"state": "done", "date_end": fields.Datetime.now(), "in_hand": False}
        )
        self._save_tally(tally)
        self.env["ir.cron"]._commit_progress()

    def _save_tally(self, tally):
        self.write({"skipped": dict(tally), "skipped_count": sum(tally.values())})

    def _release_lock(self):
        unlock = SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK_CLASS, self.id)
        self.env.cr.execute(unlock)

    # === BUSINESS METHODS - RECOVERY === #

    @api.model
    def _recover_dead_runs(self):
        """Close runs whose process is gone and have their attempts resolved."""
        dead = self.search([("state", "=", "running")])._filter_dead()
        self.env["autopay.stage"]._apply(self._close_dead, dead)
        self.env["autopay.crash"]._tell(dead._get_moves_in_hand())

    @api.model
    def _close_dead(self, runs):
        """Mark dead runs, count the crash on what they had in hand."""
        locked = runs.try_lock_for_update(allow_referencing=True)
        # Another process may have closed it since we looked: then this is repeated.
        dead = locked.filtered(lambda run: run.state == "running")
        for run in dead:
            self.env["autopay.crash"]._count(run._get_moves_in_hand())
        dead.write({"state": "interrupted", "date_end": fields.Datetime.now()})
        attempts = self.env["autopay.attempt"].search(
            [("run_id", "in", dead.ids), ("next_check_date", "!=", False)]
        )
        if attempts:
            attempts._check_soon()

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
