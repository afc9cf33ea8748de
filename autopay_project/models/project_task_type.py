from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .autopay_work_stage import MANAGERS


class ProjectTaskType(models.Model):
    _name = "project.task.type"
    _inherit = ["autopay.work.stage", "project.task.type"]

    autopay_paid_stage_id = fields.Many2one(
        "project.task.type",
        string="When Paid, Move to",
        domain="[('id', '!=', id), ('project_ids', 'in', project_ids)]",
        copy=False,
        ondelete="set null",
        groups=MANAGERS,
        help="Tasks that wait in this stage move on when Autopay has collected what "
        "was invoiced for them. Those that somebody has moved meanwhile stay.",
    )

    @api.constrains("autopay_collect", "user_id")
    def _check_autopay_shared(self):
        for stage in self.sudo():
            if stage.autopay_collect and stage.user_id:
                raise ValidationError(
                    self.env._(
                        "“%s” is a personal stage: only stages of projects collect.",
                        stage.name,
                    )
                )

    @api.constrains("autopay_paid_stage_id", "project_ids")
    def _check_autopay_paid_stage(self):
        return super()._check_autopay_paid_stage()

    def _get_autopay_lacking(self, paid):
        lacking = self.project_ids - paid.project_ids
        if not lacking:
            return ""
        return self.env._(
            "“%(stage)s” is to move paid tasks to “%(paid)s”, a stage that these "
            "projects do not have: %(projects)s. Add it to them first.",
            stage=self.name,
            paid=paid.name,
            projects=", ".join(lacking[:5].mapped("name")),
        )
