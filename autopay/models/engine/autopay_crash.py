import logging

from odoo import api, models
from odoo.tools import SQL

from ...const.engine import CRASHES_BEFORE_SET_ASIDE

_logger = logging.getLogger(__name__)


class AutopayCrash(models.AbstractModel):
    """Counts the runs that died or failed on an invoice, and has it set aside in time.

    That the invoice cannot be written may be the very trouble: nothing here does so.
    """

    _name = "autopay.crash"
    _inherit = "autopay.stage"
    _description = "Autopay Crash"

    @api.model
    def _get_safe_parts(self, move_ids):
        """Return a batch of invoices in parts: what died in a run's hands goes alone.

        :return: lists of ids; what is gone by now is in none of them
        """
        moves = self.env["account.move"].browse(move_ids).exists()
        suspects = moves.filtered("autopay_crash_count")
        parts = [(moves - suspects).ids, *([move_id] for move_id in suspects.ids)]
        return [part for part in parts if part]

    @api.model
    def _count_and_alert(self, moves, fault=None):
        """Count a crash on these invoices for good, then tell what is set aside.

        :param str fault: the signature of the fault that a run met on them
        """
        self._apply_committed(self._count, moves, fault)
        self._alert_set_aside(moves)

    @api.model
    def _count_struck(self, faults):
        """Count a crash on each invoice that a fault of its own has struck."""
        common = faults.get_common()
        struck = {
            fault.record_id: fault.signature
            for fault in faults.faults
            if fault.model == "account.move" and not fault.is_like(common)
        }
        for move_id, signature in struck.items():
            move = self.env["account.move"].browse(move_id)
            try:
                self._count_and_alert(move, signature)
            except Exception:
                # The other invoices are counted all the same.
                self.env.cr.rollback()
                _logger.exception("A crash on invoice %s was not counted.", move_id)

    @api.model
    def _count(self, moves, fault=None):
        """Count a crash on these invoices, in the database transaction at hand.

        :param str fault: None when the process died: that is never tried out again
        """
        if moves:
            moves.flush_recordset(["autopay_crash_count"])
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move SET autopay_crash_count ="
                    " coalesce(autopay_crash_count, 0) + 1, autopay_crash_fault = %s"
                    " WHERE id IN %s",
                    fault,
                    tuple(sorted(moves.ids)),
                )
            )
            moves.invalidate_recordset(["autopay_crash_count", "autopay_crash_fault"])

    @api.model
    def _get_set_aside(self, company):
        """Return {fault: ids of the due invoices that runs set aside because of it}."""
        domain = self.env["account.move"]._get_autopay_due_domain(
            company, company._get_autopay_today(), set_aside=True
        )
        groups = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [*domain, ("autopay_crash_fault", "!=", False)],
                ["autopay_crash_fault"],
                ["id:array_agg"],
            )
        )
        return dict(groups)

    @api.model
    def _release_safely(self, moves):
        """Take back that these invoices were set aside: the fault is mended."""
        self._apply(self._release, moves, on_failure=self._alert_quietly)

    def _release(self, moves):
        moves.flush_recordset(["autopay_crash_count"])
        self.env.cr.execute(
            SQL(
                "UPDATE account_move SET autopay_crash_count = 0,"
                " autopay_crash_fault = NULL WHERE id IN %s",
                tuple(sorted(moves.ids)),
            )
        )
        moves.invalidate_recordset(["autopay_crash_count", "autopay_crash_fault"])
        feedback = self.env._("It works again.")
        self.env["autopay.notification"]._close_set_aside(moves, feedback)

    @api.model
    def _close_alarms(self, moves):
        """Close what called a person to invoices that are taken up by a person."""
        aside = moves.sudo().filtered(
            lambda move: move.autopay_crash_count >= CRASHES_BEFORE_SET_ASIDE
        )
        if aside:
            feedback = self.env._("Put on autopay again.")
            self.env["autopay.notification"]._close_set_aside(aside, feedback)

    @api.model
    def _alert_set_aside(self, moves):
        """Tell which of these invoices are set aside, each by itself."""
        poison = moves.filtered(
            lambda move: move.autopay_crash_count >= CRASHES_BEFORE_SET_ASIDE
        )
        self._apply(self._alert, poison, on_failure=self._alert_quietly)

    def _alert(self, moves):
        self.env["autopay.notification"]._alert_set_aside(moves)

    def _alert_quietly(self, move, _error):
        """Call a person without a mail: its link may write the invoice."""
        self._alert(move.with_context(mail_activity_quick_update=True))
