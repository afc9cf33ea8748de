from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...const.engine import (
    HEALTH_DAYS,
    LATE_JOB_HOURS,
    SILENT_HOURS,
    UNSENT_HOURS,
)
from ...rights import BILLING_GROUP, check_billing, check_staff
from ...words.runs.health import JOB_NAMES, get_health_lines, get_silence_words
from .health import Books, Health, Job


class AutopayEngineHealth(models.AbstractModel):
    """Says how the engine is, also when no scheduled action runs any more."""

    _name = "autopay.engine.health"
    _description = "Health of Autopay"

    # === ALL OF IT === #

    @api.model
    def _get_health(self, companies):
        """Return {company: ``Health``}, in a handful of queries for all of them.

        :raises AccessError: for users who may not read what autopay does
        """
        check_staff(self)
        silent = self._find_silent(companies)
        looked = self.env["autopay.pulse"]._get_looked_dates(companies)
        copied = companies._get_autopay_copied()
        runs = self._get_last_runs(companies)
        interrupted = self._count_interrupted(companies)
        books = self._get_books(companies)
        unsent = self._count_unsent(companies)
        jobs = self._get_broken_jobs()
        return {
            company: Health(
                company=company,
                is_on=company.sudo().autopay_enabled and company not in copied,
                is_copied=company in copied,
                looked_date=looked[company] or None,
                is_silent=company in silent,
                last_run=runs[company],
                stopped_text=runs[company].stopped_text or "",
                interrupted_count=interrupted.get(company.id, 0),
                books=books.get(company.id, []),
                unsent_count=unsent.get(company.id, 0),
                jobs=jobs,
            )
            for company in companies
        }

    @api.model
    def _get_lines(self, companies):
        """Return the same in sentences, what is bad first.

        :return: [``Line``] with a level, a text, and what it opens
        """
        health = self._get_health(companies)
        return get_health_lines(self.env, list(health.values()))

    # === SILENCE === #

    @api.model
    def _find_silent(self, companies):
        """Return {company: since when} of those in which nothing is charged any more.

        A company without a sign of life counts from when its scheduled action was made.
        """
        enabled = companies.sudo().filtered("autopay_enabled")
        if not enabled:
            return {}
        limit = fields.Datetime.now() - timedelta(hours=SILENT_HOURS)
        silent = {
            company: since
            for company, since in self._get_last_signs(enabled).items()
            if since < limit
        }
        if not silent or enabled._is_autopay_neutralized():
            return {}
        copied = enabled._get_autopay_copied()
        return {
            company: since for company, since in silent.items() if company not in copied
        }

    def _get_last_signs(self, companies):
        """Return {company: when the engine was alive there}, without gaps."""
        looked = self.env["autopay.pulse"]._get_looked_dates(companies)
        first = all(looked.values()) or self._get_first_day()
        return {company: date or first for company, date in looked.items()}

    def _get_first_day(self):
        cron = self.env.ref("autopay.ir_cron_charge_due_invoices", False)
        return cron.sudo().create_date if cron else fields.Datetime.now()

    @api.model
    def _is_watched(self):
        """Return whether the user is told of silence; asks nothing where it is off."""
        known = self.env["res.company"]._is_autopay_known_anywhere()
        return known and self.env.user.has_group(BILLING_GROUP)

    @api.model
    def _get_silence(self):
        """Return the sentences of the banner: one for each silent company of the user.

        :raises AccessError: for all but billing users
        """
        check_billing(self)
        silent = self._find_silent(self.env.user.company_ids)
        return [
            get_silence_words(self.env, company, since)
            for company, since in silent.items()
        ]

    # === FACTS === #

    def _get_last_runs(self, companies):
        groups = self.env["autopay.run"]._read_group(
            [("company_id", "in", companies.ids)], ["company_id"], ["id:max"]
        )
        last = {company.id: run_id for company, run_id in groups}
        runs = self.env["autopay.run"]
        return {company: runs.browse(last.get(company.id, ())) for company in companies}

    def _count_interrupted(self, companies):
        since = fields.Datetime.now() - timedelta(days=HEALTH_DAYS)
        groups = self.env["autopay.run"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("state", "=", "interrupted"),
                ("date_start", ">=", since),
            ],
            ["company_id"],
            ["__count"],
        )
        return {company.id: count for company, count in groups}

    def _get_books(self, companies):
        """Return {company id: [``Books``]} of the last daily check of each provider."""
        self.env["autopay.reconciliation"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (provider_id)
                       company_id, id, state, compared_date
                  FROM autopay_reconciliation
                 WHERE trigger = 'scheduled' AND state <> 'draft'
                   AND company_id IN %s
              ORDER BY provider_id, id DESC
                """,
                tuple(companies.ids or [0]),
            )
        )
        found = {}
        for company_id, *facts in rows:
            found.setdefault(company_id, []).append(Books(*facts))
        return found

    def _count_unsent(self, companies):
        """Return {company id: number} of mails that should be sent by now."""
        before = fields.Datetime.now() - timedelta(hours=UNSENT_HOURS)
        groups = self.env["autopay.notice"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("state", "in", ("due", "queued")),
                ("create_date", "<", before),
                "|",
                ("due_date", "=", False),
                ("due_date", "<", before),
            ],
            ["company_id"],
            ["__count"],
        )
        return {company.id: count for company, count in groups}

    def _get_broken_jobs(self):
        """Return the scheduled actions that are off, overdue or fail, in one query."""
        self.env["ir.cron"].flush_model()
        watched = self._get_watched_jobs()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT d.module || '.' || d.name AS xml_id, c.id, c.active,
                       c.cron_name, c.nextcall, c.lastcall, c.first_failure_date
                  FROM ir_model_data d
                  JOIN ir_cron c ON c.id = d.res_id
                 WHERE d.model = 'ir.cron' AND (d.module, d.name) IN %s
                """,
                tuple(tuple(xml_id.split(".")) for xml_id in watched),
            )
        )
        rows = {row["xml_id"]: row for row in rows}
        late = fields.Datetime.now() - timedelta(hours=LATE_JOB_HOURS)
        jobs = (
            self._get_job(name, rows.get(xml_id), late)
            for xml_id, name in watched.items()
        )
        return [job for job in jobs if job]

    @api.model
    def _get_watched_jobs(self):
        """Return the scheduled actions without which something stands still.

        Hook for add-ons that have some of their own.

        :return: {xml id: name of the job, for one that was deleted}
        """
        return dict(JOB_NAMES)

    def _get_job(self, known_name, row, late):
        if not row:
            return Job(self.env._(known_name), 0, "deleted", None)
        name, cron_id = row["cron_name"] or self.env._(known_name), row["id"]
        if not row["active"]:
            return Job(name, cron_id, "off", row["lastcall"])
        if row["first_failure_date"]:
            return Job(name, cron_id, "failing", row["first_failure_date"])
        if row["nextcall"] < late:
            return Job(name, cron_id, "overdue", row["nextcall"])
        return None
