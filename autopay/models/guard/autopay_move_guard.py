from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.i18n import format_list

from ...words.disputes import get_withheld_sentence
from ...words.guards import get_customer_sentence, get_staff_sentence
from .autopay_scope import get_known_ids
from .row_touch import touch

# Fields that a charge rests on. Changed by hand during a charge, the money would be
# booked on another debt than the one it was taken for.
FROZEN_FIELDS = {
    "state",
    "move_type",
    "partner_id",
    "commercial_partner_id",
    "company_id",
    "journal_id",
    "currency_id",
    "line_ids",
    "invoice_line_ids",
    "invoice_payment_term_id",
    "invoice_cash_rounding_id",
    "fiscal_position_id",
}

# While an attempt holds an invoice, its status is another: both change together.
IDLE_STATUSES = (False, "eligible")


class AutopayMoveGuard(models.Model):
    """Keeps an invoice as it is, and unpaid by others, while it is being collected.

    The overrides stand in front of those of `account` and `account_payment`, which are
    loaded before.
    """

    _name = "account.move"
    _inherit = ["account.move", "autopay.scope"]

    # === WHAT IS HELD === #

    def _get_autopay_live_lines(self):
        """Return the shares of these invoices in attempts that are not over."""
        lines = self.env["autopay.attempt.line"].sudo()
        busy = self._filter_autopay_busy()
        if not busy:
            return lines
        return lines.search([("move_id", "in", busy.ids), ("live", "=", True)])

    def _filter_autopay_collectable(self):
        """Return the customer invoices that autopay may be collecting."""
        known = self._filter_autopay_known()
        if not known:
            return known
        invoices = known.sudo().filtered(lambda move: move.move_type == "out_invoice")
        return invoices.with_env(self.env).with_prefetch(self._prefetch_ids)

    def _filter_autopay_tried(self):
        """Return those of which there can be attempts: others never were posted.

        A form asks it again with each price that is typed in a draft.
        """
        return self._filter_autopay_known().filtered(
            lambda move: move.posted_before or move.state == "posted"
        )

    def _filter_autopay_busy(self):
        """Return those that an attempt may hold, by their status."""
        found = (
            self._filter_autopay_collectable()
            .sudo()
            .filtered(lambda move: move.autopay_status not in IDLE_STATUSES)
        )
        return found.with_env(self.env)

    def _is_autopay_held(self):
        """Return whether autopay is collecting one of these invoices.

        Asked one by one of a page of invoices, it takes one query for all of them.
        """
        busy = self._filter_autopay_busy().with_prefetch(self._prefetch_ids)
        return bool(busy) and any(
            line.live for line in busy.sudo().autopay_attempt_line_ids
        )

    def _check_autopay_free(self):
        """Refuse what must not happen to an invoice while it is being collected.

        :raises UserError: what holds the first one, since when, and what to do
        """
        for line in self._get_autopay_live_lines()[:1]:
            internal = self.env.user._is_internal()
            words = get_staff_sentence if internal else get_customer_sentence
            raise UserError(words(self.env, line))

    def _lock_autopay(self):
        """Make these invoices the business of this database transaction alone."""
        touch(self._filter_autopay_collectable(), "autopay_crash_count")

    # === INVOICES === #

    def _check_autopay_write(self, vals):
        """Leave alone what is being collected.

        :raises UserError: when a frozen field of such an invoice changes
        """
        switched = "autopay_status" in vals and not self.env.su
        if switched or FROZEN_FIELDS & vals.keys():
            concerned = self._filter_autopay_busy()
            # Users who may not write these invoices must not learn who collects them.
            # Of none, Odoo would ask whether they may write any.
            if concerned:
                concerned.check_access("write")
            if not switched:
                concerned = concerned._filter_autopay_changed(vals)
            concerned._check_autopay_free()

    def _filter_autopay_changed(self, vals):
        """Return the invoices that get another state, or that may get other lines."""
        if FROZEN_FIELDS & vals.keys() != {"state"}:
            return self
        return self.filtered(lambda move: move.state != vals["state"])

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Override of `account`: a credit note would settle what is being collected."""
        self._check_autopay_free()
        # In between, the invoices are open: only what they are at the end counts.
        moves = self.with_context(autopay_reversing=True)
        # The entry of a payment leaves the invoices open that it has paid.
        lines = self._filter_autopay_known().sudo().line_ids
        paid = lines.matched_debit_ids.debit_move_id.move_id
        concerned = self | paid.with_env(self.env)
        parts = concerned._count_autopay_parts()
        reverse_moves = super(AutopayMoveGuard, moves)._reverse_moves(
            default_values_list, cancel=cancel
        )
        concerned._update_autopay_settlement()
        concerned._update_autopay_parts(parts)
        return reverse_moves.with_env(self.env)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_autopay(self):
        self._check_autopay_free()
        tried = self._filter_autopay_tried().sudo().filtered("autopay_attempt_line_ids")
        for move in tried[:1]:
            raise UserError(
                self.env._(
                    "Autopay has tried to collect %(invoice)s (%(attempts)s), and the "
                    "history of charges stays: cancel the invoice instead of "
                    "deleting it.",
                    invoice=move.display_name,
                    attempts=format_list(
                        self.env, move.autopay_attempt_ids.mapped("name")
                    ),
                )
            )

    # === PAYMENT BY THE CUSTOMER === #

    def _has_to_be_paid(self):
        """Override of `account_payment`: not what somebody is paying already."""
        if not super()._has_to_be_paid():
            return False
        known_ids = get_known_ids(self.env)
        if not known_ids:
            return True
        # Asked one by one of a page of invoices: what costs least comes first.
        move = self.sudo()
        return move.company_id.id not in known_ids or not (
            # Nobody has said yet whether it is still owed.
            move.autopay_refunded
            or move.autopay_in_dispute
            or (move.autopay_status not in IDLE_STATUSES and move._is_autopay_held())
            or move._is_autopay_paid_unbooked()
        )

    def _is_autopay_paid_unbooked(self):
        """Return whether confirmed payments leave nothing due once they are booked."""
        invoice = self if self.env.su else self.sudo()
        if not invoice.transaction_ids or not invoice.company_id.autopay_enabled:
            return False
        waiting = invoice.transaction_ids._get_autopay_unbooked(invoice.currency_id)
        if not waiting:
            return False
        left = invoice.amount_residual - waiting
        return invoice.currency_id.compare_amounts(left, 0) <= 0

    def _get_online_payment_error(self):
        """Override of `account_payment` to say who is paying."""
        if lines := self._get_autopay_live_lines():
            return get_customer_sentence(self.env, lines[0])
        if self._is_autopay_withheld():
            return get_withheld_sentence(self.env, self.sudo())
        return super()._get_online_payment_error()

    def _get_default_payment_link_values(self):
        """Override of `account_payment`: no links to what is collected or disputed."""
        values = super()._get_default_payment_link_values()
        self._check_autopay_free()
        self._check_autopay_undisputed()
        return values

    def _get_portal_payment_link(self):
        """Override of `account_payment`: invoices are still printed meanwhile."""
        if self._is_autopay_withheld() or self._is_autopay_held():
            return f"{self.get_base_url()}{self.get_portal_url()}"
        return super()._get_portal_payment_link()
