from datetime import datetime, timezone

from odoo import api, models

from ... import const
from ...const.reversal import (
    BANK_RETURN_REASONS,
    FINDINGS_NOT_WITHDRAWN,
    FINDINGS_WITHDRAWN,
    STATUS_FINDINGS,
)
from ...gateways.money import from_minor

# Values that may change of a refund or dispute that is written down.
FOLLOWED = ("status", "finding", "respond_by_date")


class AutopayReversalReport(models.AbstractModel):
    """Writes down what a provider reports of money that went back."""

    _name = "autopay.reversal.report"
    _description = "Reports of Refunds and Disputes"

    def _record_reports(self, attempts, reports):
        """Write down what was reported of these attempts.

        :param dict reports: {attempt id: reports}
        :return: the attempts that could be locked
        """
        locked = attempts.try_lock_for_update(allow_referencing=True)
        known = self._get_known(locked, reports)
        for attempt in locked:
            for report in reports[attempt.id]:
                key = (attempt.provider_id.id, report.ref)
                known[key] = self._record_report(attempt, report, known.get(key))
        # Money that went back was taken before: find out when we do not know that yet.
        unsure = locked.filtered(
            lambda attempt: attempt.state in const.attempt.OPEN_STATES
        )
        if unsure:
            unsure._check_soon()
        return locked

    def _get_known(self, attempts, reports):
        """Return {(provider id, reference): reversal} of what is written down."""
        refs = [report.ref for attempt in attempts for report in reports[attempt.id]]
        found = self.env["autopay.reversal"].search(
            [("provider_id", "in", attempts.provider_id.ids), ("ref", "in", refs)]
        )
        return {(rec.provider_id.id, rec.ref): rec for rec in found}

    def _record_report(self, attempt, report, reversal):
        """Create or update the reversal that a report speaks of.

        :param reversal: the one that is written down, None when it is new
        :return: the reversal
        """
        vals = self._prepare_report_vals(attempt, report)
        notice = self.env["autopay.reversal.notice"]
        if not reversal:
            reversal = self.env["autopay.reversal"].create(vals)
            notice._on_new(reversal)
        elif any(reversal[name] != vals[name] for name in FOLLOWED):
            known = reversal.finding
            self._update(reversal, vals)
            notice._on_change(reversal, known)
        reversal._schedule_check()
        return reversal

    def _update(self, reversal, vals):
        """Take in what is new; the amount that was booked stays what it is."""
        if reversal.payment_ids:
            booked = ("amount", "amount_minor", "currency_id", "kind")
            vals = {name: vals[name] for name in vals if name not in booked}
        reversal.write(vals)

    @api.model
    def _prepare_report_vals(self, attempt, report):
        """Return what a report says of a charge, as values.

        :param report: a ``ReversalReport``
        """
        currency = self._get_currency(attempt, report)
        places, code = currency.decimal_places, attempt.provider_id.code
        amount = from_minor(report.amount_minor, currency.name, places, code)
        return {
            "kind": self._get_kind(attempt, report),
            "ref": report.ref,
            "attempt_id": attempt.id,
            "provider_id": attempt.provider_id.id,
            "charge_ref": report.charge_ref,
            "event_date": self._get_moment(report.created_at),
            "respond_by_date": bool(report.due_by) and self._get_moment(report.due_by),
            "status": report.status,
            "reason": report.reason,
            "network_code": report.network_code,
            "currency_id": currency.id,
            "amount_minor": report.amount_minor,
            "amount": float(amount),
            "finding": self._get_finding(report),
        }

    @api.model
    def _get_moment(self, seconds):
        return datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)

    @api.model
    def _get_currency(self, attempt, report):
        """Return the report's currency; another than the charge's is not booked."""
        name = report.currency.upper()
        if name == attempt.currency_id.name:
            return attempt.currency_id
        currencies = self.env["res.currency"].with_context(active_test=False)
        return currencies.search([("name", "=", name)], limit=1) or attempt.currency_id

    @api.model
    def _get_kind(self, attempt, report):
        """Return the kind: a dispute of a debit that the bank returned is a return."""
        returned = (
            report.kind == "dispute"
            and report.reason in BANK_RETURN_REASONS
            and attempt.token_id._is_autopay_debit()
        )
        return "return" if returned else report.kind

    @api.model
    def _get_finding(self, report):
        """Return what a report comes to: the movements of money outweigh the status."""
        finding = STATUS_FINDINGS[report.kind].get(report.status, "inquiry")
        if report.withdrawn is None:
            return finding
        table = FINDINGS_WITHDRAWN if report.withdrawn else FINDINGS_NOT_WITHDRAWN
        return table.get(finding, finding)
