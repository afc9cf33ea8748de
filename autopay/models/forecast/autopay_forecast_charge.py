from odoo import api, fields, models

from ... import const


class AutopayForecastCharge(models.Model):
    """One charge of one invoice that is to come, as it was foreseen last.

    The rows of a customer are replaced as a whole each time (``autopay.forecast
    .refresh``); nothing rests on them.
    """

    _name = "autopay.forecast.charge"
    _inherit = "autopay.default.guard"
    _description = "Coming Charge"
    _log_access = False
    _order = "date, id"
    _rec_name = "move_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(
        string="Day", required=True, readonly=True, help="The day of the charge."
    )
    certainty = fields.Selection(
        const.forecast.CERTAINTIES, required=True, readonly=True
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Of later invoices of a series: the draft from which they are made.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        readonly=True,
        index=True,
        ondelete="set null",
    )
    provider_id = fields.Many2one(
        "payment.provider", readonly=True, ondelete="set null"
    )
    payment_method_id = fields.Many2one(
        "payment.method", string="Kind of Method", readonly=True, ondelete="set null"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(
        readonly=True, aggregator=None, help="In the currency of the invoice."
    )
    company_currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_amount = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="At the rate of the day on which it was foreseen.",
    )
    date_foreseen = fields.Datetime(string="As of", required=True, readonly=True)
    _customer_idx = models.Index("(company_id, partner_id)")
    _day_idx = models.Index("(company_id, date)")

    # === ACTION METHODS === #

    def action_open(self):
        """Open the invoice."""
        self.ensure_one()
        self.check_access("read")
        return self.move_id._get_records_action()

    @api.model
    def _get_columns(self):
        """Return the columns that a row is written with, in their order."""
        return (
            *("company_id", "date", "certainty", "move_id", "partner_id", "token_id"),
            *("provider_id", "payment_method_id", "currency_id", "amount"),
            *("company_currency_id", "company_amount", "date_foreseen"),
        )
