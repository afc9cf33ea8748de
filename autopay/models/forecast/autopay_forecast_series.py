from odoo import api, models
from odoo.fields import Domain

from ...const.invoice import PERIOD_MONTHS
from .plan import Foreseen


class AutopayForecastSeries(models.AbstractModel):
    """Foresees what recurring invoices bring that are not posted yet.

    Of a draft nobody can decide whether it is charged: it may be changed until then.
    Its customer is judged as it stands, and its day is by the rule on its own dates.
    """

    _name = "autopay.forecast.series"
    _description = "Forecast of Recurring Invoices"

    @api.model
    def _get_domain(self, company):
        """Return the domain of the drafts that Odoo posts and repeats."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "draft"),
                ("auto_post", "in", tuple(PERIOD_MONTHS)),
            ]
        )

    @api.model
    def _foresee(self, company, payers, last):
        """Yield the ``Foreseen`` till the last day.

        :param payers: the domain of the customers
        """
        if not company.autopay_enabled:
            return
        drafts = (
            self.env["account.move"]
            .sudo()
            .search(
                payers & self._get_domain(company) & Domain("date", "<=", last),
                order="id",
            )
        )
        drafts = self._filter_charged(company, drafts)
        tokens = drafts._get_autopay_tokens() if drafts else {}
        for draft in drafts:
            for number, day in enumerate(self._get_days(company, draft, last)):
                certainty = "series" if number else "draft"
                token = tokens[draft.id]
                yield Foreseen(day, certainty, draft, token, draft.amount_total)

    def _filter_charged(self, company, drafts):
        """Return the drafts that would be on autopay, of customers who are ready."""
        wanted = drafts.filtered(
            lambda draft: (
                draft.amount_total > 0
                and (
                    draft.autopay_status == "eligible"
                    or draft.partner_id._get_autopay_policy(company) == "automatic"
                )
            )
        )
        payers = wanted.commercial_partner_id.with_company(company)
        judged = self.env["autopay.readiness"].sudo()._judge(company, payers)
        ready = {payer.id for payer in payers if not judged[payer].code}
        return wanted.filtered(lambda draft: draft.commercial_partner_id.id in ready)

    def _get_days(self, company, draft, last):
        """Yield the days on which a draft, and those that follow it, are charged."""
        today = company._get_autopay_today()
        until = draft.auto_post_until or last
        number, posted = 0, draft.date
        while posted <= last and (not number or posted <= until):
            day = self._get_day(company, draft, posted, number)
            if day > last:
                return
            yield max(day, posted, today)
            number += 1
            posted = draft._get_autopay_repeat_date(number)

    def _get_day(self, company, draft, posted, number):
        """Return the day on which an invoice of a series is charged, by the rule."""
        if not number and draft.autopay_date:
            return draft.autopay_date
        later = posted - draft.date
        invoiced = (draft.invoice_date or draft.date) + later
        due = (draft.invoice_date_due or draft.date) + later
        return company._get_autopay_date(invoiced, due)
