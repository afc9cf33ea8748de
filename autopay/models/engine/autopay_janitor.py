import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class AutopayJanitor(models.AbstractModel):
    """Puts in order what dead processes have left, and what a copy may not touch."""

    _name = "autopay.janitor"
    _inherit = "autopay.stage"
    _description = "Autopay Janitor"

    # === DEAD RUNS === #

    @api.model
    def _recover_dead_runs(self):
        """Close runs whose process is gone and have their attempts resolved."""
        running = self.env["autopay.run"].search([("state", "=", "running")])
        dead = running._filter_dead()
        self._apply(self._close_dead, dead)
        self.env["autopay.crash"]._alert_set_aside(dead._get_moves_in_hand())

    def _close_dead(self, runs):
        """Mark dead runs, count the crash on what they had in hand."""
        locked = runs.try_lock_for_update(allow_referencing=True)
        # Another process may have closed it since we looked: then this is repeated.
        dead = locked.filtered(lambda run: run.state == "running")
        for run in dead:
            self.env["autopay.crash"]._count(run._get_moves_in_hand())
        dead.write({"state": "interrupted", "date_end": fields.Datetime.now()})
        attempts = self.env["autopay.attempt"].search(
            [("run_id", "in", dead.ids), ("next_check_date", "!=", False)]
        )
        if attempts:
            attempts._check_soon()
        # Charges of such a run are told like those of any other.
        dead._tell_safely()

    # === COPIES OF A DATABASE === #

    @api.model
    def _alert_of_copies(self):
        """Tell people, once, of the companies that another database charges for."""
        self._apply(self._alert_copied, self.env["res.company"]._get_autopay_copied())

    def _alert_copied(self, companies):
        """Say that what these companies charged is left alone here, to people once.

        They are told even if no answer is awaited: refunds and disputes come for months
        after a charge, and would never be booked where production was moved to a copy.
        """
        for company in companies:
            own = [("company_id", "=", company.id)]
            latest = self.env["autopay.attempt"].search(own, limit=1)
            if not latest:
                continue
            _logger.info("Autopay of %s belongs to another database.", company.name)
            digest = self.env["autopay.database"]._get_digest()
            if company.autopay_copy_told != digest:
                company.autopay_copy_told = digest
                self.env["autopay.notification"]._alert_copied(latest)
