from odoo import api, fields, models

from ..rights import check_billing, check_manager


class AutopayConfigurationForm(models.AbstractModel):
    """What people see and press on the screens of configurations."""

    _name = "autopay.configuration.form"
    _description = "Form of an Autopay Configuration"

    is_advanced = fields.Boolean(
        string="Advanced",
        compute="_compute_is_advanced",
        store=True,
        readonly=False,
        help="Several conditions, and more types of them.",
    )

    # === COMPUTE METHODS === #

    @api.depends("condition_ids.kind")
    def _compute_is_advanced(self):
        for configuration in self.filtered(lambda rec: rec._needs_advanced()):
            configuration.is_advanced = True

    @api.onchange("is_advanced")
    def _onchange_is_advanced(self):
        """Keep what needs it, and say so."""
        if self.is_advanced or not self._needs_advanced():
            return None
        self.is_advanced = True
        message = self.env._(
            "Several conditions, or a condition of an advanced type, need Advanced. "
            "Remove them first."
        )
        return {"warning": {"title": self.env._("Advanced"), "message": message}}

    # === ACTION METHODS === #

    def action_enable(self):
        """Let these configurations pay again."""
        check_billing(self)
        self.filtered(lambda rec: not rec.enabled).write({"enabled": True})

    def action_disable(self):
        """Keep these configurations, but let them pay nothing."""
        check_billing(self)
        self.filtered("enabled").write({"enabled": False})

    def action_lock(self):
        """Ask why, then lock these configurations."""
        check_manager(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_configuration_lock_wizard_action"
        )
        return {**action, "context": {"default_configuration_ids": self.ids}}

    def action_unlock(self):
        """Let these configurations be changed again."""
        self.filtered("locked").write({"locked": False})

    # === BUSINESS METHODS === #

    def _needs_advanced(self):
        """Return whether the basic form cannot hold the conditions."""
        kinds = (condition._get_kind() for condition in self.condition_ids)
        advanced = any(kind and kind.advanced for kind in kinds)
        return advanced or len(self.condition_ids) > 1
