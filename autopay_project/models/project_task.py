from odoo import models


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = ["autopay.work", "project.task"]

    _autopay_link = "task_id"
    _autopay_day_field = "date_deadline"

    _autopay_on_date_idx = models.Index("(date_deadline) WHERE autopay_on_date")

    def _get_autopay_orders(self):
        return self.sale_line_id.order_id or self.sale_order_id

    def _get_autopay_company(self):
        task = self.sudo()
        order = task._get_autopay_orders()[:1]
        return (
            order.company_id
            or task.company_id
            or task.project_id.company_id
            or self.env.company
        )

    def _is_autopay_collectable(self):
        return not self.has_template_ancestor and super()._is_autopay_collectable()

    def _get_autopay_done_day(self):
        day = self.date_deadline
        return day and self._get_autopay_company()._get_autopay_day(day)

    def _get_autopay_stop(self):
        if not (self.active and (not self.project_id or self.project_id.active)):
            return self.env._(
                "The task or its project is archived. If it is done, restore it, then "
                "press Collect Now."
            )
        if self.state == "1_canceled":
            return self.env._(
                "The task is cancelled. If it is done after all, reopen it, then press "
                "Collect Now."
            )
        return ""

    def _get_autopay_people(self):
        return self.user_ids | self.project_id.user_id

    def _get_autopay_unfit(self, staff, paid):
        if self.project_id not in paid.with_context(active_test=False).project_ids:
            return staff.env._(
                "It stays: its project does not have the stage “%s”.", paid.name
            )
        return super()._get_autopay_unfit(staff, paid)
