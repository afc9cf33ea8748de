from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import AccessError

from ...rights import BILLING_GROUP


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    kpi_autopay_collected = fields.Boolean("Collected by Autopay")
    kpi_autopay_collected_value = fields.Monetary(
        compute="_compute_kpi_autopay_collected_value"
    )
    kpi_autopay_failed = fields.Boolean("Failed Charges")
    kpi_autopay_failed_value = fields.Integer(
        compute="_compute_kpi_autopay_failed_value"
    )
    kpi_autopay_rate = fields.Boolean("Success Rate of Autopay (%)")
    kpi_autopay_rate_value = fields.Integer(compute="_compute_kpi_autopay_rate_value")

    # === COMPUTE METHODS === #

    def _compute_kpi_autopay_collected_value(self):
        """Sum up what was collected, in the currency of each company."""
        end = fields.Date.to_date(self._get_kpi_compute_parameters()[1])
        sums = defaultdict(float)
        for company, state, currency, amount, _count in self._get_autopay_totals():
            if state == "succeeded":
                sums[company] += currency._convert(
                    amount, company.currency_id, company, end
                )
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_autopay_collected_value = sums[company]

    def _compute_kpi_autopay_failed_value(self):
        counts = self._get_autopay_counts()
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_autopay_failed_value = counts[company, "declined"]

    def _compute_kpi_autopay_rate_value(self):
        counts = self._get_autopay_counts()
        for digest in self:
            company = digest.company_id or self.env.company
            won, lost = counts[company, "succeeded"], counts[company, "declined"]
            digest.kpi_autopay_rate_value = round(100 * won / ((won + lost) or 1))

    def _get_autopay_counts(self):
        """Return {(company, state): number of charges that ended so}."""
        counts = defaultdict(int)
        for company, state, _currency, _amount, count in self._get_autopay_totals():
            counts[company, state] += count
        return counts

    def _get_autopay_totals(self):
        """Return [(company, state, currency, amount, number)] of what has ended.

        Each figure asks for itself: Odoo reads them one by one, each for other days.

        :raises AccessError: to leave it out of the digest of users who may not read it,
            and where Autopay never was on
        """
        known = self.env["res.company"]._is_autopay_known_anywhere()
        if not known or not self.env.user.has_group(BILLING_GROUP):
            raise AccessError(self.env._("Only billing users may read this."))
        start, end, companies = self._get_kpi_compute_parameters()
        return self.env["autopay.attempt"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("state", "in", ("succeeded", "declined")),
                ("outcome_date", ">=", start),
                ("outcome_date", "<", end),
            ],
            ["company_id", "state", "currency_id"],
            ["amount:sum", "__count"],
        )

    def _compute_kpis_actions(self, company, user):
        """Override of `digest` to open what the figures count."""
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("autopay.autopay_menu", raise_if_not_found=False)
        # Without the menu the lists open all the same.
        query = f"?menu_id={menu.id}" if menu else ""
        charges = f"autopay.autopay_attempt_action{query}"
        failed = f"autopay.autopay_attempt_action_failed{query}"
        return {
            **actions,
            "kpi_autopay_collected": charges,
            "kpi_autopay_failed": failed,
            "kpi_autopay_rate": charges,
        }
