from odoo import Command, api, fields, models

from .. import const
from ..const.notices.outbox import RECEIPT_PAPERS
from ..const.notices.staff import SUMMARY_RULES
from ..rights import check_manager

# Fields of the company that billing managers decide about. Limits that hold for them,
# and the provider, are set by administrators.
COMPANY_FIELDS = [
    "autopay_enabled",
    "autopay_policy",
    "autopay_date_rule",
    "autopay_date_offset",
    "autopay_month_day",
    "autopay_discount_policy",
    "autopay_combine",
    "autopay_responsible_id",
    "autopay_credit_policy",
    "autopay_wire_days",
    "autopay_retry_card",
    "autopay_retry_debit",
    "autopay_retry_technical",
    "autopay_fallback",
    "autopay_quiet_days",
    "autopay_notice_days_card",
    "autopay_notice_days_sepa",
    "autopay_notice_days_debit",
    "autopay_notice_gate",
    "autopay_receipt_paper",
    "autopay_confirm_hours",
    "autopay_move_days",
    "autopay_reporter_ids",
    "autopay_summary",
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
    autopay_credit_policy = fields.Selection(
        const.invoice.CREDIT_POLICIES,
        string="Open Credit",
        required=True,
        help="What happens to a due invoice while payments or credit notes of its "
        "customer pay nothing yet. What cannot be applied without doubt always waits "
        "for a person.",
    )
    autopay_wire_days = fields.Integer(
        string="Days to Wait for a Transfer",
        help="A customer who chooses to pay by wire transfer keeps Autopay away from "
        "the invoice. After so many days the person in charge is asked whether the "
        "money will come.",
    )
    autopay_retry_card = fields.Char(string="Declined Cards")
    autopay_retry_debit = fields.Char(string="Returned Bank Debits")
    autopay_retry_technical = fields.Char(string="Technical Failures")
    autopay_fallback = fields.Boolean(
        string="Try Another Method",
        help="When a charge was declined and trying again will not help, charge the "
        "next method that the customer has agreed to. A customer may have a rule of "
        "its own.",
    )
    autopay_quiet_days = fields.Integer(
        string="Days without Reminders",
        help="Invoices that will be charged automatically, or are tried again, are "
        "left out of follow-ups until so many days after their due date. Zero: "
        "customers are reminded all the same.",
    )
    autopay_notice_days_card = fields.Integer(string="Cards")
    autopay_notice_days_sepa = fields.Integer(string="SEPA Debits")
    autopay_notice_days_debit = fields.Integer(string="Other Bank Debits")
    autopay_notice_gate = fields.Boolean(
        string="No Charge without Notice",
        help="Nothing is charged before the mail was sent and the days are over. "
        "Charge Now charges nevertheless.",
    )
    autopay_receipt_paper = fields.Selection(
        RECEIPT_PAPERS,
        string="PDF with Receipts",
        help="A mail whose PDF cannot be printed goes without it.",
    )
    autopay_confirm_hours = fields.Integer(
        string="Hours to Confirm",
        help="When a bank wants a customer to confirm a charge, the customer has so "
        "many hours for it. Then the charge is withdrawn and counts as failed.",
    )
    autopay_move_days = fields.Integer(
        string="Days to Move a Charge",
        help="Customers may move a charge in the portal, at most to so many days after "
        "the due date of the invoice. Zero: they may not.",
    )
    autopay_reporter_ids = fields.Many2many(
        "res.users",
        string="Reports To",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who gets the summaries, the failures of the day, and word of refunds and "
        "disputes. Empty: the person in charge.",
    )
    autopay_summary = fields.Selection(
        SUMMARY_RULES,
        string="Summary of Each Run",
        required=True,
        help="Mailed after a scheduled run that has charged something.",
    )

    autopay_copied = fields.Boolean(compute="_compute_autopay_copied")
    autopay_tz_words = fields.Char(compute="_compute_autopay_tz_words")
    autopay_ready_words = fields.Char(compute="_compute_autopay_prospect")
    autopay_due_words = fields.Char(compute="_compute_autopay_prospect")

    @api.depends_context("lang")
    @api.depends("company_id")
    def _compute_autopay_prospect(self):
        for policy in self:
            steps = self.env["autopay.first.steps"]
            ready, due = steps._get_prospect(policy.company_id)
            policy.update({"autopay_ready_words": ready, "autopay_due_words": due})

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
        present = self._read_company(self.env.company)
        values.update((name, present[name]) for name in present if name in field_names)
        return values

    @api.model
    def _read_company(self, record):
        """Return what a company says, or a dialog of it, as values to be written."""
        [vals] = record.read(COMPANY_FIELDS, load=None)
        del vals["id"]
        reporters = sorted(vals["autopay_reporter_ids"])
        return {**vals, "autopay_reporter_ids": [Command.set(reporters)]}

    def action_autopay_adopt_database(self):
        """Let this database charge for the company, instead of another."""
        self.company_id.action_autopay_adopt_database()
        return {"type": "ir.actions.act_window_close"}

    def action_apply(self):
        """Write what was changed on the company."""
        self.ensure_one()
        check_manager(self)
        company = self.company_id.sudo()
        vals, present = self._read_company(self), self._read_company(company)
        company.write(
            {name: vals[name] for name in vals if vals[name] != present[name]}
        )
        return {"type": "ir.actions.act_window_close"}
