from odoo import fields, models

from ..rights import check_manager


class AutopayRefuse(models.TransientModel):
    """Asks why charges are refused: whoever asked for them reads it."""

    _name = "autopay.refuse"
    _description = "Refuse Charges"

    approval_ids = fields.Many2many(
        "autopay.approval", string="Charges", required=True, readonly=True
    )
    reason = fields.Text(help="Shown to whoever asked, on the invoice. Not required.")

    # === ACTION METHODS === #

    def action_apply(self):
        """Refuse the charges."""
        self.ensure_one()
        check_manager(self)
        self.approval_ids.action_refuse(self.reason or "")
        return {"type": "ir.actions.act_window_close"}
