from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.autopay.rights import STAFF_GROUPS

from ..const.completion import GRACE_MINUTES, KINDS, RESUMABLE_STATES, STATES

NOTE_QUERY = """
    INSERT INTO autopay_completion (
        source, kind, state, task_id, task_stage_id, project_id, project_stage_id,
        company_id, ready_date, is_moved_by_customer,
        create_uid, create_date, write_uid, write_date
    )
    VALUES %s
    ON CONFLICT (source) DO UPDATE
       SET state = 'waiting', problem = NULL,
           task_stage_id = EXCLUDED.task_stage_id,
           project_stage_id = EXCLUDED.project_stage_id,
           company_id = EXCLUDED.company_id,
           ready_date = EXCLUDED.ready_date,
           is_moved_by_customer = EXCLUDED.is_moved_by_customer,
           create_uid = EXCLUDED.create_uid, create_date = EXCLUDED.create_date,
           write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
     WHERE autopay_completion.state IN %s
"""


class AutopayCompletion(models.Model):
    """One task or project that was done, by its stage or its date, and what came of it.

    There is one row for a stage and one for the date, however often the task comes into
    the stage: what was collected for it once is not collected again.
    """

    _name = "autopay.completion"
    _description = "Completed Work"
    _inherit = [
        "autopay.default.guard",
        "autopay.completion.job",
        "autopay.completion.paid",
        "autopay.completion.person",
    ]
    _order = "id desc"
    _rec_names_search = ("task_id", "project_id")

    source = fields.Char(required=True, readonly=True)
    kind = fields.Selection(KINDS, string="Done by", required=True, readonly=True)
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, default="waiting"
    )
    shown_state = fields.Selection(
        STATES,
        string="Shown Status",
        compute="_compute_shown_state",
        help="As people see it: what has a problem needs attention.",
    )
    task_id = fields.Many2one(
        "project.task", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    project_id = fields.Many2one(
        "project.project", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    task_stage_id = fields.Many2one(
        "project.task.type",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The stage that the task waits in until it is paid.",
    )
    project_stage_id = fields.Many2one(
        "project.project.stage",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The stage that the project waits in until it is paid.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    ready_date = fields.Datetime(
        string="Collected from",
        required=True,
        readonly=True,
        default=lambda self: fields.Datetime.now(),
        help="Until then it can be taken back by moving it out of the stage.",
    )
    is_moved_by_customer = fields.Boolean(
        readonly=True, help="Customers do not decide that they are charged."
    )
    move_ids = fields.Many2many(
        "account.move",
        "autopay_completion_move_rel",
        "completion_id",
        "move_id",
        string="Invoices",
        readonly=True,
        groups=STAFF_GROUPS,
    )
    problem = fields.Text(readonly=True, help="What keeps it from being collected.")
    is_over = fields.Boolean(
        readonly=True,
        help="A person was asked since nothing was left of what was invoiced.",
    )

    _source_unique = models.Constraint(
        "UNIQUE (source)", "Work is collected once for a stage and once for a date."
    )
    _state_idx = models.Index(
        "(state, ready_date) WHERE state IN ('waiting', 'collecting')"
    )

    @api.depends("task_id", "project_id")
    def _compute_display_name(self):
        for completion in self:
            # Accountants need no right to projects to see what was collected for.
            completion.display_name = completion.sudo()._get_work().display_name

    @api.depends("state", "problem")
    def _compute_shown_state(self):
        for completion in self:
            completion.shown_state = completion._get_shown_state()

    # === BUSINESS METHODS === #

    def _get_work(self):
        """Return the task or the project, also when it is archived."""
        return self.task_id or self.project_id

    def _get_stage(self):
        """Return the stage that the work waits in, an empty one when it is gone."""
        return self.task_stage_id if self.task_id else self.project_stage_id

    def _get_shown_state(self):
        """Return the state as people see it: what has a problem needs attention."""
        has_problem = self.state == "collecting" and self.problem
        return "asked" if has_problem else self.state

    @api.model
    def _get_shown_domain(self, states):
        """Return the domain of the completions that people see in these states."""
        stuck = Domain("state", "=", "collecting") & Domain("problem", "!=", False)
        shown = Domain("state", "in", states) & ~stuck
        return shown | stuck if "asked" in states else shown

    @api.model
    def _note(self, works, kind):
        """Note that works are done; the job does the rest.

        One statement, and none of Odoo's business: it is called while somebody drags a
        card. Whatever comes into a stage again is collected if nothing came of it
        before.

        :param works: tasks, or projects
        :param str kind: a key of ``KINDS``
        """
        works = works.sudo()
        if not works:
            return
        grace = timedelta(minutes=GRACE_MINUTES if kind == "stage" else 0)
        ready = fields.Datetime.now() + grace
        rows = [SQL("%s", self._get_row(work, kind, ready)) for work in works]
        self.flush_model()
        self.env.cr.execute(SQL(NOTE_QUERY, SQL(", ").join(rows), RESUMABLE_STATES))
        self.invalidate_model(flush=False)
        cron = self.env.ref("autopay_project.ir_cron_collect_completed").sudo()
        cron._trigger(ready)

    def _get_row(self, work, kind, ready):
        """Return the values of ``NOTE_QUERY`` for one work, as a tuple."""
        stage_id = work.stage_id.id or None
        name = work._autopay_link.removesuffix("_id")
        end = f"stage:{stage_id}" if kind == "stage" else kind
        task_side, project_side = (
            (work.id, stage_id) if name == side else (None, None)
            for side in ("task", "project")
        )
        stamp = (self.env.uid, self.env.cr.now())
        by_customer = kind == "stage" and self.env.user.share
        company_id = work._get_autopay_company().id
        return (
            *(f"{name}:{work.id}:{end}", kind, "waiting"),
            *(*task_side, *project_side, company_id, ready, by_customer),
            *(*stamp, *stamp),
        )
