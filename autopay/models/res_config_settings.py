from odoo import fields, models


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
    autopay_responsible_id = fields.Many2one(
        related="company_id.autopay_responsible_id", readonly=False
    )
