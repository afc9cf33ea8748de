from odoo import api, fields, models


class AutopayReversalPoll(models.Model):
    """Up to when we know all that went back at a provider."""

    _name = "autopay.reversal.poll"
    _inherit = "autopay.own.defaults"
    _description = "Reading of Refunds and Disputes"
    _rec_name = "provider_id"

    provider_id = fields.Many2one(
        "payment.provider", required=True, readonly=True, ondelete="cascade"
    )
    asked_date = fields.Datetime(
        readonly=True, help="When the provider was asked last; empty: ask it soon."
    )
    complete_date = fields.Datetime(
        readonly=True, help="Everything before this moment was read and recorded."
    )

    _provider_uniq = models.UniqueIndex(
        "(provider_id)", "The readings of this provider are kept already."
    )

    @api.model
    def _get(self, provider):
        """Return the readings of a provider, kept from the first question on."""
        found = self.search([("provider_id", "=", provider.id)])
        return found or self.create({"provider_id": provider.id})
