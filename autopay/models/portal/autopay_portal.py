from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...const.invoice import OPEN_STATUSES, UNPAID_STATES
from ...words.portal.coming import get_series_row
from ...words.portal.pages import get_portal_sentence
from .linked import get_linked
from .status import Also, PortalStatus

# The open invoices that are looked at for the next charge: the first of them decides.
NEXT_MOVES = 5

# Further ahead customers are told of no charge.
FORECAST_SPAN = timedelta(days=366)


class AutopayPortal(models.AbstractModel):
    """Answers what a customer's own pages ask, for the user who is logged in.

    Customers may read nothing of autopay. Each method finds out for whom it answers,
    and looks with the rights of the system only at what is that customer's.
    """

    _name = "autopay.portal"
    _description = "Autopay Pages of Customers"

    # === WHOSE === #

    @api.model
    def _get_payer(self):
        """Return the customer for whom the user looks, a commercial entity.

        :raises AccessError: when nobody is logged in
        """
        if linked := get_linked(self.env):
            return linked.payer
        if self.env.user._is_public():
            raise AccessError(self.env._("Log in to see your autopay settings."))
        return self.env.user.partner_id.commercial_partner_id.sudo()

    @api.model
    def _get_companies(self):
        """Return the companies with Autopay on that the customer deals with.

        The company of the user comes first; no query is made where Autopay never was.
        """
        companies = self.env["res.company"].sudo()
        if not companies._get_autopay_known_ids() or self.env.user._is_public():
            return companies
        enabled = companies.search([("autopay_enabled", "=", True)])
        own = enabled.filtered(lambda rec: rec == self.env.user.company_id)
        return own | self._filter_known(enabled - own)

    def _filter_known(self, companies):
        """Return those that have an invoice of the customer, or its agreement.

        Who has agreed by a mailed link reads there what to, and withdraws it, before
        the first invoice as well.
        """
        if not companies:
            return companies
        own = Domain("partner_id", "=", self._get_payer().id)
        own &= Domain("company_id", "in", companies.ids)
        dealings = {
            "account.move": self._get_domain(companies),
            "autopay.authorization": own,
            "autopay.method.setup": own & Domain("state", "=", "waiting"),
        }
        found = companies.browse()
        for model, domain in dealings.items():
            groups = self.env[model].sudo()._read_group(domain, ["company_id"])
            found = found.union(*(company for (company,) in groups))
        return companies & found

    @api.model
    def _get_company(self, company_id=None):
        """Return one of these companies, the first one by default; empty without it.

        :param company_id: as the browser sent it, perhaps nothing
        """
        companies = self._get_companies()
        if not company_id:
            return companies[:1]
        return companies.filtered(lambda company: company.id == company_id)

    @api.model
    def _get_domain(self, companies):
        """Return the domain of the customer's posted invoices in these companies."""
        return Domain(
            [
                ("commercial_partner_id", "=", self._get_payer().id),
                ("company_id", "in", companies.ids),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
            ]
        )

    @api.model
    def _may_change(self):
        """Return whether the user may change how the customer pays."""
        if linked := get_linked(self.env):
            return linked.may_change
        return self.env.user.partner_id.sudo().autopay_portal_manager

    @api.model
    def _check_may_change(self):
        """Let only contacts pass who may change how the customer pays.

        :raises AccessError: who can be asked instead
        """
        if not self._may_change():
            raise AccessError(get_portal_sentence(self.env, "read_only"))

    # === HOW IT STANDS === #

    @api.model
    def _get_status(self, company):
        """Return the ``PortalStatus`` of the customer in a company."""
        payer = self._get_payer().with_company(company)
        judged = self.env["autopay.readiness"].sudo()._judge(company, payer)[payer]
        coming = self._get_coming(company, limit=NEXT_MOVES)
        return PortalStatus(
            company=company,
            code=judged.value,
            token=judged.token,
            # One that was removed pays nothing any more.
            default=payer.autopay_token_id.filtered("active"),
            configured=judged.configured,
            is_agreed=bool(self._get_consents(company)),
            policy=payer._get_autopay_policy(company),
            next=min(coming, key=lambda each: each.day, default=None),
            also=self._get_also(company),
        )

    @api.model
    def _get_also(self, company):
        """Return what is charged later and is not invoiced yet, as ``Also``.

        Hook for other modules. Here it is the next invoice of each series: until it is
        posted its amount may change, and its draft is none of the customer's business.
        """
        payer = self._get_payer()
        series = self.env["autopay.forecast.series"].sudo().with_company(company)
        own = Domain("commercial_partner_id", "=", payer.id)
        found = series._foresee(company, own, self._get_last_day(company))
        return [
            Also(*get_series_row(self.env, each))
            for each in sorted(found, key=lambda each: each.day)
            if each.certainty == "draft"
        ]

    @api.model
    def _get_consents(self, company):
        """Return the customer's consents in force in a company."""
        domain = [
            ("partner_id", "=", self._get_payer().id),
            ("company_id", "=", company.id),
            ("revoked_date", "=", False),
        ]
        return self.env["autopay.authorization"].sudo().search(domain)

    @api.model
    def _get_coming(self, company, limit):
        """Return the next charges of the customer's invoices, for a first look.

        :return: a list of ``ForecastCharge``
        """
        domain = self._get_coming_domain(company)
        moves = self.env["account.move"].sudo().with_company(company)
        first = moves.search(domain, order="autopay_date, id", limit=limit)
        if not first:
            return []
        forecasts = self.env["autopay.forecast"].sudo().with_company(company)
        last = self._get_last_day(company)
        return forecasts._forecast(company, first, last).charges

    @api.model
    def _get_coming_domain(self, company):
        """Return the domain of the customer's invoices that are to be collected."""
        return self._get_domain(company) & Domain(
            [
                ("autopay_status", "in", OPEN_STATUSES),
                ("payment_state", "in", UNPAID_STATES),
            ]
        )

    @api.model
    def _get_last_day(self, company):
        """Return the last day that coming charges are told of."""
        return company._get_autopay_today() + FORECAST_SPAN
