from odoo import fields, models
from odoo.exceptions import UserError

from ...rights import STAFF_GROUPS, check_billing


class AutopayMoveOtherPayment(models.AbstractModel):
    """Buttons about another payment of an invoice that autopay waits for."""

    _name = "autopay.move.other.payment"
    _description = "Other Payment of an Invoice on Autopay"

    autopay_other_payment_id = fields.Many2one(
        "payment.transaction",
        compute="_compute_autopay_blocker",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="The payment that autopay waits for.",
    )
    autopay_other_payment_state = fields.Selection(
        [("ignore", "May be ignored"), ("book", "To book"), ("open", "To look at")],
        compute="_compute_autopay_blocker",
        compute_sudo=True,
        groups=STAFF_GROUPS,
    )

    def _set_autopay_other_payment(self, decision):
        """Show the payment that a decision waits for, and what can be done about it."""
        payment = decision.waiting
        if not payment or payment._name != "payment.transaction":
            payment = self.env["payment.transaction"]
        self.autopay_other_payment_id = payment
        self.autopay_other_payment_state = self._get_autopay_other_state(payment)

    def _get_autopay_other_state(self, payment):
        if not payment:
            return False
        kind = payment._get_autopay_wait()
        if kind == "wire" or (
            kind in ("pending", "authorized") and payment._is_autopay_late(self)
        ):
            return "ignore"
        return "book" if kind == "done" else "open"

    # === ACTION METHODS === #

    def action_autopay_ignore_payment(self):
        """Collect an invoice although another payment of it was begun."""
        self.ensure_one()
        payment = self._get_autopay_other_payment("ignore")
        if payment._get_autopay_wait() == "wire":
            # Holders of a link to the invoice can announce any number of them.
            payment |= payment._get_autopay_other_wires(self)
        payment._ignore_for_autopay(self.sudo())

    def action_autopay_book_payment(self):
        """Book a confirmed payment that Odoo has not booked, or say what stops it."""
        self.ensure_one()
        self._get_autopay_other_payment("book")._post_process()

    def action_autopay_open_payment(self):
        """Open the other payment of the invoice."""
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        return self.sudo().autopay_other_payment_id._get_records_action()

    def _get_autopay_other_payment(self, state):
        """Return the payment that autopay waits for, when this can be done about it.

        :raises UserError: when it cannot, any more
        """
        check_billing(self)
        self.check_access("write")
        move = self.sudo()
        if move.autopay_other_payment_state != state:
            raise UserError(
                self.env._(
                    "There is nothing to say about another payment: %(sentence)s",
                    sentence=move.autopay_explanation,
                )
            )
        return move.autopay_other_payment_id
