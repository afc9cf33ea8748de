from odoo import api, fields, models

from ...rights import check_billing, check_manager
from ...words.authorizations import get_limit_sentences


class AutopayConfigurationForm(models.AbstractModel):
    """Fields and buttons of the screens of configurations."""

    _name = "autopay.configuration.form"
    _description = "Form of a Payment Rule"

    is_advanced = fields.Boolean(
        string="Advanced",
        compute="_compute_is_advanced",
        store=True,
        readonly=False,
        help="Several conditions, and more types of them.",
    )

    consent_note = fields.Text(
        compute="_compute_consent_note",
        compute_sudo=True,
        help="The consent that saving records, and limits that others set.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("token_id", "partner_id", "company_id")
    def _compute_consent_note(self):
        known = self._get_authorizations()
        for configuration in self:
            payer, token = configuration.partner_id._origin, configuration.token_id
            company = configuration.company_id or self.env.company
            latest = known.get((payer.id, token._origin.id, company.id))
            notes = []
            if payer and token and (not latest or latest.revoked_date):
                notes.append(configuration._get_consent_words())
            notes += configuration._get_limit_notes(latest)
            configuration.consent_note = "\n".join(notes)

    def _get_consent_words(self):
        """Return what saving records of the customer's consent."""
        return self.env._(
            "Saving records that %(customer)s has agreed to be charged with "
            "%(method)s, but not how. Save it only if that is so; with Record "
            "Agreement you can then record how.",
            customer=self.partner_id.display_name,
            method=self.token_id._get_autopay_label(),
        )

    def _get_limit_notes(self, authorization):
        """Return which limits of the method are set elsewhere, as sentences."""
        company = self.company_id or self.env.company
        payer, token = self.partner_id._origin, self.token_id._origin
        decision = self.env["autopay.decision"]
        found = decision._get_caps(company, payer, token)
        others = found.get((payer.id, token.id), self.browse()) - self._origin
        notes = [
            self.env._(
                "“%(configuration)s” limits the method as well: %(limits)s",
                configuration=other.display_name,
                limits=" ".join(get_limit_sentences(self.env, other)),
            )
            for other in others
        ]
        limits = authorization and get_limit_sentences(self.env, authorization)
        if limits:
            notes.append(
                self.env._(
                    "The customer's authorization limits the method: %s",
                    " ".join(limits),
                )
            )
        return notes

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

    def action_record_agreement(self):
        """Open the dialog that records how the customer agreed to the method."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_autopay_consent_action(
            self.company_id, self.token_id, self.env._("Record Agreement")
        )

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
