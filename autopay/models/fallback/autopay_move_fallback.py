from odoo import fields, models

from ...const.invoice import OWN_PREFETCH
from ...rights import STAFF_GROUPS


class AutopayMoveFallback(models.Model):
    """Keeps which other method pays an invoice after the usual one was declined."""

    _inherit = "account.move"

    autopay_fallback_token_id = fields.Many2one(
        "payment.token",
        string="Other Method",
        # Without it the usual method, which was declined, would be charged once more.
        ondelete="restrict",
        copy=False,
        prefetch=OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
        help="The usual method was declined: this one, to which the customer has "
        "agreed as well, pays instead until the invoice is collected or put on autopay "
        "anew.",
    )
