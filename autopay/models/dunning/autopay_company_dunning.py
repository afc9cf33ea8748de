from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const.deadline import MOST_QUIET_DAYS, QUIET_DAYS
from ...const.invoice import OWN_PREFETCH
from ...rights import PAYMENT_GROUPS


class AutopayCompanyDunning(models.Model):
    """Says how long reminders leave customers alone whose invoices are collected."""

    _inherit = "res.company"

    autopay_quiet_days = fields.Integer(
        string="Days without Reminders",
        default=QUIET_DAYS,
        prefetch=OWN_PREFETCH,
        groups=PAYMENT_GROUPS,
        help="While an invoice will be charged automatically, it is left out of "
        "follow-ups, until so many days after its due date: a charge that fails again "
        "and again does not keep customers from being reminded for good. Zero: they "
        "are reminded as if there were no autopay, except while a charge is under way.",
    )

    @api.constrains("autopay_quiet_days")
    def _check_autopay_quiet_days(self):
        if any(
            not 0 <= company.autopay_quiet_days <= MOST_QUIET_DAYS for company in self
        ):
            raise ValidationError(
                self.env._("Reminders leave out invoices on autopay for 0 to 365 days.")
            )
