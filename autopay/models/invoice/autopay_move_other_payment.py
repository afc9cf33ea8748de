from odoo import models
from odoo.exceptions import UserError

from ...rights import check_billing


class AutopayMoveOtherPayment(models.Model):
    """Buttons about another payment of an invoice that autopay waits for."""

    _inherit = "account.move"

    def _get_autopay_offers(self, decision):
        """Override to offer what can be done about the payment that is waited for."""
        offers = super()._get_autopay_offers(decision)
        payment = self._find_autopay_other_payment(decision)
        if not payment:
            return offers
        return [*offers, "open_payment", *self._get_autopay_payment_offers(payment)]

    def _find_autopay_other_payment(self, decision):
        """Return the payment that a decision waits for, perhaps none."""
        payment = decision.waiting
        is_other = payment and payment._name == "payment.transaction"
        return payment if is_other else self.env["payment.transaction"]

    def _get_autopay_payment_offers(self, payment):
        kind = payment._get_autopay_wait()
        if kind == "wire" or (
            kind in ("pending", "authorized") and payment._is_autopay_late(self)
        ):
            return ["ignore_payment"]
        return ["book_payment"] if kind == "done" else []

    # === ACTION METHODS === #

    def action_autopay_ignore_payment(self):
        """Collect an invoice although another payment of it was begun."""
        self.ensure_one()
        payment = self._get_autopay_other_payment("ignore_payment")
        if payment._get_autopay_wait() == "wire":
            # Holders of a link to the invoice can announce any number of them.
            payment |= payment._get_autopay_other_wires(self)
        payment._ignore_for_autopay(self.sudo())

    def action_autopay_book_payment(self):
        """Book a confirmed payment that Odoo has not booked, or say what stops it."""
        self.ensure_one()
        self._get_autopay_other_payment("book_payment")._post_process()

    def action_autopay_open_payment(self):
        """Open the other payment of the invoice."""
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        [decision] = self.env["autopay.decision"].sudo()._decide(self.sudo()).values()
        return self._find_autopay_other_payment(decision)._get_records_action()

    def _get_autopay_other_payment(self, offer):
        """Return the payment that autopay waits for, when this can be done about it.

        :param str offer: what is to be done, a word of ``_get_autopay_offers``
        :raises UserError: when it cannot, any more
        """
        check_billing(self)
        self.check_access("write")
        move = self.sudo()
        [decision] = self.env["autopay.decision"].sudo()._decide(move).values()
        if offer not in move._get_autopay_offers(decision):
            raise UserError(
                self.env._(
                    "There is nothing to say about another payment: %(sentence)s",
                    sentence=move.autopay_explanation,
                )
            )
        return move._find_autopay_other_payment(decision)
