from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fields import Day
from ..rights import check_billing


class AutopaySetDate(models.TransientModel):
    """Sets the autopay date of many invoices, or holds them back until a day."""

    _name = "autopay.set.date"
    _description = "Set Autopay Date"

    move_ids = fields.Many2many("account.move", string="Invoices", required=True)
    date = Day(
        string="Autopay Date", help="The invoices are charged on this day, not before."
    )
    hold_date = Day(string="Hold until", help="Nothing is charged before this day.")
    hold_reason = fields.Char()
    changed_count = fields.Integer(compute="_compute_counts")
    left_count = fields.Integer(compute="_compute_counts")
    not_eligible_count = fields.Integer(
        string="Not on Autopay Count", compute="_compute_counts"
    )
    is_past = fields.Boolean(compute="_compute_is_past")
    is_hold_past = fields.Boolean(compute="_compute_is_past")

    # === COMPUTE METHODS === #

    @api.depends("move_ids")
    def _compute_counts(self):
        for wizard in self:
            moves = wizard._get_changeable_moves()
            wizard.changed_count = len(moves)
            wizard.left_count = len(wizard.move_ids - moves)
            wizard.not_eligible_count = len(
                moves.filtered(lambda move: not move.autopay_status)
            )

    @api.depends("date", "hold_date", "move_ids.company_id")
    def _compute_is_past(self):
        for wizard in self:
            company = wizard.move_ids.company_id[:1] or self.env.company
            today = company._get_autopay_today()
            wizard.is_past = bool(wizard.date) and wizard.date <= today
            held = wizard.hold_date
            wizard.is_hold_past = bool(held) and held <= today

    # === ACTION METHODS === #

    def action_apply(self):
        """Write what was filled in on the invoices; empty fields change nothing."""
        self.ensure_one()
        check_billing(self)
        vals = self._prepare_move_vals()
        moves = self._get_changeable_moves()
        if not vals or not moves:
            raise UserError(self.env._("There is nothing to change."))
        moves.check_access("write")
        moves.write(vals)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _get_changeable_moves(self):
        """Return the customer invoices that are not being charged or collected."""
        return self.move_ids.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.autopay_status not in ("in_progress", "success")
            )
        )

    def _prepare_move_vals(self):
        vals = {
            "autopay_date": self.date,
            "autopay_hold_date": self.hold_date,
            "autopay_hold_reason": self.hold_reason,
        }
        return {name: value for name, value in vals.items() if value}
