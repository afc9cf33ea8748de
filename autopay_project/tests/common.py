from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.autopay_sale.tests.common import SaleCommon

JOB = "autopay_project.ir_cron_collect_completed"
RESOLVER = "autopay.ir_cron_resolve_open_attempts"


@tagged("post_install", "-at_install")
class ProjectCommon(SaleCommon):
    """An engineering firm: an order, its task, and a stage that collects."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = cls._create_user("engineer", "project.group_project_user")
        cls.leader = cls._create_user(
            "leader", "project.group_project_manager,project.group_project_stages"
        )
        cls.project = (
            cls.env["project.project"]
            .sudo()
            .create(
                {
                    "name": "Bridge Survey",
                    "company_id": cls.company.id,
                    "allow_billable": True,
                    "user_id": cls.leader.id,
                    "partner_id": cls.customer.id,
                }
            )
        )
        cls.doing, cls.done, cls.paid = (
            cls.env["project.task.type"]
            .sudo()
            .create(
                [
                    {"name": name, "project_ids": cls.project.ids, "sequence": number}
                    for number, name in enumerate(("In Progress", "Done", "Paid"))
                ]
            )
        )
        cls.done.write({"autopay_collect": True, "autopay_paid_stage_id": cls.paid.id})

    def setUp(self):
        super().setUp()
        self._enrol()

    def _create_task(self, order=None, **values):
        line = order.order_line[:1] if order else self.env["sale.order.line"]
        return (
            self.env["project.task"]
            .sudo()
            .create(
                {
                    "name": "Survey of pier 3",
                    "project_id": self.project.id,
                    "partner_id": self.customer.id,
                    "stage_id": self.doing.id,
                    "user_ids": [Command.set(self.engineer.ids)],
                    "sale_line_id": line.id,
                    **values,
                }
            )
        )

    def _drag(self, works, stage, user=None):
        """Move cards to another column, as a user does."""
        works.with_user(user or self.engineer).write({"stage_id": stage.id})
        self.env.flush_all()

    def _get_completions(self, works):
        link = works._autopay_link
        found = self.env["autopay.completion"].sudo()
        return found.search([(link, "in", works.ids)], order="id")

    def _pass_grace(self):
        """Let the minutes pass in which a drag can be taken back."""
        before = fields.Datetime.now() - timedelta(minutes=1)
        self.env["autopay.completion"].sudo().search(
            [("state", "=", "waiting")]
        ).ready_date = before

    def _run_job(self):
        self._pass_grace()
        self._run_cron(JOB)
        self.env.invalidate_all()

    def _get_calls(self, work):
        return work.sudo().activity_ids
