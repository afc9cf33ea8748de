from dataclasses import dataclass, replace

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...const.invoice import OWN_PREFETCH
from ...rights import STAFF_GROUPS, check_billing

# Shares of invoices that are gone: nobody can apply their money to them any more.
GONE = Domain("move_id.state", "in", ("draft", "cancel")) | Domain(
    "move_id.payment_state", "=", "reversed"
)


@dataclass(frozen=True, slots=True)
class Unapplied:
    """Money that was collected for an invoice and does not pay it any more.

    :param move: the invoice that it was collected for
    :param attempt: the ``autopay.attempt`` that collected it
    :param amount: what of it pays nothing, in the currency of the attempt (major units)
    :param is_posted: whether its payment is in the books
    :param missing: what of it the payment does not book, as somebody has changed it
    :param entries: what has taken the money instead: repayments and other entries
    :param reissued: whether another invoice of the customer is held because of it
    """

    move: models.Model
    attempt: models.Model
    amount: float
    is_posted: bool
    entries: models.Model
    missing: float = 0.0
    reissued: bool = False


class AutopayMoveUnapplied(models.Model):
    """Finds what was collected for an invoice, or for the one it replaces, and is open.

    Charging such an invoice would take the same money once more.
    """

    _inherit = "account.move"

    autopay_replaced_id = fields.Many2one(
        "account.move",
        string="Replaces",
        copy=False,
        prefetch=OWN_PREFETCH,
        readonly=True,
        index="btree_not_null",
        groups=STAFF_GROUPS,
        help="The invoice, charged by autopay, that was reversed for this one.",
    )
    autopay_open_confirmed_by_id = fields.Many2one(
        "res.users",
        string="Charge Confirmed by",
        copy=False,
        prefetch=OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
        help="Who said that this invoice is charged although money that was collected "
        "for it is not applied to it.",
    )

    # === ACTION METHODS === #

    def action_autopay_confirm_open(self):
        """Charge the invoice although money that was collected for it is open."""
        check_billing(self)
        self.check_access("write")
        self._check_autopay_free()
        found = self._get_autopay_unapplied()
        for move in self.filtered(lambda move: move.id in found):
            move._write_autopay({"autopay_open_confirmed_by_id": self.env.uid})
            open_money = found[move.id]
            move.message_post(
                body=self.env._(
                    "Confirmed: it is charged although %(amount)s of %(attempt)s are "
                    "not applied to it.",
                    amount=open_money.attempt.currency_id.format(open_money.amount),
                    attempt=open_money.attempt.name,
                )
            )

    def action_autopay_keep_aside(self):
        """Keep the money aside that holds this invoice, and would hold later ones.

        :raises UserError: when nothing of another invoice holds it, any more
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("write")
        self._check_autopay_free()
        found = self._get_autopay_unapplied().get(self.id)
        if not found or not found.reissued:
            raise UserError(
                self.env._(
                    "No money of an invoice that is gone holds this one, any more."
                )
            )
        found.attempt.sudo(False).action_keep_aside()

    def action_autopay_open_unapplied(self):
        """Open the charge whose money is open."""
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        found = self._get_autopay_unapplied().get(self.id)
        return found.attempt.sudo(False)._get_records_action() if found else False

    # === BUSINESS METHODS === #

    def _get_autopay_unapplied(self, reissued=True):
        """Return {move id: ``Unapplied``} of invoices whose collected money is open.

        :param bool reissued: whether the customers may have money of invoices gone
        """
        sources = {move._origin.id: move._get_autopay_replaced() for move in self}
        charged = (
            self.sudo()
            .union(*sources.values())
            ._origin.filtered("autopay_attempt_line_ids")
        )
        of_charged = Domain("move_id", "in", charged.ids)
        open_money = self._find_unapplied(of_charged) if charged else []
        by_move = {money.move.id: money for money in open_money}
        found = {
            move_id: by_move[source.id]
            for move_id, moves in sources.items()
            for source in moves._origin
            if source.id in by_move
        }
        return {**(self._get_autopay_reissued() if reissued else {}), **found}

    def _get_autopay_reissued(self):
        """Return {move id: ``Unapplied``} of customers with money of invoices gone.

        An invoice that was cancelled or reversed after it was collected is mostly
        issued anew, and nothing in Odoo says which one takes its place.
        """
        payers = Domain("attempt_id.partner_id", "in", self.commercial_partner_id.ids)
        open_money = self._find_unapplied(payers & GONE)
        by_payer = {
            (money.attempt.partner_id, money.attempt.company_id): replace(
                money, reissued=True
            )
            for money in open_money
            if not money.attempt._is_kept_aside(money.amount)
            and not money.move._is_autopay_replaced()
        }
        return {
            move._origin.id: by_payer[key]
            for move in self
            if (key := (move.commercial_partner_id, move.company_id)) in by_payer
        }

    def _is_autopay_replaced(self):
        """Return whether it is known which invoice takes the place of this one."""
        self.ensure_one()
        replacing = Domain("autopay_replaced_id", "=", self.id)
        return bool(
            self.sudo().search_count(replacing & Domain("state", "!=", "cancel"), 1)
        )

    def _is_autopay_replaceable(self):
        """Return whether money of an invoice may be open once another replaces it.

        It was collected for the invoice itself, or for one that it has replaced.
        """
        self.ensure_one()
        own = self.sudo()
        collected = own.autopay_attempt_line_ids or own.autopay_replaced_id
        return own.company_id.autopay_known and bool(collected)

    def _get_autopay_replaced(self):
        """Return this invoice, and those that it has replaced one after the other."""
        moves = older = self.sudo()
        while older := older.autopay_replaced_id - moves:
            moves += older
        return moves

    def _find_unapplied(self, domain):
        """Return what was collected for shares that meet a domain and pays nothing."""
        booked = Domain("attempt_id.state", "=", "succeeded") & Domain(
            "attempt_id.booked_date", "!=", False
        )
        lines = self.env["autopay.attempt.line"].sudo().search(booked & domain)
        if len(lines) > 1:
            self.env["autopay.surplus"]._prefetch(lines.attempt_id)
        found = [self._measure_unapplied(line) for line in lines]
        return [
            money
            for money in found
            if money.attempt.currency_id.compare_amounts(money.amount, 0) > 0
        ]

    def _measure_unapplied(self, line):
        """Return what of the money collected for a share pays nothing, perhaps none."""
        attempt = line.attempt_id
        payment = attempt.payment_id
        is_posted = payment.move_id.state == "posted"
        kept = attempt.amount - attempt.returned_amount
        if not is_posted and payment.state not in ("in_process", "paid"):
            nothing = line.move_id.browse()
            return Unapplied(line.move_id, attempt, kept, is_posted, nothing)
        missing = min(attempt._get_missing_amount(), kept)
        amount = missing
        if payment.currency_id == attempt.currency_id:
            amount += attempt._get_excess_amount()
        taken = self._get_partials_elsewhere(line)
        amount += sum(taken.mapped("credit_amount_currency"))
        entries = taken.debit_move_id.move_id
        return Unapplied(line.move_id, attempt, amount, is_posted, entries, missing)

    def _get_partials_elsewhere(self, line):
        """Return what takes the money of a share from its invoice and its customer.

        Money that somebody gave back by hand pays nothing either, nor does what pays
        another customer's debt: charging the invoice for it is for a person to say.
        """
        move = line.move_id
        if move.state != "posted" or not move._is_autopay_open():
            return self.env["account.partial.reconcile"]
        payments = line.attempt_id._get_inbound_payments()
        paying = self.env["autopay.surplus"]._get_lines(payments)
        payer = move.commercial_partner_id
        return paying.matched_debit_ids.filtered(
            lambda part: (
                (
                    part.debit_move_id.move_id.move_type == "entry"
                    or part.debit_move_id.move_id.commercial_partner_id != payer
                )
                # Money that went back at the provider has its own words.
                and not part.debit_move_id.payment_id.autopay_reversal_id
                and not part.debit_move_id.payment_id.source_payment_id
            )
        )
