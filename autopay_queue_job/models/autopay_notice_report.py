from odoo import api, models


class AutopayNoticeReport(models.AbstractModel):
    _inherit = "autopay.notice.report"

    @api.model
    def _on_run(self, run):
        """Override of `autopay`: what was handed over at once is told at once."""
        return None if run.queue_batch_id else super()._on_run(run)

    @api.model
    def _on_handover(self, batches):
        """Note that people are told what the jobs of a handover have done together.

        :param batches: all of the handover, which are over
        """
        if runs := batches.run_ids.sorted("id"):
            self._tell_runs(runs, f"handover:{batches[:1].handover}:summary")
