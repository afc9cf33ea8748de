import logging

from odoo import api, fields, models

from ...const import reconciliation as const

_logger = logging.getLogger(__name__)


class AutopayReconciliationCheck(models.AbstractModel):
    """The daily check: compares by itself and calls people when something differs."""

    _name = "autopay.reconciliation.check"
    _description = "Daily Reconciliation of Charges"

    @api.model
    def _cron_compare_charges(self):
        """Compare yesterday and a few days before, for each provider that is asked."""
        companies = self.env["res.company"]
        if companies._is_autopay_unused() or companies._is_autopay_neutralized():
            return
        providers = self._get_providers()
        for number, provider in enumerate(providers):
            self._compare_safely(provider)
            left = self.env["ir.cron"]._commit_progress(
                1, remaining=len(providers) - number - 1
            )
            if left <= 0:
                return

    def _get_providers(self):
        """Return providers with attempts that can be asked, and were not today.

        One that is switched off is asked as long as it charged in the period.
        """
        codes = self.env["payment.provider"]._get_autopay_codes("history")
        groups = self.env["autopay.attempt"]._read_group(
            [("provider_id.code", "in", codes)],
            ["provider_id"],
            ["charging_date:max"],
        )
        return [
            provider
            for provider, last in groups
            if not self._get_existing(provider)
            and (provider.state != "disabled" or self._is_in_period(provider, last))
        ]

    def _is_in_period(self, provider, moment):
        """Return whether the check of today looks at a moment; clocks may differ."""
        first = fields.Date.subtract(self._get_first_day(provider), days=1)
        return bool(moment) and moment.date() >= first

    def _get_existing(self, provider):
        """Return today's check of a provider, when there was one."""
        return self.env["autopay.reconciliation"].search(
            [
                ("provider_id", "=", provider.id),
                ("trigger", "=", "scheduled"),
                ("date_to", "=", self._get_yesterday(provider)),
                ("state", "in", ("agrees", "differs")),
            ],
            limit=1,
        )

    def _get_yesterday(self, provider):
        return fields.Date.subtract(provider.company_id._get_autopay_today(), days=1)

    def _get_first_day(self, provider):
        """Return from which day on to compare: missed checks are caught up."""
        yesterday = self._get_yesterday(provider)
        known = self._get_known_day(provider)
        first = min(yesterday, known or yesterday)
        return max(
            fields.Date.subtract(first, days=const.OVERLAP_DAYS),
            fields.Date.subtract(yesterday, days=const.CATCH_UP_DAYS),
        )

    def _get_known_day(self, provider):
        """Return the last day that a daily check compared completely.

        Without any, the day of the first charge; False when there is none.
        """
        [(last,)] = self.env["autopay.reconciliation"]._read_group(
            [
                ("provider_id", "=", provider.id),
                ("trigger", "=", "scheduled"),
                ("state", "in", ("agrees", "differs")),
            ],
            aggregates=["date_to:max"],
        )
        if last:
            return last
        [(first,)] = self.env["autopay.attempt"]._read_group(
            [("provider_id", "=", provider.id)], aggregates=["charging_date:min"]
        )
        return first and first.date()

    def _compare_safely(self, provider):
        """Compare for one provider; what goes wrong stops no other."""
        try:
            self._compare(provider)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("The charges of provider %s were not compared.", provider)

    def _compare(self, provider):
        reconciliation = self.env["autopay.reconciliation"].create(
            {
                "provider_choice": str(provider.id),
                "date_from": self._get_first_day(provider),
                "date_to": self._get_yesterday(provider),
                "trigger": "scheduled",
            }
        )
        reconciliation._compare()
        self._alert(reconciliation)

    def _alert(self, reconciliation):
        """Call people about new differences, or that the provider did not answer."""
        company = reconciliation.company_id
        notification = self.env["autopay.notification"]
        if reconciliation.state == "incomplete" and not self._is_called(reconciliation):
            summary = self.env._("Charges could not be compared with the provider")
            notification._alert(
                reconciliation, company, summary, reconciliation.problem_text
            )
        if news := self._get_new_differences(reconciliation):
            summary = self.env._("Charges and books differ")
            notification._alert(reconciliation, company, summary, news[0].explanation)

    def _is_called(self, reconciliation):
        """Return whether a person still has to see to an earlier reading like this."""
        activity_type = self.env.ref("autopay.mail_activity_type_attention")
        earlier = self.env["autopay.reconciliation"].search_count(
            [
                ("provider_id", "=", reconciliation.provider_id.id),
                ("trigger", "=", "scheduled"),
                ("state", "=", "incomplete"),
                ("id", "<", reconciliation.id),
                ("activity_ids.activity_type_id", "=", activity_type.id),
            ],
            limit=1,
        )
        return bool(earlier)

    def _get_new_differences(self, reconciliation):
        """Return the differences that no earlier daily check has shown."""
        earlier = self.env["autopay.reconciliation.line"].search(
            [
                ("reconciliation_id.trigger", "=", "scheduled"),
                ("reconciliation_id.provider_id", "=", reconciliation.provider_id.id),
                ("reconciliation_id.id", "<", reconciliation.id),
                ("is_difference", "=", True),
            ]
        )
        known = {line._get_key() for line in earlier}
        return reconciliation.difference_ids.filtered(
            lambda line: line._get_key() not in known
        )

    @api.autovacuum
    def _gc_reconciliations(self):
        """Delete daily checks of more than a year ago."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=const.KEEP_DAYS)
        old = self.env["autopay.reconciliation"].search(
            [("trigger", "=", "scheduled"), ("create_date", "<", limit)], limit=1000
        )
        old.unlink()
