from odoo import api, fields, models

from .. import const
from ..rights import check_manager

# Fields of the company that billing managers decide about.
COMPANY_FIELDS = [
    "autopay_enabled",
    "autopay_policy",
    "autopay_date_rule",
    "autopay_date_offset",
    "autopay_month_day",
    "autopay_discount_policy",
    "autopay_combine",
    "autopay_responsible_id",
]


class AutopayPolicy(models.TransientModel):
    """Configures autopay of one company, for managers without access to Settings."""

    _name = "autopay.policy"
    _description = "AutoPay Configuration"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    autopay_enabled = fields.Boolean(
        string="Autopay",
        help="Switched off, nothing is charged, whatever invoices and customers say.",
    )
    autopay_policy = fields.Selection(
        const.invoice.POLICIES, string="Policy", required=True
    )
    autopay_date_rule = fields.Selection(
        const.invoice.DATE_RULES, string="Autopay Date", required=True
    )
    autopay_date_offset = fields.Integer(
        string="Days After", help="Negative means days before."
    )
    autopay_month_day = fields.Integer(
        string="Day of the Month",
        help="The next one from the invoice date on, whatever the due date is; in "
        "shorter months the last day is taken.",
    )
    autopay_discount_policy = fields.Selection(
        const.invoice.DISCOUNT_POLICIES,
        string="Early-Payment Discounts",
        required=True,
        help="A customer may have a rule of its own.",
    )
    autopay_combine = fields.Boolean(
        string="One Charge for a Customer's Due Invoices",
        help="At most 50 invoices, and never more than a limit lets one charge take. "
        "Declined, they are tried again one by one.",
    )
    autopay_responsible_id = fields.Many2one(
        "res.users",
        string="Responsible",
        help="Who gets an activity when something needs a person.",
    )

    autopay_copied = fields.Boolean(compute="_compute_autopay_copied")
    autopay_tz_words = fields.Char(compute="_compute_autopay_tz_words")

    @api.depends("company_id")
    def _compute_autopay_copied(self):
        for policy in self:
            policy.autopay_copied = policy.company_id._is_autopay_copied()

    @api.depends_context("lang")
    @api.depends("company_id")
    def _compute_autopay_tz_words(self):
        for policy in self:
            policy.autopay_tz_words = policy.company_id._get_autopay_tz_words()

    @api.model
    def default_get(self, field_names):
        """Override of `base` to start from the company's present configuration."""
        values = super().default_get(field_names)
        [present] = self.env.company.read(COMPANY_FIELDS, load=None)
        values.update((name, present[name]) for name in present if name in field_names)
        return values

    def action_autopay_adopt_database(self):
        """Let this database charge for the company, instead of another."""
        self.company_id.action_autopay_adopt_database()
        return {"type": "ir.actions.act_window_close"}

    def action_apply(self):
        """Write what was changed on the company."""
        self.ensure_one()
        check_manager(self)
        [vals] = self.read(COMPANY_FIELDS, load=None)
        company = self.company_id.sudo()
        [present] = company.read(COMPANY_FIELDS, load=None)
        company.write(
            {name: vals[name] for name in COMPANY_FIELDS if vals[name] != present[name]}
        )
        return {"type": "ir.actions.act_window_close"}
