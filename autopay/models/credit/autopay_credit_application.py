import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...words.invoices.credits import get_applied_words, name_credits

_logger = logging.getLogger(__name__)


class AutopayCreditApplication(models.AbstractModel):
    """Pays invoices with their customers' open credit, as Odoo's own widget does."""

    _name = "autopay.credit.application"
    _description = "Application of Open Credit"

    @api.model
    def _apply_first(self, decisions, mode):
        """Apply open credit to invoices that are about to be charged, by policy.

        Everything is locked until the attempts are committed. What another run has in
        hand is left alone, and so are its invoices, which are decided about once more.

        :param decisions: those of invoices that are locked
        :param str mode: *scheduled* or *now*
        :return: whether any of them has credit to apply
        """
        planned = [each for each in decisions if each.credits]
        for decision in planned:
            if self._is_due(decision, mode):
                self._apply_safely(decision)
        return bool(planned)

    def _is_due(self, decision, mode):
        """Return whether an invoice would be paid now, by charge or by credit alone."""
        if not decision.blocker:
            return True
        if not decision.values.get("covered"):
            return False
        move = decision.move
        due = move._get_autopay_due_domain(move.company_id, decision.today)
        return mode == "now" or bool(move.filtered_domain(due))

    def _apply_safely(self, decision):
        """Apply what is planned, or leave all of it: the invoice is held then."""
        move = decision.move
        lines = [credit.line for credit, _amount in decision.credits]
        locked = lines[0].union(*lines).try_lock_for_update(allow_referencing=True)
        try:
            with self.env.cr.savepoint():
                self._apply_lines(move, [line for line in lines if line in locked])
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Open credit was not applied to invoice %s.", move.id)

    @api.model
    def _apply_lines(self, move, lines):
        """Pay an invoice with these journal items in their order, and note it.

        :return: what was applied, in words; empty when nothing was
        """
        applied = []
        for line in lines:
            if not move._is_autopay_open():
                break
            before = line.amount_residual_currency
            own = move.with_company(move.company_id)
            own.js_assign_outstanding_line(line.id)
            amount = line.amount_residual_currency - before
            if not line.currency_id.is_zero(amount):
                applied.append((line.move_id, line.currency_id, amount))
        if applied:
            body = get_applied_words(self.env, name_credits(applied))
            move.sudo()._message_log(body=body)
        return applied
