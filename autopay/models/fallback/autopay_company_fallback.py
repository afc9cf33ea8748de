from odoo import fields, models

from ...const.invoice import OWN_PREFETCH
from ...rights import PAYMENT_GROUPS


class AutopayCompanyFallback(models.Model):
    """Says whether a company tries a customer's other methods."""

    _inherit = "res.company"

    autopay_fallback = fields.Boolean(
        string="Try Another Method",
        prefetch=OWN_PREFETCH,
        groups=PAYMENT_GROUPS,
        help="When a charge was declined and trying again will not help, the next "
        "method that the customer has agreed to is charged. Never while it is unknown "
        "what became of a charge. A customer may have a rule of its own.",
    )
