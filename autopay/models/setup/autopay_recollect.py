from odoo import api, models

from ...const.blockers.methods import ASKABLE_CODES
from ...const.engine import OWN_FIELDS_CONTEXT
from ...const.invoice import UNPAID_STATES
from ...const.retry import FALLBACK_BLOCKERS

# Due invoices that a page shows before a method is agreed to.
MOST_DUE = 100


class AutopayRecollect(models.AbstractModel):
    """Has failed invoices charged again with a method that was just agreed to.

    The customer has seen and ticked them. The next run charges them, as any other; here
    nothing is charged.
    """

    _name = "autopay.recollect"
    _description = "Failed Invoices under a New Method"

    @api.model
    def _get_moves(self, company, payer):
        """Return the failed invoices that a customer can have charged again."""
        return payer.sudo()._get_autopay_failed_moves(company)

    @api.model
    def _get_due_moves(self, company, payer):
        """Return the invoices that are due, and that only a method is missing for.

        The next run charges them with the method that the customer agrees to: whoever
        agrees sees them before.
        """
        due = (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("commercial_partner_id", "=", payer.id),
                    ("autopay_status", "=", "eligible"),
                    ("state", "=", "posted"),
                    ("payment_state", "in", UNPAID_STATES),
                    ("autopay_date", "<=", company._get_autopay_today()),
                ],
                order="autopay_date, id",
                limit=MOST_DUE,
            )
        )
        decisions = self.env["autopay.decision"].sudo()._decide_safely(due)
        return due.filtered(
            lambda move: (
                (decision := decisions.get(move)) and decision.blocker in ASKABLE_CODES
            )
        )

    @api.model
    def _collect(self, company, payer, token, move_ids):
        """Let the next run charge what the customer has ticked, if it can.

        What was settled meanwhile, or what another method pays, stays as it is.

        :param token: the ``payment.token`` that was agreed to
        :param move_ids: ids as the browser sent them
        :return: the invoices that are charged
        """
        moves = self._get_moves(company, payer).with_company(company)
        moves = moves.filtered(lambda move: move.id in move_ids)
        own = moves.with_context(**OWN_FIELDS_CONTEXT)
        today = company._get_autopay_today()
        # The customer has chosen what pays.
        own.write({"autopay_retry_date": today, "autopay_fallback_token_id": False})
        decisions = self.env["autopay.decision"].sudo()._decide_safely(moves)
        ready = moves.filtered(
            lambda move: (
                (decision := decisions.get(move))
                and decision.blocker in FALLBACK_BLOCKERS
                and decision.token == token
            )
        )
        (own - ready).autopay_retry_date = False
        self._log_recollected(ready, token)
        return ready

    def _log_recollected(self, moves, token):
        """Note on the invoices why they are charged again, and have it done soon."""
        if not moves:
            return
        words = self.env._(
            "The customer wants this invoice charged again, with %s.",
            token._get_autopay_label(),
        )
        moves._message_log_batch(dict.fromkeys(moves.ids, words))
        self.env.ref("autopay.ir_cron_charge_due_invoices").sudo()._trigger()
