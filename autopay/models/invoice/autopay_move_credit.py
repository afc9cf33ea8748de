from odoo import fields, models
from odoo.exceptions import UserError

from ...const.invoice import OWN_PREFETCH
from ...rights import STAFF_GROUPS, check_billing
from ...words.invoices.credits import get_waived_words


class AutopayMoveCredit(models.AbstractModel):
    """Buttons with which people say what becomes of a customer's open credit."""

    _name = "autopay.move.credit"
    _description = "Open Credit beside an Invoice on Autopay"

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
        """Pay the invoice with what is open in the customer's favour, oldest first.

        :raises UserError: when nothing that is open can pay it, any more
        """
        self.ensure_one()
        found = self._get_autopay_credits()
        lines = [credit.line for credit in found if credit.line]
        application = self.env["autopay.credit.application"]
        # With the rights of the user, as Odoo's own list of open credits does.
        own = [line.sudo(False).with_env(self.env) for line in lines]
        if not application._apply_lines(self, own):
            raise UserError(
                self.env._("Nothing that is open can be applied to this invoice.")
            )

    def action_autopay_charge_anyway(self):
        """Charge the invoice although credit is open: this credit, and no more of it.

        :raises UserError: when nothing is open, any more
        """
        self.ensure_one()
        found = self._get_autopay_credits()
        if not found:
            raise UserError(
                self.env._("Nothing is open in the customer's favour, any more.")
            )
        waived = self.sudo().autopay_waived_credit or {}
        waived = {**waived, **{credit.key: credit.amount for credit in found}}
        self._write_autopay(
            {
                "autopay_waived_credit": waived,
                "autopay_credit_waived_by_id": self.env.uid,
            }
        )
        self.message_post(body=get_waived_words(self.env, found))

    # === BUSINESS METHODS === #

    def _get_autopay_credits(self):
        """Return the open credit that holds this invoice, to who may decide about it.

        :return: [Credit], the oldest first
        """
        check_billing(self)
        self.check_access("write")
        self._check_autopay_free()
        move = self.sudo()
        model = self.env["autopay.open.credit"].sudo()
        unapplied = move._get_autopay_unapplied()
        linked = model._get_linked_moves(move)
        found = model._find(move.company_id, move, unapplied, True, linked)
        return found.get(move.id, [])
