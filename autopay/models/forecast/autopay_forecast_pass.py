from odoo import api, fields, models


class AutopayForecastPass(models.Model):
    """Remembers how far the forecast of a company has come, and as of when it is."""

    _name = "autopay.forecast.pass"
    _inherit = "autopay.default.guard"
    _description = "Progress of the Forecast"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    day = fields.Date(readonly=True, help="The day for which all was foreseen.")
    last_partner_id = fields.Integer(
        readonly=True, help="The customer up to whom it was, of a pass under way."
    )
    begun_date = fields.Datetime(
        readonly=True, help="When the pass began that is under way or was the last."
    )
    date = fields.Datetime(readonly=True, help="When the last whole pass began.")
    _company_uniq = models.Constraint(
        "unique (company_id)", "A company has one forecast."
    )

    @api.model
    def _get_of(self, company):
        """Return the row of a company, a new one if need be."""
        found = self.search([("company_id", "=", company.id)])
        return found or self.create({"company_id": company.id})

    @api.model
    def _get_dates(self, companies):
        """Return since when the forecasts of companies are known that have one."""
        found = self.sudo().search(
            [("company_id", "in", companies.ids), ("date", "!=", False)]
        )
        return found.mapped("date")
