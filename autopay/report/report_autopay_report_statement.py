from odoo import api, models
from odoo.exceptions import UserError

from ..browser_values import is_id

# The names of the texts and ids that a printed statement is asked for with.
TEXTS = ("date_from", "date_to")


class ReportStatement(models.AbstractModel):
    """Prints the statements of customers, in their languages."""

    _name = "report.autopay.report_statement"
    _description = "Printed Statement"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Override of Odoo's reports.

        :param list docids: the customers
        :param dict data: as a browser sent it: *partner_id*, *company_id*, *date_from*,
            *date_to*, *currency_id*
        :raises AccessError: when the user may not read these statements
        :raises UserError: when there is no such statement
        """
        data = data or {}
        partners = self._browse("res.partner", docids or [data.get("partner_id")])
        company = self._browse("res.company", [data.get("company_id")])
        company = company or self.env.company
        currency = self._browse("res.currency", [data.get("currency_id")])
        period = self._read_period(company, data)
        if not partners:
            raise UserError(self.env._("Choose the customer whose statement it is."))
        return {
            "statements": [
                self._get_statement(partner, company, period, currency)
                for partner in partners
            ]
        }

    def _get_statement(self, partner, company, period, currency):
        """Return the statement of a customer in his language, if it can be printed."""
        service = self.with_context(lang=partner.lang).env["autopay.statement"]
        statement = service._get_for_staff(partner, company, period, currency)
        self.env["autopay.statement"]._check_paper(statement)
        return statement

    def _read_period(self, company, data):
        texts = [data.get(name) for name in TEXTS]
        texts = [text if isinstance(text, str) else "" for text in texts]
        return self.env["autopay.statement"]._read_period(company, *texts)

    def _browse(self, model, ids):
        return self.env[model].browse(filter(is_id, ids)).exists()
