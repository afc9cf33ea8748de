from odoo import models


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["autopay.work", "project.project"]

    _autopay_link = "project_id"
    _autopay_day_field = "date"

    _autopay_on_date_idx = models.Index("(date) WHERE autopay_on_date")

    def _get_autopay_orders(self):
        own = self.sale_order_id | self.reinvoiced_sale_order_id
        orders = own | self.with_context(active_test=False).tasks.sale_order_id
        return orders.filtered(lambda order: order.state == "sale") or orders

    def _is_autopay_collectable(self):
        return not self.is_template and super()._is_autopay_collectable()

    def _get_autopay_done_day(self):
        return self.date

    def _get_autopay_stop(self):
        if self.active:
            return ""
        return self.env._(
            "The project is archived. If it is done, restore it, then press Collect "
            "Now."
        )

    def _get_autopay_people(self):
        return self.user_id

    def _get_autopay_unfit(self, staff, paid):
        if paid.company_id and paid.company_id != self.company_id:
            return staff.env._(
                "It stays: the stage “%(stage)s” is one of %(company)s only.",
                stage=paid.name,
                company=paid.company_id.name,
            )
        return super()._get_autopay_unfit(staff, paid)
