from odoo import fields, models

from ...const.invoice import FALLBACK_POLICIES
from ...rights import STAFF_GROUPS


class AutopayPartnerFallback(models.Model):
    """Says whether a customer's other methods are tried."""

    _inherit = "res.partner"

    autopay_fallback_policy = fields.Selection(
        FALLBACK_POLICIES,
        string="After a Decline",
        company_dependent=True,
        # Asked for after declines only.
        prefetch=False,
        groups=STAFF_GROUPS,
        help="Whether another method that the customer has agreed to is charged when "
        "one was declined and trying again will not help. Empty: as the company does.",
    )

    # === BUSINESS METHODS === #

    def _has_autopay_fallback(self, company):
        """Return whether a declined charge may go on with another of its methods."""
        self.ensure_one()
        payer = self.sudo().commercial_partner_id.with_company(company)
        policy = payer.autopay_fallback_policy
        return policy == "next" if policy else company.sudo().autopay_fallback
