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
        due = [each for each in planned if self._is_due(each, mode)]
        if due:
            self._apply_safely(due)
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

    def _apply_safely(self, decisions):
        """Apply what is planned for all at once, or one by one when that fails.

        An invoice whose credit cannot be applied is held.
        """
        planned = self._lock_planned(decisions)
        try:
            with self.env.cr.savepoint():
                self._apply_lines(planned)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            if len(decisions) == 1:
                _logger.exception("Open credit was not applied to %s.", [*planned])
                return
            for decision in decisions:
                self._apply_safely([decision])

    def _lock_planned(self, decisions):
        """Return {invoice: [journal item]} to apply; what others have in hand is not.

        The journal items are locked.
        """
        lines = [credit.line for each in decisions for credit, _amount in each.credits]
        locked = lines[0].union(*lines).try_lock_for_update(allow_referencing=True)
        return {
            each.move: [
                credit.line for credit, _amount in each.credits if credit.line in locked
            ]
            for each in decisions
        }

    @api.model
    def _apply_lines(self, planned):
        """Pay invoices with journal items in their order, and note it on each.

        What an invoice does not need any more is left for the next one.

        :param dict planned: {invoice: [journal item]}
        :return: {invoice: its new ``account.partial.reconcile``} of those on which
            something was paid
        """
        moves = self.env["account.move"].union(*planned)
        before = self._get_partials(moves)
        for company, own in moves.grouped("company_id").items():
            plan = [
                line.with_env(move.env) | self._get_debts(move, line)
                for move in own
                for line in planned[move]
            ]
            if plan:
                plan[0].with_company(company)._reconcile_plan(plan)
        new = self._get_partials(moves) - before
        paid = new.grouped(lambda partial: partial.debit_move_id.move_id)
        moves.browse().union(*paid).sudo()._message_log_batch(
            {move.id: self._get_note(partials) for move, partials in paid.items()}
        )
        return paid

    def _get_debts(self, move, line):
        """Return what is owed of an invoice on the account of a journal item."""
        return move.line_ids.filtered(
            lambda debt: debt.account_id == line.account_id and not debt.reconciled
        )

    def _get_partials(self, moves):
        """Return what has paid invoices so far."""
        return moves.line_ids.matched_credit_ids

    def _get_note(self, partials):
        rows = [
            (
                each.credit_move_id.move_id,
                each.debit_currency_id,
                each.debit_amount_currency,
            )
            for each in partials
        ]
        return get_applied_words(self.env, name_credits(rows))
