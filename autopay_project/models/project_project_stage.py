from odoo import api, fields, models

from .autopay_work_stage import MANAGERS


class ProjectProjectStage(models.Model):
    _name = "project.project.stage"
    _inherit = ["autopay.work.stage", "project.project.stage"]

    autopay_paid_stage_id = fields.Many2one(
        "project.project.stage",
        string="When Paid, Move to",
        domain="[('id', '!=', id), ('company_id', 'in', (company_id, False))]",
        copy=False,
        ondelete="set null",
        groups=MANAGERS,
        help="Projects that wait in this stage move on when Autopay has collected what "
        "was invoiced for them. Those that somebody has moved meanwhile stay.",
    )

    @api.constrains("autopay_paid_stage_id", "company_id")
    def _check_autopay_paid_stage(self):
        return super()._check_autopay_paid_stage()

    def _get_autopay_lacking(self, paid):
        if paid.company_id in (self.company_id, self.env["res.company"]):
            return ""
        return self.env._(
            "“%(stage)s” is to move paid projects to “%(paid)s”, which is a stage of "
            "%(company)s only.",
            stage=self.name,
            paid=paid.name,
            company=paid.company_id.name,
        )
