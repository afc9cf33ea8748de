from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    autopay_enabled = fields.Boolean(
        related="company_id.autopay_enabled", readonly=False
    )
    autopay_policy = fields.Selection(
        related="company_id.autopay_policy", readonly=False
    )
    autopay_date_rule = fields.Selection(
        related="company_id.autopay_date_rule", readonly=False
    )
    autopay_date_offset = fields.Integer(
        related="company_id.autopay_date_offset", readonly=False
    )
    autopay_month_day = fields.Integer(
        related="company_id.autopay_month_day", readonly=False
    )
    autopay_discount_policy = fields.Selection(
        related="company_id.autopay_discount_policy", readonly=False
    )
    autopay_combine = fields.Boolean(
        related="company_id.autopay_combine", readonly=False
    )
    autopay_responsible_id = fields.Many2one(
        related="company_id.autopay_responsible_id", readonly=False
    )
    autopay_summary = fields.Selection(
        related="company_id.autopay_summary", readonly=False
    )
    autopay_reporter_ids = fields.Many2many(
        related="company_id.autopay_reporter_ids", readonly=False
    )
    autopay_provider_id = fields.Many2one(
        related="company_id.autopay_provider_id", readonly=False
    )
    autopay_wire_days = fields.Integer(
        related="company_id.autopay_wire_days", readonly=False
    )
    autopay_move_days = fields.Integer(
        related="company_id.autopay_move_days", readonly=False
    )
    autopay_quiet_days = fields.Integer(
        related="company_id.autopay_quiet_days", readonly=False
    )
    autopay_fallback = fields.Boolean(
        related="company_id.autopay_fallback", readonly=False
    )
    autopay_retry_card = fields.Char(
        related="company_id.autopay_retry_card", readonly=False
    )
    autopay_retry_debit = fields.Char(
        related="company_id.autopay_retry_debit", readonly=False
    )
    autopay_retry_technical = fields.Char(
        related="company_id.autopay_retry_technical", readonly=False
    )
    autopay_notice_days_card = fields.Integer(
        related="company_id.autopay_notice_days_card", readonly=False
    )
    autopay_notice_days_debit = fields.Integer(
        related="company_id.autopay_notice_days_debit", readonly=False
    )
    autopay_notice_days_sepa = fields.Integer(
        related="company_id.autopay_notice_days_sepa", readonly=False
    )
    autopay_notice_gate = fields.Boolean(
        related="company_id.autopay_notice_gate", readonly=False
    )
    autopay_receipt_paper = fields.Selection(
        related="company_id.autopay_receipt_paper", readonly=False
    )
    autopay_confirm_hours = fields.Integer(
        related="company_id.autopay_confirm_hours", readonly=False
    )
    autopay_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Limit"
    )
    autopay_approval_limit = fields.Monetary(
        related="company_id.autopay_approval_limit",
        readonly=False,
        currency_field="autopay_currency_id",
    )

    autopay_confirm_limit = fields.Monetary(
        related="company_id.autopay_confirm_limit",
        readonly=False,
        currency_field="autopay_currency_id",
    )
    autopay_credit_policy = fields.Selection(
        related="company_id.autopay_credit_policy", readonly=False
    )
    autopay_copied = fields.Boolean(
        compute="_compute_autopay_copied",
        help="Autopay was switched on in another database than this one.",
    )
    autopay_tz_words = fields.Char(compute="_compute_autopay_tz_words")
    autopay_ready_words = fields.Char(compute="_compute_autopay_prospect")
    autopay_due_words = fields.Char(compute="_compute_autopay_prospect")

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_autopay_prospect(self):
        for settings in self:
            ready, due = settings.env["autopay.first.steps"]._get_prospect(
                settings.company_id
            )
            settings.update({"autopay_ready_words": ready, "autopay_due_words": due})

    @api.depends("company_id")
    def _compute_autopay_copied(self):
        for settings in self:
            settings.autopay_copied = settings.company_id._is_autopay_copied()

    @api.depends_context("lang")
    @api.depends("company_id", "autopay_responsible_id")
    def _compute_autopay_tz_words(self):
        for settings in self:
            settings.autopay_tz_words = settings.company_id._get_autopay_tz_words()

    # === ACTION METHODS === #

    def action_autopay_adopt_database(self):
        """Let this database charge for the company, instead of another."""
        return self.company_id.action_autopay_adopt_database()

    def action_view_autopay_due(self):
        """Open the invoices that the next run would look at."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.account_move_action_autopay"
        )
        action["context"] = {
            "default_move_type": "out_invoice",
            "search_default_autopay_due": 1,
        }
        return action

    def action_open_autopay_mails(self):
        """Open the kinds of mail that customers get."""
        settings = self.env["autopay.notice.setting"].with_company(self.company_id)
        return settings.action_open()

    def action_open_autopay_cron(self):
        """Open the scheduled action that charges due invoices."""
        action = self.env["ir.actions.act_window"]._for_xml_id("base.ir_cron_act")
        cron = self.env.ref("autopay.ir_cron_charge_due_invoices")
        return {**action, "res_id": cron.id, "views": [(False, "form")]}
