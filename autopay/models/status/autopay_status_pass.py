from odoo import fields, models


class AutopayStatusPass(models.Model):
    """Remembers how far the daily look at a company's invoices has come.

    Most invoices stand as the day before: nothing is written on these.
    """

    _name = "autopay.status.pass"
    _inherit = "autopay.default.guard"
    _description = "Daily Look at Invoices"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    day = fields.Date(readonly=True, help="The day for which all were looked at.")
    last_move_id = fields.Integer(
        readonly=True, help="The invoice up to which they were, of a pass under way."
    )
    date = fields.Datetime(readonly=True, help="When the last look ended.")
    turn_date = fields.Datetime(
        readonly=True, help="When the job last had its turn with the company."
    )
    _company_uniq = models.Constraint(
        "unique (company_id)", "A company has one daily look."
    )

    def _get_of(self, company):
        """Return the row of a company, a new one if need be."""
        found = self.search([("company_id", "=", company.id)])
        return found or self.create({"company_id": company.id})

    def _get_dates(self, companies):
        """Return {company: when it last had its turn}."""
        rows = self.search([("company_id", "in", companies.ids)])
        return {row.company_id: row.turn_date for row in rows}
