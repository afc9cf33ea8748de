from odoo import fields, models
from odoo.exceptions import UserError

from ...const.invoice import OWN_PREFETCH
from ...rights import STAFF_GROUPS, check_billing
from ...words.invoices.credits import get_waived_words


class AutopayMoveCredit(models.Model):
    """Buttons with which people say what becomes of a customer's open credit."""

    _inherit = "account.move"

    autopay_waived_credit = fields.Json(
        string="Credit Passed over",
        copy=False,
        prefetch=OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
        help="What was open in the customer's favour when somebody said that this "
        "invoice is charged all the same.",
    )
    autopay_credit_waived_by_id = fields.Many2one(
        "res.users",
        string="Charge beside Credit Confirmed by",
        copy=False,
        prefetch=OWN_PREFETCH,
        readonly=True,
        groups=STAFF_GROUPS,
    )

    # === ACTION METHODS === #

    def action_autopay_apply_credit(self):
        """Pay invoices with what is open in their customers' favour, oldest first.

        :return: for many, a client action that tells how many were paid something
        :raises UserError: when nothing that is open can pay the only one, any more
        """
        found = self._get_autopay_credits()
        # With the rights of the user, as Odoo's own list of open credits does.
        planned = {
            move: [
                credit.line.sudo(False).with_env(self.env)
                for credit in credits
                if credit.line
            ]
            for move, credits in found.items()
        }
        applied = self.env["autopay.credit.application"]._apply_lines(planned)
        if not applied and len(self) == 1:
            raise UserError(
                self.env._("Nothing that is open can be applied to this invoice.")
            )
        return self._tell_autopay_credits("credit_applied", applied)

    def action_autopay_charge_anyway(self):
        """Charge invoices although credit is open: this credit, and no more of it.

        :return: for many, a client action that tells how many will be charged
        :raises UserError: when nothing is open beside the only one, any more
        """
        found = self._get_autopay_credits()
        if not found and len(self) == 1:
            raise UserError(
                self.env._("Nothing is open in the customer's favour, any more.")
            )
        for move, credits in found.items():
            move._waive_autopay_credits(credits)
        return self._tell_autopay_credits("charged_anyway", found)

    # === BUSINESS METHODS === #

    def _get_autopay_credits(self):
        """Return the open credit that holds these invoices, to who may decide about it.

        Of many, those that are being collected are left alone.

        :return: {invoice: [Credit]}, the oldest first of both
        """
        check_billing(self)
        self.check_access("write")
        if len(self) == 1:
            self._check_autopay_free()
        free = (self - self._get_autopay_live_lines().move_id).filtered(
            lambda move: move.move_type == "out_invoice" and move._is_autopay_open()
        )
        found = self.env["autopay.open.credit"].sudo()._find_of(free.sudo())
        oldest = free.sorted(lambda move: (move.invoice_date_due or move.date, move.id))
        return {move: found[move.id] for move in oldest if move.id in found}

    def _waive_autopay_credits(self, credits):
        """Have this invoice charged although so much is open, and note who said so."""
        waived = self.sudo().autopay_waived_credit or {}
        waived = {**waived, **{credit.key: credit.amount for credit in credits}}
        self._write_autopay(
            {
                "autopay_waived_credit": waived,
                "autopay_credit_waived_by_id": self.env.uid,
            }
        )
        self.message_post(body=get_waived_words(self.env, credits))

    def _tell_autopay_credits(self, done, moves):
        """Return for many invoices the action that tells what became of them.

        :param str done: a key of ``DONE_COUNTS`` in words of mass actions
        :param moves: with which it was done
        """
        if len(self) == 1:
            return False
        busy = self._get_autopay_live_lines().move_id
        left = self.filtered(lambda move: move not in moves and move not in busy)
        return self._get_counts_action(
            done, len(moves), {"busy": busy, "no_credit": left}
        )
