from odoo import api, models

from ...const.collect.sources import PAID_TOGETHER


class AutopayCollected(models.AbstractModel):
    """Has done what follows when an invoice is paid that was collected for a reason.

    Apart from booking, in transactions of its own: no fault in it stops a charge. Its
    mark is written along with what follows, so that a process that dies in between
    leaves both to the next run.
    """

    _name = "autopay.collected"
    _inherit = "autopay.stage"
    _description = "What Follows a Paid Invoice"

    @api.model
    def _work_off(self):
        """Do what follows all the invoices that were paid; commits, safe to repeat."""
        if not self.env["res.company"]._is_autopay_known_anywhere():
            return
        self.env["autopay.collect.source"]._sync_void()
        moves = self.env["autopay.collect.source"]._find_paid()
        self._apply_in_parts(
            PAID_TOGETHER, self._follow, moves, on_failure=self._note_failure
        )

    def _follow(self, moves):
        """Do what follows these invoices, and note that it was done."""
        rows = self.env["autopay.collect.source"]._lock_waiting(moves)
        # Somebody may have taken the payment off again meanwhile.
        paid = rows.filtered(lambda row: row.move_id and row.move_id._is_autopay_paid())
        if paid:
            paid.move_id._autopay_on_collected()
            paid._close()

    def _note_failure(self, move, error):
        self.env["autopay.collect.source"]._lock_waiting(move)._note_failure(error)
