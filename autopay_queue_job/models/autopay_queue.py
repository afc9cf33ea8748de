import logging
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID

from ..const.queue import (
    ALARM_MINUTES,
    CHANNEL,
    DECIDED_AT_ONCE,
    JOBS_WANTED,
    LEAST_INVOICES,
    MOST_INVOICES,
    OWN_REASONS,
    REST_MINUTES,
    STANDSTILL_MINUTES,
)

_logger = logging.getLogger(__name__)

NEVER = fields.Datetime.to_datetime("1970-01-01 00:00:00")
# Since when the queue does not do what it is for.
TROUBLE_PARAMETER = "autopay_queue_job.trouble_since"

# Companies of which two handovers have come to nothing since their last job was begun.
DOUBT_QUERY = """
    SELECT missed.company_id, min(missed.end_date), max(missed.end_date)
      FROM autopay_queue_batch missed
 LEFT JOIN (
        SELECT company_id, max(start_date) AS date
          FROM autopay_queue_batch
         WHERE state IN ('begun', 'done')
      GROUP BY company_id
       ) begun ON begun.company_id = missed.company_id
     WHERE missed.state = 'missed' AND missed.miss_reason IN %s
       AND (begun.date IS NULL OR missed.end_date > begun.date)
  GROUP BY missed.company_id
    HAVING count(DISTINCT missed.handover) > 1
"""


