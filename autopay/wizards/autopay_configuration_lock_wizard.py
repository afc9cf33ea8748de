from odoo import api, fields, models

from ..rights import check_manager


class AutopayConfigurationLockWizard(models.TransientModel):
    """Asks why configurations are locked, and says what stays changeable."""

    _name = "autopay.configuration.lock.wizard"
    _description = "Lock Payment Rules"

    configuration_ids = fields.Many2many(
        "autopay.configuration", string="Payment Rules", required=True, readonly=True
    )
    chosen = fields.Text(string="To Lock", compute="_compute_above")
    reason = fields.Char(help="Shown to staff and to the customer.")
    above = fields.Text(
        string="Tried Before",
        compute="_compute_above",
        help="What stands before a locked payment rule is not locked with it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("configuration_ids")
    def _compute_above(self):
        for wizard in self:
            chosen = wizard.configuration_ids._origin
            # A form asks before anything is saved, when no rule has looked at them.
            chosen.check_access("read")
            above = chosen.browse().union(*(each._get_before() for each in chosen))
            wizard.chosen = "\n".join(
                f"{each.partner_id.display_name}: {each.display_name}"
                for each in chosen
            )
            free = (above - chosen).filtered(lambda rec: not rec.locked)
            wizard.above = "\n".join(free.mapped("display_name"))

    # === ACTION METHODS === #

    def action_apply(self):
        """Lock the configurations."""
        self.ensure_one()
        check_manager(self)
        self.configuration_ids.write({"locked": True, "lock_reason": self.reason})
        return {"type": "ir.actions.act_window_close"}
