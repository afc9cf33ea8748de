from odoo import api, fields, models


class AutopayDryRunTrial(models.AbstractModel):
    """The configuration that a dry run tries out, saved or not."""

    _name = "autopay.dry.run.trial"
    _description = "Configuration on Trial"

    configuration_id = fields.Many2one(
        "autopay.configuration",
        ondelete="set null",
        help="The configuration that is tried out, if it was saved.",
    )
    trial_values = fields.Json(
        help="What the configuration said when it was tried out, saved or not."
    )
    trial_words = fields.Char(
        string="Configuration on Trial",
        compute="_compute_trial_words",
        compute_sudo=True,
        store=True,
        help="Decided with as if it were saved and enabled.",
    )

    # === COMPUTE METHODS === #

    @api.depends("trial_values")
    def _compute_trial_words(self):
        # A form asks for the words before anything is saved.
        self._check_trial()
        for record in self:
            record.trial_words = (
                record.trial_values and record._get_trial()._get_words()
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: the words tell the names of what is tried out."""
        records = super().create(vals_list)
        records._check_trial()
        return records

    def write(self, vals):
        """Override of `base`: the words tell the names of what is tried out."""
        res = super().write(vals)
        if vals.keys() & {"configuration_id", "trial_values"}:
            self._check_trial()
        return res

    # === BUSINESS METHODS === #

    def _check_trial(self):
        """Let only those try something out who may read all that it names.

        :raises AccessError: when the user may not, whoever computes for him
        :raises UserError: when the values are not those of a configuration
        """
        for record in self.sudo(False):
            record.configuration_id._origin.check_access("read")
            record._get_trial()._check_readable()

    def _get_trial(self):
        """Return the configuration on trial, not saved; empty without one."""
        model = self.env["autopay.configuration"]
        if not self.trial_values:
            return model
        origin = self.configuration_id.exists()
        return model._restore(self.trial_values, origin)
