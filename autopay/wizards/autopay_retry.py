from odoo import fields, models

from ..rights import check_billing


class AutopayRetry(models.TransientModel):
    """Asks once about invoices that failed, before many are put on autopay."""

    _name = "autopay.retry"
    _description = "Retry of Failed Invoices"

    move_ids = fields.Many2many("account.move", string="Invoices", required=True)
    fresh_count = fields.Integer(compute="_compute_counts")
    retry_count = fields.Integer(compute="_compute_counts")
    method_count = fields.Integer(compute="_compute_counts")
    left_count = fields.Integer(compute="_compute_counts")

    def _compute_counts(self):
        for wizard in self:
            groups = wizard._get_groups()
            counts = {key: len(moves) for key, moves in groups.items()}
            wizard.fresh_count = counts.pop("fresh", 0)
            wizard.retry_count = counts.pop("retry", 0)
            wizard.method_count = counts.pop("needs_method", 0)
            wizard.left_count = sum(counts.values())

    # === ACTION METHODS === #

    def action_retry(self):
        """Put on autopay what is new to it, and what failed once more."""
        return self._put_on(self._get_groups())

    def action_without_failed(self):
        """Put on autopay what is new to it; leave what failed."""
        groups = self._get_groups()
        # A group of its own: it is told, not taken.
        groups["not_retried"] = groups.pop("retry", self.move_ids.browse())
        return self._put_on(groups)

    def action_view_needing_method(self):
        """Open the invoices that need another payment method first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        stuck = self._get_groups().get("needs_method", self.move_ids.browse())
        return {**action, "domain": [("id", "in", stuck.ids)], "context": {}}

    # === BUSINESS METHODS === #

    def _get_groups(self):
        """Return {group: invoices}, as they are now.

        :raises AccessError: when the user may not change them
        """
        self.ensure_one()
        check_billing(self)
        self.move_ids.check_access("write")
        return self.move_ids._group_for_eligible()

    def _put_on(self, groups):
        return self.move_ids._put_on_autopay(groups)

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Put on Autopay"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
