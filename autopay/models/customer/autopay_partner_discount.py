from odoo import fields, models

from ... import const
from ...rights import STAFF_GROUPS


class AutopayPartnerDiscount(models.AbstractModel):
    """Says of a customer whether early-payment discounts are taken."""

    _name = "autopay.partner.discount"
    _description = "Early-Payment Discounts of a Customer"

    autopay_discount_policy = fields.Selection(
        const.invoice.DISCOUNT_POLICIES,
        string="Early-Payment Discounts",
        company_dependent=True,
        groups=STAFF_GROUPS,
        help="Empty: as the company does.",
    )

    # === BUSINESS METHODS === #

    def _is_autopay_discount_taken(self, company):
        """Return whether this customer is charged the discounted amount in time."""
        self.ensure_one()
        payer = self.sudo().commercial_partner_id.with_company(company)
        policy = payer.autopay_discount_policy or company.autopay_discount_policy
        return policy == "take"
