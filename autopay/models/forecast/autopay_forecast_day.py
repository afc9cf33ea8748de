from odoo import api, fields, models
from odoo.tools import SQL, format_amount
from odoo.tools.translate import LazyTranslate

from ... import const
from ...rights import check_staff
from ...words.days import say_day
from ...words.filled import fill_in
from ...words.runs.health import get_moment

_lt = LazyTranslate(__name__)

# Sentences for a person who has the forecast computed and does not get it at once.
REFRESH_SENTENCES = {
    "later": _lt(
        "There are many invoices: they are looked at in the background. Come back in a "
        "few minutes."
    ),
    "busy": _lt(
        "The forecast is being computed at this moment, by the scheduled action or a "
        "colleague. Come back in a minute."
    ),
}

QUERY = """
    SELECT MIN(id) AS id, date, company_id, company_currency_id AS currency_id,
           provider_id, payment_method_id, certainty,
           SUM(company_amount) AS amount, COUNT(*) AS charge_count,
           COUNT(DISTINCT partner_id) AS partner_count,
           MIN(date_foreseen) AS date_foreseen
      FROM autopay_forecast_charge
  GROUP BY date, company_id, company_currency_id, provider_id, payment_method_id,
           certainty
"""
# The fields whose values the charges of a row have in common.
COMMON_FIELDS = ("date", "company_id", "provider_id", "payment_method_id", "certainty")


class AutopayForecastDay(models.Model):
    """The sum that comes on one day, by company, provider, method and certainty."""

    _name = "autopay.forecast.day"
    _inherit = "autopay.default.guard"
    _description = "Forecast of Collections"
    _auto = False
    _order = "date, id"
    _rec_name = "date"

    date = fields.Date(string="Day", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    provider_id = fields.Many2one("payment.provider", readonly=True)
    payment_method_id = fields.Many2one(
        "payment.method", string="Kind of Method", readonly=True
    )
    certainty = fields.Selection(const.forecast.CERTAINTIES, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        readonly=True,
        help="In the currency of the company, at the rate of the day on which it was "
        "foreseen.",
    )
    charge_count = fields.Integer(string="Charges", readonly=True)
    partner_count = fields.Integer(string="Customers", readonly=True, aggregator=None)
    date_foreseen = fields.Datetime(string="As of", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("amount", "charge_count", "certainty")
    def _compute_display_name(self):
        labels = dict(self._fields["certainty"]._description_selection(self.env))
        for day in self:
            if not day.currency_id:
                day.display_name = ""
                continue
            amount = format_amount(self.env, day.amount, day.currency_id)
            sure = day.certainty == "planned"
            word = "" if sure else labels.get(day.certainty, "")
            day.display_name = f"{amount} ({day.charge_count}) {word}".strip()

    @property
    def _table_query(self):
        return SQL(QUERY)

    # === ACTION METHODS === #

    def action_view_charges(self):
        """Open the charges of a row."""
        self.ensure_one()
        self.check_access("read")
        xml_id = "autopay.autopay_forecast_charge_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        domain = [(name, "=", self._get_common(name)) for name in COMMON_FIELDS]
        name = f"{say_day(self.env, self.date)}: {self.display_name}"
        # Of both names the web client shows the second one.
        action.update(name=name, display_name=name)
        return {**action, "domain": domain, "context": {}}

    def _get_common(self, name):
        value = self[name]
        return value.id if isinstance(value, models.BaseModel) else value

    @api.model
    @api.readonly
    def action_get_stamp(self):
        """Return since when what the page shows is known, as a sentence.

        :raises AccessError: for users who may not read what autopay does
        """
        check_staff(self)
        dates = self.env["autopay.forecast.pass"]._get_dates(self.env.companies)
        if not dates:
            return self.env._("Not computed yet")
        return self.env._("As of %s", get_moment(self.env, min(dates)))

    @api.model
    def action_refresh(self):
        """Foresee the charges of the user's companies anew.

        Few are foreseen at once, many by a job that begins within a minute; none where
        that job is at it.

        :return: a client action that tells which, or reads the page anew
        :raises AccessError: for users who may not read what autopay does
        """
        check_staff(self)
        refresh = self.env["autopay.forecast.refresh"].sudo()
        outcome = refresh._refresh_soon(self.env.companies)
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        if outcome == "done":
            return reload
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": fill_in(self.env, REFRESH_SENTENCES[outcome]),
                "next": reload,
            },
        }
