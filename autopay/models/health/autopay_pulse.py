from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

BEAT_QUERY = """
    INSERT INTO autopay_pulse (company_id, looked_date)
         VALUES %s
    ON CONFLICT (company_id) DO UPDATE SET looked_date = EXCLUDED.looked_date
"""


class AutopayPulse(models.Model):
    """When the engine last looked at everything that was due in a company.

    It is no field of the company: users who save their settings must not be in the way
    of the engine, nor the engine in theirs.
    """

    _name = "autopay.pulse"
    _description = "Sign of Life of Autopay"
    _inherit = "autopay.default.guard"
    _rec_name = "company_id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    looked_date = fields.Datetime(string="Last Look", required=True, readonly=True)

    _company_uniq = models.UniqueIndex("(company_id)", "The company has a pulse.")

    # === ACTION METHODS === #

    @api.model
    def action_report_silence(self):
        """Call the people in charge of silent companies, as no scheduled action does.

        :return: the sentences of the banner
        :raises AccessError: for all but billing users
        """
        sentences = self.env["autopay.engine.health"]._get_silence()
        if sentences:
            self.env["autopay.deadline"].sudo()._call_about_silence()
        return sentences

    # === BUSINESS METHODS === #

    @api.model
    def _beat(self, companies):
        """Note that all that is due in these companies was looked at just now."""
        if not companies:
            return
        now = fields.Datetime.now()
        rows = SQL(", ").join(SQL("(%s, %s)", each.id, now) for each in companies)
        query = SQL(BEAT_QUERY, rows)
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(query, log_exceptions=False)
        except SerializationFailure:
            # Another server has looked since this transaction began: as good a sign.
            return
        self.invalidate_model()

    @api.model
    def _get_looked_dates(self, companies):
        """Return {company: when all that is due was last looked at}."""
        rows = self.sudo().search_fetch([("company_id", "in", companies.ids)])
        dates = {row.company_id: row.looked_date for row in rows}
        return {company: dates.get(company, False) for company in companies}
