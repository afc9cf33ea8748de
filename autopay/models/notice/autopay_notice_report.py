from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...const.notices.staff import FAILED_STATES, REMIND_ANSWER_DAYS, REPORT_DAYS
from ...words.notices.staff import get_next_words
from .failure_row import FailureRow


class AutopayNoticeReport(models.AbstractModel):
    """Says of what a company's own people are told, and gathers it."""

    _name = "autopay.notice.report"
    _inherit = "autopay.stage"
    _description = "Reports to Staff"

    # === CRON METHODS === #

    @api.model
    def _cron_report_failures(self):
        """Tell people once a day which charges failed."""
        companies = self.env["res.company"]
        if companies._is_autopay_unused() or companies._is_autopay_neutralized():
            return
        known = companies.search([("autopay_known", "=", True)])
        self._apply(
            self._report_failures,
            known - companies._get_autopay_copied(),
            on_failure=self._alert_untold,
        )

    def _alert_untold(self, company, error):
        """Call a person, as people of a company are not told what was charged.

        :param error: the exception that keeps it from being written
        """
        notification = self.env["autopay.notification"]._for_staff(company)
        notification._alert_untold(company, str(error))

    # === EVENTS === #

    def _report_failures(self, companies):
        """Note that people are told of what failed since they were last told."""
        rows = []
        now = fields.Datetime.now()
        for company in companies:
            period = (self._get_last_report(company, now), now)
            if self._find_failed(company, *period):
                rows += self._prepare_failures(company)
        self.env["autopay.notice"]._announce(rows)

    def _prepare_failures(self, company):
        """Return the notices of the day on failures; none where it was told already.

        A person who gets reports from today on would else be told alone, and the next
        report would begin there for everybody.
        """
        day = company._get_autopay_today()
        key = f"company:{company.id}:failures:{day}"
        rows = self._prepare_rows(company, company, "staff_failures", key)
        keys = [row["event_key"] for row in rows]
        told = self.env["autopay.notice"].sudo()
        is_told = told.search_count([("event_key", "in", keys)], limit=1)
        return [] if is_told else rows

    @api.model
    def _on_run(self, run):
        """Note that people are told what a run has done, where they want to hear it."""
        if run.trigger == "scheduled":
            self._tell_runs(run, f"run:{run.id}:summary")

    def _tell_runs(self, runs, key):
        """Note that people are told what runs of a company have done, in one mail.

        :param str key: names the event, which is told once
        """
        rule = runs.company_id.sudo().autopay_summary
        if rule == "never":
            return
        sums = {run: groups for run, groups in runs._get_sums().items() if groups}
        if sums and (rule == "always" or self._went_wrong(runs, sums)):
            # A run that charged nothing gives way to the next one that finds the same.
            last = list(sums)[-1]
            rows = self._prepare_rows(last, runs.company_id, "staff_run", key)
            self.env["autopay.notice"]._announce(rows)

    def _went_wrong(self, runs, sums):
        """Return whether a charge of these runs failed, is in doubt or was not tried.

        :param dict sums: see ``_get_sums`` of the runs
        """
        groups = {group for own in sums.values() for group in own}
        return not groups.isdisjoint(("failed", "open")) or any(
            runs.mapped("stopped_text")
        )

    @api.model
    def _on_reversal(self, reversal):
        """Note that people are told of money that went back, or may have to."""
        if reversal.finding == "canceled" or reversal._is_made_in_odoo():
            return
        company = reversal.company_id
        key = f"reversal:{reversal.id}:new"
        rows = self._prepare_rows(reversal, company, "staff_returned", key)
        self.env["autopay.notice"]._announce(rows)
        self._on_deadline(reversal)

    @api.model
    def _on_deadline(self, reversal):
        """Note that people are reminded before the last day for an answer."""
        last = reversal.respond_by_date
        if not last or not reversal.is_to_answer:
            return
        key = f"reversal:{reversal.id}:answer:{last}"
        due = last - timedelta(days=REMIND_ANSWER_DAYS)
        company = reversal.company_id
        rows = self._prepare_rows(reversal, company, "staff_answer", key)
        self.env["autopay.notice"]._announce(
            [{**row, "due_date": max(due, fields.Datetime.now())} for row in rows]
        )

    def _prepare_rows(self, record, company, kind, key):
        """Return one notice for each person who gets reports of a company.

        :param str key: names the event; with the person it is told once
        """
        row = {
            "kind": kind,
            "company_id": company.id,
            "res_model": record._name,
            "res_id": record.id,
        }
        return [
            {**row, "partner_id": partner.id, "event_key": f"{key}:{partner.id}"}
            for partner in company._get_autopay_reporters().partner_id
        ]

    # === FAILURES === #

    def _get_last_report(self, company, moment):
        """Return until when failures were told, at most some days before a moment."""
        [(last,)] = (
            self.env["autopay.notice"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", company.id),
                    ("kind", "=", "staff_failures"),
                    ("create_date", "<", moment),
                ],
                aggregates=["create_date:max"],
            )
        )
        first = moment - timedelta(days=REPORT_DAYS)
        return max(last or first, first)

    def _find_failed(self, company, since, until):
        """Return the attempts of a company that failed after a moment."""
        return (
            self.env["autopay.attempt"]
            .sudo()
            .search(
                Domain("company_id", "=", company.id)
                & Domain("state", "in", FAILED_STATES)
                & Domain("outcome_date", ">", since)
                & Domain("outcome_date", "<=", until),
                order="id",
            )
        )

    @api.model
    def _get_failure_rows(self, attempts):
        """Return failures by customer, reason and what happens next, largest first."""
        rows = {}
        for attempt in attempts:
            moves = attempt.move_ids
            reason = attempt.explanation or ""
            next_step = self._get_next_words(attempt, moves)
            key = (attempt.partner_id, reason, next_step)
            row = rows.get(key)
            if row is None:
                row = rows[key] = FailureRow(
                    attempt.partner_id.display_name,
                    self._get_url(attempt),
                    reason,
                    next_step,
                    defaultdict(float),
                )
            row.sums[attempt.currency_id] += attempt.amount
            row.names += moves.mapped("name")
        return sorted(rows.values(), key=lambda row: -max(row.sums.values()))

    def _get_next_words(self, attempt, moves):
        owed = moves.filtered(
            lambda move: move.state == "posted" and move._is_autopay_open()
        )
        failed = owed.filtered(lambda move: move.autopay_status == "error")
        retry_date = min(
            filter(None, failed.mapped("autopay_retry_date")), default=False
        )
        return get_next_words(self.env, attempt, owed, retry_date)

    @api.model
    def _get_url(self, record):
        """Return the address of a record in the backend."""
        base = record.get_base_url()
        return f"{base}/odoo/{record._name}/{record.id}"
