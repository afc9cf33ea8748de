from odoo import api, fields, models


class AutopayProviderGuard(models.AbstractModel):
    """Keeps a provider able to answer for its charges when it is switched off."""

    _name = "autopay.provider.guard"
    _inherit = "autopay.scope"
    _description = "Autopay Provider Guard"

    autopay_booking_issue = fields.Char(
        compute="_compute_autopay_booking_issue",
        compute_sudo=True,
        groups="base.group_system",
        help="Why autopay charges nothing through this provider: it could not book it.",
    )

    @api.depends("state", "journal_id", "company_id.autopay_enabled")
    def _compute_autopay_booking_issue(self):
        bookable = self.env["autopay.bookable"]
        for provider in self:
            used = provider.id and provider.state != "disabled"
            used = used and provider.company_id.autopay_enabled
            provider.autopay_booking_issue = used and bookable._get_provider_sentence(
                provider._origin
            )

    @api.onchange("state")
    def _onchange_state_warn_open_attempts(self):
        """Say what goes on at a provider that is about to be switched off."""
        attempts = self._origin._get_autopay_open_attempts()
        if not attempts or self.state == self._origin.state:
            return None
        message = self.env._(
            "%(count)s charges through this provider are under way. What was not sent "
            "yet is withdrawn; the others are followed until their end, so leave the "
            "credentials in place.",
            count=len(attempts),
        )
        return {"warning": {"title": self.env._("Open charges"), "message": message}}

    def _get_autopay_open_attempts(self):
        """Return the attempts through these providers that hold invoices."""
        attempts = self.env["autopay.attempt"].sudo()
        known = self._filter_autopay_known()
        if not known:
            return attempts
        live = [("provider_id", "in", known.ids), ("line_ids.live", "=", True)]
        return attempts.search(live)

    def _archive_linked_tokens(self):
        """Override of `payment` to call back charges of methods archived before."""
        res = super()._archive_linked_tokens()
        attempts = self._get_autopay_open_attempts()
        archived = attempts.filtered(lambda attempt: not attempt.token_id.active)
        archived._check_soon()
        return res

    def _is_autopay_charging_live(self):
        """Return whether charges move real money.

        A provider that is switched off keeps the mode of its key, so that it can still
        be asked what became of its charges.
        """
        self.ensure_one()
        if self.state != "disabled":
            return self.state == "enabled"
        return self._is_autopay_key_live()