class AutopayQueue(models.AbstractModel):
    """Divides what is due among jobs, and sees to it that somebody takes them.

    As long as nobody does, the scheduled action charges by itself: later, and never
    not at all.
    """

    _name = "autopay.queue"
    _inherit = "autopay.stage"
    _description = "Queue of Autopay"

    # === WHETHER ANYBODY TAKES JOBS === #

    @api.model
    def _get_problem(self):
        """Return why jobs are not to be made now: *no_runner*, *standstill* or ""."""
        if not self._has_runner():
            return "no_runner"
        return "standstill" if self._stands_still() else ""

    @api.model
    def _get_complaint(self):
        """Return what is wrong with the queue, also while it is being tried again."""
        doubted = self._get_last_doubt(self._get_last_begun())
        return self._get_problem() or ("standstill" if doubted else "")

    def _has_runner(self):
        """Return whether a job runner is at work: it holds a lock of the database."""
        high, low = divmod(PG_ADVISORY_LOCK_ID, 2**32)
        query = SQL(
            """SELECT FROM pg_locks
                WHERE locktype = 'advisory' AND granted AND objsubid = 1
                  AND classid::bigint = %s AND objid::bigint = %s
                  AND database = (SELECT oid FROM pg_database
                                   WHERE datname = current_database())""",
            high,
            low,
        )
        self.env.cr.execute(query)
        return bool(self.env.cr.rowcount)

    def _stands_still(self):
        """Return whether jobs wait and none begins, or that was so a while ago."""
        begun = self._get_last_begun()
        doubted = self._get_last_doubt(begun)
        if doubted and doubted > self._ago(REST_MINUTES):
            return True
        limit = self._ago(STANDSTILL_MINUTES)
        waiting = [("state", "=", "waiting"), ("create_date", "<", limit)]
        batches = self.env["autopay.queue.batch"]
        return begun < limit and bool(batches.search_count(waiting, limit=1))

    def _get_last_begun(self):
        batches = self.env["autopay.queue.batch"]
        domain = [("state", "in", ("begun", "done")), ("start_date", "!=", False)]
        last = batches.search(domain, order="start_date desc", limit=1)
        return last.start_date or NEVER

    def _get_last_doubt(self, begun):
        """Return when the queue was last seen not to begin jobs, None if it does.

        Jobs that a person took away say nothing about the queue, and neither do those
        that waited while there was no runner, nor one that failed before it began. When
        what is handed over next fails likewise, the queue is broken.

        :param begun: when the last job began; what was before it counts no more
        """
        batches = self.env["autopay.queue.batch"]
        since = [("state", "=", "missed"), ("end_date", ">", begun)]
        still = [*since, ("miss_reason", "=", "standstill")]
        last = batches.search(still, order="end_date desc", limit=1)
        moments = [last.end_date] if last else []
        failed = batches._read_group(
            [*since, ("miss_reason", "=", "failed")],
            ["handover"],
            ["end_date:max"],
            limit=2,
            order="end_date:max desc",
        )
        if len(failed) > 1:
            moments += [moment for _handover, moment in failed]
        return max(moments, default=None)

    @api.model
    def _find_doubted(self):
        """Return the companies whose jobs come to nothing, whatever becomes of others'.

        What is handed over once more after a job has failed tells whether that was an
        accident. A job of the company that begins ends the doubt.

        :return: {company: (since when, when it was seen last)}
        """
        self.env["autopay.queue.batch"].flush_model()
        rows = self.env.execute_query(SQL(DOUBT_QUERY, OWN_REASONS))
        companies = self.env["res.company"]
        return {companies.browse(row_id): moments for row_id, *moments in rows}

    def _find_resting(self):
        """Return the companies that the scheduled action charges for a while."""
        until = self._ago(REST_MINUTES)
        doubted = self._find_doubted().items()
        return self.env["res.company"].union(
            *(company for company, (_since, last) in doubted if last > until)
        )

    def _ago(self, minutes):
        return fields.Datetime.now() - timedelta(minutes=minutes)

    # === TROUBLE === #

    @api.model
    def _note_trouble(self):
        """Keep since when the queue does not do what it is for."""
        parameters = self.env["ir.config_parameter"].sudo()
        known = parameters.get_param(TROUBLE_PARAMETER)
        complaint = self._get_complaint()
        if bool(complaint) != bool(known):
            now = complaint and fields.Datetime.to_string(fields.Datetime.now())
            parameters.set_param(TROUBLE_PARAMETER, now or False)

    @api.model
    def _get_trouble_date(self):
        """Return since when people are to be called about the queue, or None."""
        known = self.env["ir.config_parameter"].sudo().get_param(TROUBLE_PARAMETER)
        since = fields.Datetime.to_datetime(known or None)
        return since if since and since <= self._ago(ALARM_MINUTES) else None

    @api.model
    def _find_called(self):
        """Return the companies about whose jobs people are to be called."""
        limit = self._ago(ALARM_MINUTES)
        doubted = self._find_doubted().items()
        return self.env["res.company"].union(
            *(company for company, (since, _last) in doubted if since <= limit)
        )

    # === TAKE BACK === #

    @api.model
    def _take_back(self):
        """Make invoices due again that no job will charge any more."""
        batches = self.env["autopay.queue.batch"]
        begun = batches.search([("state", "=", "begun")])
        self._apply(self._close, begun._filter_without_run(), False)
        waiting = batches.search([("state", "=", "waiting")])
        lost = waiting._group_without_job()
        lost["overtaken"] = waiting._filter_overtaken(self._ago(STANDSTILL_MINUTES))
        for reason, part in lost.items():
            self._apply(self._miss, part, reason)
        # A process that died as it was to tell of them has left some behind.
        untold = batches.search([("to_tell", "=", True)])
        self._tell_handovers_safely(begun | waiting | untold)

    @api.model
    def _take_back_unserved(self):
        """Make invoices due again whose jobs nobody takes.

        :return: the companies that the scheduled action charges itself
        """
        waiting = self.env["autopay.queue.batch"].search([("state", "=", "waiting")])
        if problem := self._get_problem():
            enabled = [("autopay_enabled", "=", True)]
            companies = self.env["res.company"].search(enabled)
        else:
            problem, companies = "overtaken", self._find_resting()
            waiting = waiting.filtered(lambda batch: batch.company_id in companies)
        self._apply(self._miss, waiting, problem)
        self._tell_handovers_safely(waiting)
        return companies

    def _close(self, batches, halted):
        """Close batches whose run is over."""
        open_batches = batches.try_lock_for_update().filtered(
            lambda batch: batch.state == "begun"
        )
        open_batches.halted = halted
        open_batches._set_state("done")

    def _miss(self, batches, reason):
        """Take back what no job has begun; one that comes later does nothing."""
        open_batches = batches.try_lock_for_update().filtered(
            lambda batch: batch.state == "waiting"
        )
        open_batches.miss_reason = reason
        open_batches._set_state("missed")

    def _tell_handovers_safely(self, batches):
        """Tell people of handovers that are over; call a person when that fails."""
        self._apply(self._tell_handovers, batches, on_failure=self._alert_untold)

    def _alert_untold(self, batch, error):
        self.env["autopay.notice.report"]._alert_untold(batch.company_id, error)

    def _tell_handovers(self, batches):
        """Note that people are told of handovers of which no job is left; each once."""
        self.env.invalidate_all()
        found = batches.search([("handover", "in", batches.mapped("handover"))])
        for together in found.grouped("handover").values():
            states = set(together.mapped("state"))
            if states.isdisjoint(("waiting", "begun")):
                self.env["autopay.notice.report"]._on_handover(together)
                together.filtered("to_tell").to_tell = False

    @api.model
    def _get_handed_ids(self, company):
        """Return the ids of the invoices that jobs have, or will have, in hand."""
        batches = self.env["autopay.queue.batch"].search_fetch(
            [("company_id", "=", company.id), ("state", "in", ("waiting", "begun"))],
            ["move_ids"],
        )
        return {move_id for batch in batches for move_id in batch.move_ids}

    # === HAND OVER === #

    @api.model
    def _hand_over(self, company, move_ids):
        """Have jobs charge what can be charged by now.

        :param move_ids: the ids of due invoices, oldest first
        :return: the ids of the others, in order: the scheduled action looks at them, as
            only reservation asks for approvals and says why invoices are left alone
        """
        queue = self.with_company(company)
        try:
            shares = queue._divide(move_ids)
            queue._apply_committed(queue._enqueue, company, shares)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("What is due could not be handed to jobs.")
            return move_ids
        handed = {move_id for _provider_id, ids in shares for move_id in ids}
        self.env["ir.cron"]._commit_progress(len(handed))
        return [move_id for move_id in move_ids if move_id not in handed]

    def _divide(self, move_ids):
        """Return [(provider id, ids of invoices)], one for each job.

        All that a customer pays through one provider goes into one job, oldest first:
        limits are used up in this order, and jobs do not wait for each other's locks.
        """
        groups = {}
        for part in split_every(DECIDED_AT_ONCE, move_ids, list):
            for decision in self._get_chargeable(part):
                payers = groups.setdefault(decision.token.provider_id.id, {})
                payers.setdefault(decision.payer.id, []).append(decision.move.id)
            # A million decisions need no more memory than a thousand.
            self._commit()
            self.env.invalidate_all()
        return [
            (provider_id, ids)
            for provider_id, payers in groups.items()
            for ids in self._cut(list(payers.values()))
        ]

    def _get_chargeable(self, move_ids):
        """Return the decisions to charge through providers that can be asked later."""
        moves = self.env["account.move"].browse(move_ids)
        decisions = self.env["autopay.decision"]._decide_safely(moves)
        providers = self.env["payment.provider"]
        codes = providers._get_autopay_account_types()
        found = (decisions.get(move) for move in moves)
        return [
            each
            for each in found
            if each and not each.blocker and each.token.provider_code in codes
        ]

    def _cut(self, groups):
        """Return lists of ids that are about as long as jobs should be."""
        count = sum(map(len, groups))
        size = -(-count // JOBS_WANTED)
        size = min(max(size, LEAST_INVOICES), MOST_INVOICES)
        parts = []
        for ids in groups:
            if parts and len(parts[-1]) + len(ids) <= size:
                parts[-1].extend(ids)
            else:
                parts.append(list(ids))
        return parts

    def _enqueue(self, company, shares):
        """Create the jobs; they are there once this is committed."""
        handover = uuid.uuid4().hex
        batches = self.env["autopay.queue.batch"].create(
            [
                {
                    "company_id": company.id,
                    "provider_id": provider_id,
                    "handover": handover,
                    "to_tell": True,
                    "move_ids": move_ids,
                    "invoice_count": len(move_ids),
                }
                for provider_id, move_ids in shares
            ]
        )
        for batch in batches:
            job = batch.with_delay(
                channel=CHANNEL,
                identity_key=f"autopay_queue_batch:{batch.id}",
                # No run of ours is to be repeated by the queue.
                max_retries=1,
                description=self.env._("Charge %s invoices", batch.invoice_count),
            )._charge()
            batch.job_uuid = job.uuid
