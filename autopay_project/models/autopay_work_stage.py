from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

MANAGERS = "project.group_project_manager"


class AutopayWorkStage(models.AbstractModel):
    """A stage of tasks, or of projects, that collects what comes into it.

    Project managers decide on it: everybody else may have stages of one's own, and
    would decide who is charged.
    """

    _name = "autopay.work.stage"
    _inherit = "autopay.default.guard"
    _description = "Stage that Collects"

    autopay_collect = fields.Boolean(
        string="Collect with Autopay",
        copy=False,
        groups=MANAGERS,
        help="When a task or a project is moved into this stage, what Odoo finds to "
        "invoice on its sales order is invoiced, and charged on the customer's "
        "payment method, a few minutes later. Once for each task: moving it to and "
        "fro charges nothing again. What is in the stage already stays as it is.",
    )
    autopay_shown = fields.Boolean(
        compute="_compute_autopay_shown",
        compute_sudo=True,
        groups=MANAGERS,
        help="Whether Autopay is on in a company of the user, or the stage collects.",
    )

    # === COMPUTE METHODS === #

    @api.depends("autopay_collect")
    @api.depends_context("allowed_company_ids")
    def _compute_autopay_shown(self):
        known = self.env["res.company"]._is_autopay_known_anywhere()
        companies = self.env.companies.sudo() if known else self.env["res.company"]
        is_on = any(companies.mapped("autopay_enabled"))
        for stage in self:
            stage.autopay_shown = stage.autopay_collect or is_on

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `project` to look up anew which stages collect."""
        stages = super().create(vals_list)
        if any(vals.get("autopay_collect") for vals in vals_list):
            self._forget_autopay_stages()
        return stages

    def write(self, vals):
        """Override of `project` to look up anew which stages collect."""
        result = super().write(vals)
        if "autopay_collect" in vals or "active" in vals:
            self._forget_autopay_stages()
        return result

    # === BUSINESS METHODS === #

    def _forget_autopay_stages(self):
        """Have all look up anew which stages collect."""
        self.env.registry.clear_cache()
        # Others remember the stages of before until it is committed.
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    @api.model
    @ormcache()
    def _get_autopay_collecting_ids(self):
        """Return the ids of the stages that collect, remembered: cards are dragged."""
        return frozenset(self.sudo()._search([("autopay_collect", "=", True)]))

    def _check_autopay_paid_stage(self):
        """Let work move on into another stage only, one that its projects have."""
        for stage in self.sudo():
            paid = stage.autopay_paid_stage_id
            problem = paid and (
                stage._get_autopay_chain(paid) or stage._get_autopay_lacking(paid)
            )
            if problem:
                raise ValidationError(problem)

    def _get_autopay_chain(self, paid):
        """Return why works would move on more than once; "" when they do not."""
        if paid == self:
            return self.env._(
                "“%s”: choose another stage to move to when it is paid.", self.name
            )
        before = self.search([("autopay_paid_stage_id", "=", self.id)], limit=1)
        if not (before or paid.autopay_paid_stage_id):
            return ""
        return self.env._(
            "What is paid moves on once: “%(stage)s” cannot move it to “%(paid)s”, as "
            "it would move on from there, or comes here paid.",
            stage=self.name,
            paid=paid.name,
        )

    def _get_autopay_lacking(self, paid):
        """Return why works of this stage cannot move into another; "" when they can."""
        return ""
