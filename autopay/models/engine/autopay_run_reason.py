from odoo import api, fields, models
from odoo.exceptions import UserError


class AutopayRunReason(models.Model):
    """The invoices that a run left alone for one reason."""

    _name = "autopay.run.reason"
    _description = "Skipped Invoices of a Run"
    _inherit = "autopay.default.guard"
    _order = "invoice_count desc, id"
    _rec_name = "blocker"

    run_id = fields.Many2one(
        "autopay.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    blocker = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Reason", compute="_compute_label")
    invoice_count = fields.Integer(string="Invoices", readonly=True, aggregator=None)
    move_ids = fields.Json(readonly=True, help="Ids of the invoices.")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("blocker")
    def _compute_label(self):
        labels = dict(self.env["autopay.decision"]._get_skip_selection())
        for row in self:
            row.label = labels.get(row.blocker, row.blocker)

    # === ACTION METHODS === #

    def action_view_moves(self):
        """Open the invoices."""
        self.check_access("read")
        return self._get_moves_action()

    # === BUSINESS METHODS === #

    def _get_moves_action(self):
        """Return the action that opens these invoices.

        :raises UserError: when it was not kept which ones they are
        """
        move_ids = [move_id for row in self for move_id in row.move_ids or []]
        if not move_ids:
            raise UserError(
                self.env._(
                    "Of this run it was only kept how many invoices were skipped, not "
                    "which ones: it was made before this version of the app."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.account_move_action_autopay"
        )
        name = self.env._("Skipped Invoices")
        return {
            **action,
            "name": name,
            "display_name": name,
            "domain": [("id", "in", move_ids)],
            "context": {"default_move_type": "out_invoice"},
        }
