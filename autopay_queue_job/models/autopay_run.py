from odoo import fields, models


class AutopayRun(models.Model):
    _inherit = "autopay.run"

    queue_batch_id = fields.Many2one(
        "autopay.queue.batch",
        string="Job",
        readonly=True,
        ondelete="set null",
        default=lambda self: self.env.context.get("autopay_queue_batch_id"),
        help="The invoices that were handed to one job.",
    )

    def _get_told_runs(self):
        """Override of `autopay`: those of all jobs of the same handover."""
        batch = self.queue_batch_id
        if not batch:
            return super()._get_told_runs()
        together = batch.search([("handover", "=", batch.handover)])
        return together.run_ids.sorted("id")

    # A batch has one run, whoever else tries.
    _queue_batch_uniq = models.UniqueIndex(
        "(queue_batch_id) WHERE queue_batch_id IS NOT NULL",
        "These invoices have had their run.",
    )
