from collections import defaultdict

from odoo import api, fields, models

from ...const.engine import RUN_GROUPS
from ...words.amounts import format_sums


class AutopayRunScreen(models.AbstractModel):
    """Shows what a run came to: amounts, and the lists behind each number."""

    _name = "autopay.run.screen"
    _description = "Totals of a Run"

    collected_words = fields.Char(string="Collected", compute="_compute_sum_words")
    failed_words = fields.Char(string="Amount Failed", compute="_compute_sum_words")
    charged_ids = fields.One2many(
        "autopay.attempt",
        "run_id",
        string="Collected Charges",
        readonly=True,
        domain=[("state", "in", ("succeeded", "pending"))],
    )
    failed_ids = fields.One2many(
        "autopay.attempt",
        "run_id",
        string="Failed Charges",
        readonly=True,
        domain=[("state", "in", ("declined", "action_required"))],
    )
    reason_ids = fields.One2many(
        "autopay.run.reason", "run_id", string="Skipped Invoices", readonly=True
    )

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("attempt_ids.state", "attempt_ids.amount")
    def _compute_sum_words(self):
        sums = self._get_sums()
        for run in self:
            run.collected_words = format_sums(self.env, sums[run].get("collected"))
            run.failed_words = format_sums(self.env, sums[run].get("failed"))

    # === ACTION METHODS === #

    def action_view_charges(self):
        """Open the charges of one group of states, named by the context."""
        self.ensure_one()
        self.check_access("read")
        group = self.env.context.get("autopay_group")
        states = [state for state, name in RUN_GROUPS.items() if name == group]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_attempt_action"
        )
        domain = [("run_id", "=", self.id)]
        if states:
            domain.append(("state", "in", states))
        return {**action, "domain": domain, "context": {"create": False}}

    def action_view_skipped(self):
        """Open the invoices that were left alone."""
        self.ensure_one()
        self.check_access("read")
        return self.reason_ids._get_moves_action()

    # === BUSINESS METHODS === #

    def _get_sums(self):
        """Return {run: {group of states: {currency: amount}}}, see ``RUN_GROUPS``."""
        groups = self.env["autopay.attempt"]._read_group(
            [("run_id", "in", self._origin.ids)],
            ["run_id", "state", "currency_id"],
            ["amount:sum"],
        )
        sums = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
        for run, state, currency, amount in groups:
            sums[run][RUN_GROUPS[state]][currency] += amount
        return {run: sums[run._origin] for run in self}

    def _get_total(self):
        """Return {group of states: {currency: amount}} of all these runs."""
        total = defaultdict(lambda: defaultdict(float))
        for groups in self._get_sums().values():
            for group, sums in groups.items():
                for currency, amount in sums.items():
                    total[group][currency] += amount
        return total

    def _get_told_runs(self):
        """Return the runs that one summary tells of, hook for other modules."""
        return self

    def _save_skipped(self, skipped):
        """Keep which invoices were left alone, by reason.

        :param dict skipped: {move id: blocker}
        """
        by_reason = defaultdict(list)
        for move_id, blocker in skipped.items():
            by_reason[blocker].append(move_id)
        counts = {blocker: len(ids) for blocker, ids in by_reason.items()}
        self.write({"skipped": counts, "skipped_count": len(skipped)})
        self.env["autopay.run.reason"].create(
            [
                {
                    "run_id": self.id,
                    "blocker": blocker,
                    "invoice_count": len(ids),
                    "move_ids": sorted(ids),
                }
                for blocker, ids in by_reason.items()
            ]
        )

    def _drop_idle_before(self):
        """Keep the newest of scheduled runs that did nothing and found the same."""
        if not self._is_idle():
            return
        own = [("company_id", "=", self.company_id.id), ("id", "<", self.id)]
        before = self.search(own, limit=1)
        if before._is_idle() and before._get_reasons() == self._get_reasons():
            before.unlink()

    def _is_idle(self):
        """Return whether this is a run by itself that nobody has to look at."""
        return (
            self.trigger == "scheduled"
            and self.state == "done"
            and not self.stopped_text
            and not self.activity_ids
            and not self.env["autopay.attempt"].search_count(
                [("run_id", "=", self.id)], limit=1
            )
        )

    def _get_reasons(self):
        return {row.blocker: row.move_ids for row in self.reason_ids}
