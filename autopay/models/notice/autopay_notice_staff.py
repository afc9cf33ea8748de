from collections import Counter

from odoo import api, fields, models

from ...const.notices.kinds import STAFF_KINDS
from ...words.notices.staff import (
    get_answer_title,
    get_failures_table,
    get_failures_title,
    get_paragraphs,
    get_run_details,
    get_run_title,
    get_staff_sample,
)

# Fields of mails to customers that those to staff have no use for.
CUSTOMER_WORDS = (
    "amount_words",
    "method_label",
    "references",
    "date_words",
    "reason_words",
    "next_step",
    "agreed_words",
)


class AutopayNoticeStaff(models.AbstractModel):
    """Mails to a company's own people, in the language of each of them."""

    _name = "autopay.notice.staff"
    _description = "Mails to Staff"

    headline = fields.Char(compute="_compute_headline", compute_sudo=True)
    details = fields.Html(
        compute="_compute_headline", compute_sudo=True, sanitize=False
    )

    # === COMPUTE METHODS === #

    def _is_for_staff(self):
        self.ensure_one()
        return self.kind in STAFF_KINDS

    def _filter_for_staff(self):
        return self.filtered(lambda notice: notice._is_for_staff())

    @api.depends("kind")
    def _compute_recipient_ids(self):
        """Override of the outbox: staff get their mails themselves."""
        staff = self._filter_for_staff()
        for notice in staff:
            partner = notice.partner_id.filtered("email_normalized")
            notice.recipient_ids = partner
            notice.partner_to = ",".join(map(str, partner.ids))
        return super(AutopayNoticeStaff, self - staff)._compute_recipient_ids()

    def _compute_words(self):
        """Override of the outbox: staff are told otherwise."""
        staff = self._filter_for_staff()
        staff.update(dict.fromkeys(CUSTOMER_WORDS, ""))
        return super(AutopayNoticeStaff, self - staff)._compute_words()

    def _compute_link_url(self):
        """Override of the outbox: staff work in the backend."""
        staff = self._filter_for_staff()
        for notice in staff:
            base = notice.company_id.get_base_url()
            record = notice._get_subject()
            if record and record._name != "res.company":
                report = self.env["autopay.notice.report"]
                notice.link_url = report._get_url(record)
            else:
                notice.link_url = f"{base}/odoo/autopay-failed-charges"
        return super(AutopayNoticeStaff, self - staff)._compute_link_url()

    @api.depends_context("lang")
    @api.depends("kind", "res_model", "res_id")
    def _compute_headline(self):
        for notice in self:
            words = ("", "")
            if notice._is_for_staff():
                words = notice._get_staff_words(notice._get_subject())
            notice.headline, notice.details = words

    # === WORDS === #

    def _get_staff_words(self, record):
        """Return headline and details, the details in HTML."""
        if not record:
            company = self.company_id
            return get_staff_sample(self.env, self.kind, company.currency_id)
        return {
            "staff_run": self._get_run_words,
            "staff_failures": self._get_failure_words,
            "staff_returned": self._get_reversal_words,
            "staff_answer": self._get_answer_words,
        }[self.kind](record)

    def _get_run_words(self, run):
        runs = run._get_told_runs()
        sums = runs._get_total()
        failed = runs.attempt_ids.filtered(lambda rec: rec.state == "declined")
        details = get_run_details(self.env, runs, sums)
        if failed:
            rows = self.env["autopay.notice.report"]._get_failure_rows(failed)
            details += get_failures_table(self.env, rows)
        return get_run_title(self.env, runs, sums), details

    def _get_failure_words(self, company):
        attempts = self._get_failed_attempts(company)
        rows = self.env["autopay.notice.report"]._get_failure_rows(attempts)
        sums = Counter()
        for attempt in attempts:
            sums[attempt.currency_id] += attempt.amount
        title = get_failures_title(self.env, len(attempts), sums)
        return title, get_failures_table(self.env, rows)

    def _get_failed_attempts(self, company):
        """Return what failed between the report before this one and this one."""
        report = self.env["autopay.notice.report"]
        until = self.create_date
        since = report._get_last_report(company, until)
        return report._find_failed(company, since, until)

    def _get_reversal_words(self, reversal):
        notices = self.env["autopay.reversal.notice"]
        sentences = (reversal.partner_id.display_name, notices._get_note(reversal))
        return notices._get_summary(reversal), get_paragraphs(sentences)

    def _get_answer_words(self, reversal):
        summary, details = self._get_reversal_words(reversal)
        day = reversal._get_local_day(reversal.respond_by_date)
        return get_answer_title(self.env, summary, day), details

    # === TRUTH === #

    def _get_skip_reason(self):
        """Override of the outbox: say why staff are not told any more."""
        if not self._is_for_staff():
            return super()._get_skip_reason()
        record = self._get_subject()
        if not record:
            return self.env._("What it tells of was deleted.")
        if not self.partner_id.active:
            return self.env._("This user was archived.")
        if not self.partner_id.email_normalized:
            return self.env._("This user has no e-mail address.")
        if self.kind != "staff_answer":
            return ""
        if not record.is_to_answer:
            return self.env._("There is nothing to answer any more.")
        if not self.event_key.startswith(
            f"reversal:{record.id}:answer:{record.respond_by_date}"
        ):
            return self.env._("The last day for an answer was moved.")
        return ""
