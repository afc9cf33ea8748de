from odoo import fields, models

from ...const.invoice import OWN_PREFETCH
from ...const.notices.staff import SUMMARY_RULES
from ...rights import PAYMENT_GROUPS


class AutopayCompanyReports(models.Model):
    """Says which of a company's people hear how autopay gets on, and how often."""

    _inherit = "res.company"

    autopay_summary = fields.Selection(
        SUMMARY_RULES,
        string="Summary of Each Run",
        default="never",
        required=True,
        groups=PAYMENT_GROUPS,
        help="Mailed after a scheduled run that has charged something.",
        prefetch=OWN_PREFETCH,
    )
    autopay_reporter_ids = fields.Many2many(
        "res.users",
        "autopay_company_reporter_rel",
        "company_id",
        "user_id",
        string="Reports To",
        groups=PAYMENT_GROUPS,
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Who gets the summaries, the failures of the day, and word of refunds and "
        "disputes. Empty: the person in charge.",
    )

    def _get_autopay_reporters(self):
        """Return those who get reports of the company by mail: users with an address.

        A user who has left the company hears no more of it.
        """
        self.ensure_one()
        chosen = self.sudo().autopay_reporter_ids or self._get_autopay_called()
        return chosen.sudo().filtered(
            lambda user: (
                user.active
                and not user.share
                and self in user.company_ids
                and user.partner_id.email_normalized
            )
        )
