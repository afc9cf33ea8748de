import logging

from odoo import api, models
from odoo.tools import SQL

from ...invariants.queries_money import SURPLUS_QUERY

_logger = logging.getLogger(__name__)


class AutopaySurplus(models.AbstractModel):
    """Finds where more was collected than is owed, and calls a person once.

    It looks at the state, not at the event: whichever payment came last, and by
    whatever way, what pays nothing stands open in the books.
    """

    _name = "autopay.surplus"
    _inherit = "autopay.stage"
    _description = "Autopay Surplus"

    # === CHECK === #

    @api.model
    def _check(self, moves):
        """Tell where these invoices were paid more than once; close what is solved.

        Call it wherever money of an invoice arrives or leaves; safe to repeat.
        """
        shared = moves.sudo().transaction_ids.invoice_ids
        attempts = (moves.sudo() | shared).autopay_attempt_ids.filtered("booked_date")
        for attempt in attempts:
            self._check_attempt(attempt)

    def _check_attempt(self, attempt):
        """Bring the alarm of an attempt in line with what is too much."""
        amount, told = attempt._get_excess_amount(), attempt.excess_told
        if not attempt.currency_id.compare_amounts(amount, told):
            return
        attempt.excess_activity_id.action_feedback(
            feedback=self.env._("What pays nothing is another amount by now.")
        )
        attempt.excess_told = amount
        if amount:
            others = self._get_open_entries(attempt)
            attempt.excess_activity_id = self.env[
                "autopay.notification"
            ]._alert_paid_twice(attempt, amount, others)

    @api.model
    def _check_arrived(self, transactions):
        """Look at invoices that a payment of somebody else has reached.

        It runs within Odoo's own booking, which no fault of ours may stop.
        """
        known = transactions.filtered("company_id.autopay_known")
        done = known.filtered(lambda tx: tx.state == "done")
        if not done.invoice_ids:
            return
        lines = self.env["autopay.attempt.line"].sudo()
        collected = lines.search([("move_id", "in", done.invoice_ids.ids)])
        try:
            with self.env.cr.savepoint():
                self._check(collected.move_id)
        except Exception:
            _logger.exception("Payments %s could not be looked at.", done.ids)

    @api.model
    def _check_all(self):
        """Look at all that is too much, or was: whatever has slipped through."""
        if not self.env["res.company"]._is_autopay_known_anywhere():
            # Nothing was collected where Autopay never was on.
            return
        self.env.flush_all()
        self.env.cr.execute(SQL(SURPLUS_QUERY))
        found = {move_id for _model, move_id, _detail in self.env.cr.fetchall()}
        told = self.env["autopay.attempt"].search([("excess_told", ">", 0)])
        moves = self.env["account.move"].browse(found) | told.line_ids.move_id
        home = self.env["res.company"]._get_autopay_home_domain()
        self._apply(self._check, moves.exists().filtered_domain(home))
        self.env["account.move"]._find_autopay_settled()
        self.env["autopay.attempt"]._lower_aside()

    # === AMOUNTS === #

    @api.model
    def _get_spare(self, payments):
        """Return what of these payments pays nothing, in their currency."""
        spare = 0.0
        for payment in payments:
            if not payment.move_id:
                spare += payment.amount
                continue
            # Odoo leaves its refunds open beside the payment.
            refunds = payments.search(
                [
                    ("source_payment_id", "=", payment.id),
                    ("payment_type", "=", "outbound"),
                ]
            )
            lines = self._get_lines(payment | refunds)
            spare -= sum(lines.mapped("amount_residual_currency"))
        return max(spare, 0.0)

    @api.model
    def _prefetch(self, attempts):
        """Read together what is looked at of each of these attempts.

        Each would read its own payments and entries; rests of invoices that a limit
        divides make all invoices of a run such.
        """
        moves = attempts.line_ids.move_id
        others = moves.transaction_ids.payment_id | moves.matched_payment_ids
        others.payment_transaction_id.mapped("autopay_attempt_ids")
        moves.autopay_attempt_ids.mapped("booked_date")
        payments = attempts._get_inbound_payments() | others
        lines = payments.move_id.line_ids
        lines.mapped("parent_state")
        taken = lines.matched_debit_ids.debit_move_id
        taken.move_id.mapped("move_type")
        taken.payment_id.mapped("source_payment_id")

    def _get_lines(self, payments):
        """Return the posted lines of payments on the customer's account."""
        return payments.move_id.line_ids.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.account_id in payments.destination_account_id
            )
        )

    @api.model
    def _get_share(self, attempt):
        """Return what others paid too much on the invoices of an attempt.

        A payment of several invoices is too much once: what one attempt gives back of
        it, no other one does. Nor does one give back more than it collected, of which
        a part of its own may pay nothing.
        """
        claims, left = self._get_claims(attempt)
        taken = 0.0
        for each in sorted(claims, key=lambda each: each.id):
            own = self._get_spare(each._get_inbound_payments())
            room, taken = max(each.amount - each.returned_amount - own, 0.0), 0.0
            for payment in claims[each].sorted("id"):
                part = min(left[payment], room - taken)
                left[payment] -= part
                taken += part
            if each == attempt:
                break
        return taken if attempt in claims else 0.0

    def _get_claims(self, attempt):
        """Return who may give back what others paid too much, and how much that is.

        They are this attempt and all that such a payment connects with it. What is
        used up connects nothing: one transfer may have paid hundreds of invoices.

        :return: {attempt: payments of others on the invoices that it settled} and
            {payment: what of it pays nothing}
        """
        claims, left, seen = {}, {}, self.env["account.move"]
        moves = attempt.line_ids.move_id
        while new := moves - seen:
            seen |= new
            for move in new:
                found = self._get_others(move)
                fresh = found.filtered(lambda each: each not in left)
                left.update((each, self._get_spare(each)) for each in fresh)
                others = found.filtered(left.get)
                last = self._get_last_kept(move)
                if last:
                    claims[last] = claims.get(last, others.browse()) | others
                moves |= last.line_ids.move_id | self._get_invoices(others)
        return claims, left

    def _get_last_kept(self, move):
        """Return the last attempt that collected a settled invoice and kept the money.

        That is the charge that can be given back.
        """
        kept = move.autopay_attempt_ids.filtered(
            lambda rec: (
                rec.booked_date
                and rec.currency_id.compare_amounts(rec.returned_amount, rec.amount)
            )
        )
        settled = move.currency_id.is_zero(move.amount_residual)
        return kept.sorted("id")[-1:] if settled else kept.browse()

    def _get_invoices(self, payments):
        """Return the invoices for which these payments were made."""
        return payments.invoice_ids | payments.payment_transaction_id.invoice_ids

    @api.model
    def _get_others(self, move):
        """Return the payments of an invoice that autopay has not collected."""
        transactions = move.transaction_ids.filtered(
            lambda tx: (
                tx.state == "done" and tx.operation not in ("refund", "validation")
            )
        )
        return (transactions.payment_id | move.matched_payment_ids).filtered(
            lambda payment: (
                payment.payment_type == "inbound"
                and payment.state in ("in_process", "paid")
                and payment.currency_id == move.currency_id
                and not payment.autopay_reversal_id
                and not payment.payment_transaction_id.autopay_attempt_ids
            )
        )

    @api.model
    def _get_open_lines_of_others(self, moves):
        """Return the open lines of payments of these invoices by others."""
        payments = moves.browse().matched_payment_ids.union(
            *(self._get_others(move) for move in moves)
        )
        return self._get_lines(payments).filtered(lambda line: not line.reconciled)

    def _get_open_entries(self, attempt):
        """Return the entries, other than of this attempt, that paid its invoices."""
        moves = attempt.line_ids.move_id
        terms = moves.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        paying = terms.matched_credit_ids.credit_move_id.move_id
        spare = self._get_open_lines_of_others(moves).move_id
        return (paying | spare) - attempt.payment_id.move_id
