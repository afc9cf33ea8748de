import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.autopay.gateways.run_clock import RunClock
from odoo.addons.autopay.gateways.run_context import RunContext
from odoo.addons.autopay.words.runs.health import get_moment

from ..const.queue import BATCH_STATES, JOBS_WANTED, KEPT_DAYS, MISS_REASONS
from ..words.queue import get_nothing_words

_logger = logging.getLogger(__name__)

# Jobs in these states may still be run by themselves.
LIVE_JOBS = ("wait_dependencies", "pending", "enqueued", "started")


class AutopayQueueBatch(models.Model):
    """Due invoices of one provider that are handed to one job, to be charged once.

    A job is not trusted to be run once: the queue runs it again when its process dies,
    and people can. Whoever comes first takes the batch from *waiting* in the same
    transaction in which the run begins; whoever comes later finds nothing to do. What
    the first one leaves behind is mended as without a queue: by the janitor, the
    resolver, and the next time that the invoices are due.
    """

    _name = "autopay.queue.batch"
    _description = "Invoices Handed to a Job"
    _inherit = "autopay.default.guard"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    provider_id = fields.Many2one(
        "payment.provider", readonly=True, ondelete="set null"
    )
    handover = fields.Char(
        readonly=True,
        index=True,
        help="Is the same for all that was handed over at once.",
    )
    to_tell = fields.Boolean(
        readonly=True,
        help="People have still to be told what became of the whole handover.",
    )
    move_ids = fields.Json(readonly=True, help="Ids of the invoices, oldest first.")
    invoice_count = fields.Integer(string="Invoices", readonly=True)
    state = fields.Selection(
        BATCH_STATES, required=True, readonly=True, default="waiting", index=True
    )
    miss_reason = fields.Selection(
        MISS_REASONS, string="Never Taken Because", readonly=True
    )
    start_date = fields.Datetime(string="Start", readonly=True)
    end_date = fields.Datetime(string="End", readonly=True)
    halted = fields.Boolean(
        readonly=True,
        help="The provider or every invoice failed, so the rest was left for later.",
    )
    job_uuid = fields.Char(string="Job", readonly=True)
    run_ids = fields.One2many("autopay.run", "queue_batch_id", readonly=True)

    _to_tell_idx = models.Index("(handover) WHERE to_tell")

    # === COMPUTE METHODS === #

    @api.depends("invoice_count", "create_date")
    def _compute_display_name(self):
        for batch in self:
            batch.display_name = self.env._(
                "%(count)s invoices, %(moment)s",
                count=batch.invoice_count,
                moment=get_moment(self.env, batch.create_date),
            )

    # === ACTION METHODS === #

    def action_view_moves(self):
        """Open the invoices."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.account_move_action_autopay"
        )
        return {
            **action,
            "name": self.display_name,
            "display_name": self.display_name,
            "domain": [("id", "in", self.move_ids or [])],
            "context": {"default_move_type": "out_invoice"},
        }

    # === THE JOB === #

    def _charge(self):
        """Charge these invoices, as the scheduled action does without a queue.

        :return: what was done, for people who look at the job
        """
        self.ensure_one()
        # The user of a job can be changed; runs belong to the scheduler's.
        batch = self.with_user(SUPERUSER_ID).exists()
        if not batch._begin():
            batch.invalidate_recordset(["state"])
            return get_nothing_words(self.env, batch.state)
        # A job is a request, and has as much time as one that charges by hand.
        ctx = RunContext(clock=RunClock("now"))
        if batch._is_proven():
            ctx.pool.proven.add(batch.provider_id.id)
        engine = batch.env["autopay.engine"]
        engine = engine.with_context(autopay_queue_batch_id=batch.id)
        complete = False
        try:
            complete = engine._run(batch.company_id, batch.move_ids, ctx)
        except Exception as error:
            # A batch that began nothing is handed over again, and would fail unseen.
            self.env.cr.rollback()
            engine._apply(engine._alert_not_run, batch.company_id, str(error))
            raise
        finally:
            batch._end(ctx, complete)
        return batch.env["autopay.run"].browse(ctx.run_id).exists().name

    def _begin(self):
        """Take the batch, together with what the run commits first.

        :return: whether this is the first job to do so, and it is to go on
        """
        batch = self.try_lock_for_update()
        if batch.state != "waiting":
            return False
        if not batch._may_go_on():
            batch._set_state("returned")
            queue = self.env["autopay.queue"]
            queue._commit()
            queue._tell_handovers_safely(batch)
            return False
        batch.write({"state": "begun", "start_date": fields.Datetime.now()})
        return True

    def _may_go_on(self):
        """Return whether the company charges here, and the provider answers others."""
        companies = self.env["res.company"]
        if companies._is_autopay_unused() or companies._is_autopay_neutralized():
            return False
        company = self.company_id
        if not company.autopay_enabled or company._is_autopay_copied():
            return False
        halted = [*self._get_siblings_domain(), ("halted", "=", True)]
        return not self.search_count(halted, limit=1)

    def _is_proven(self):
        """Return whether the provider has charged for another job just now.

        Else one invoice goes first, and all others of the job wait for its answer.
        """
        domain = [*self._get_siblings_domain(), ("state", "=", "done")]
        runs = self.search(domain, order="id desc", limit=JOBS_WANTED).run_ids
        charged = [
            ("run_id", "in", runs.ids),
            ("provider_id", "=", self.provider_id.id),
            ("state", "=", "succeeded"),
        ]
        return bool(self.env["autopay.attempt"].search_count(charged, limit=1))

    def _get_siblings_domain(self):
        return [
            ("handover", "=", self.handover),
            ("provider_id", "=", self.provider_id.id),
        ]

    def _end(self, ctx, complete):
        """Close the batch; what was not looked at in time is handed over once more."""
        # Changes that a failed run had begun are not to be kept.
        self.env.cr.rollback()
        halted = self.provider_id.id in ctx.pool.stopped or ctx.faults.is_over()
        queue = self.env["autopay.queue"]
        queue._apply(queue._close, self, halted)
        # Batches that others have closed meanwhile are seen now: the last tells of all.
        queue._tell_handovers_safely(self)
        if not complete:
            cron = self.env.ref("autopay.ir_cron_charge_due_invoices", False)
            queue._apply(lambda found: found._trigger() and None, cron or [])

    def _set_state(self, state):
        self.write({"state": state, "end_date": fields.Datetime.now()})

    # === WHAT BECAME OF THEM === #

    def _group_without_job(self):
        """Return {reason: batches} of those whose job will not run by itself.

        :return: by *failed* and *gone* of ``MISS_REASONS``
        """
        jobs = self.env["queue.job"].sudo()
        found = jobs.search_fetch(
            [("uuid", "in", self.mapped("job_uuid"))], ["uuid", "state"]
        )
        states = {job.uuid: job.state for job in found}
        lost = self.filtered(lambda each: states.get(each.job_uuid) not in LIVE_JOBS)
        failed = lost.filtered(lambda each: states.get(each.job_uuid) == "failed")
        return {"failed": failed, "gone": lost - failed}

    def _filter_overtaken(self, limit):
        """Return those that were not begun although later ones were, some time ago.

        The queue begins jobs in the order in which they were made.

        :param datetime limit: until when both were
        """
        started = [("state", "in", ("begun", "done")), ("start_date", "<", limit)]
        last = self.search(started, order="id desc", limit=1)
        return self.filtered(
            lambda batch: batch.id < last.id and batch.create_date < limit
        )

    def _filter_without_run(self):
        """Return the batches whose run is over, however it ended."""
        running = self.env["autopay.run"].search(
            [("queue_batch_id", "in", self.ids), ("state", "=", "running")]
        )
        return self - running.queue_batch_id

    @api.autovacuum
    def _gc_old(self):
        """Forget after a while what was handed to jobs."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        domain = [("state", "not in", ("waiting", "begun")), ("end_date", "<", limit)]
        self.search(domain, limit=10_000).unlink()
