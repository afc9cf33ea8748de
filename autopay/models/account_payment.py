from odoo import fields, models

from ..const.reversal import MONEY_GONE
from ..rights import STAFF_GROUPS


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = [
        "autopay.default.guard",
        "autopay.scope",
        "autopay.company.check",
        "account.payment",
    ]

    autopay_reversal_id = fields.Many2one(
        "autopay.reversal",
        string="Refund or Dispute",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=STAFF_GROUPS,
        help="The refund or dispute that this payment books, or books back.",
    )

    # Payments without a journal entry, which open credit is looked for among.
    _autopay_entryless_idx = models.Index("(partner_id) WHERE move_id IS NULL")

    # === COMPUTE METHODS === #

    def _compute_amount_available_for_refund(self):
        """Override of `account_payment` to count what went back without Odoo.

        A dispute leaves no refund in Odoo, and a refund that failed is no refund.
        """
        res = super()._compute_amount_available_for_refund()
        for payment in self._filter_autopay_known():
            attempts = payment.payment_transaction_id.sudo().autopay_attempt_ids
            reversals = attempts.reversal_ids
            if reversals and payment._can_autopay_refund():
                left = payment._get_autopay_refundable(reversals)
                payment.amount_available_for_refund = left
        return res

    def _search_reconciled_invoice_ids(self, operator, value):
        """Override of `account` that knows the payments of what is being booked."""
        find = self.env["autopay.booking"]._get_linked_domain
        found = find("account.move", operator, value)
        return found or super()._search_reconciled_invoice_ids(operator, value)

    # === ACTION METHODS === #

    def action_post(self):
        """Override of `account_payment`: no second charge of what is being collected.

        A payment with a saved method and without transaction charges it here. One that
        records money from elsewhere is welcome: the engine withdraws its attempt.
        """
        charging = self.filtered(
            lambda payment: (
                payment.payment_token_id and not payment.payment_transaction_id
            )
        )
        invoices = charging.invoice_ids | charging.reconciled_invoice_ids
        invoices._check_autopay_free()
        return super().action_post()

    # === BUSINESS METHODS === #

    def _can_autopay_refund(self):
        """Return whether provider and method take part in refunds at all."""
        self.ensure_one()
        transaction = self.payment_transaction_id.sudo()
        method = transaction.payment_method_id
        method = method.primary_payment_method_id or method
        return "none" not in (
            transaction.provider_id.support_refund,
            method.support_refund,
        )

    def _get_autopay_refundable(self, reversals):
        """Return what the provider still has of a collected payment (major units)."""
        self.ensure_one()
        refunds = self.sudo().search([("source_payment_id", "=", self.id)])
        unreported = refunds.filtered(lambda refund: not refund.autopay_reversal_id)
        gone = reversals.filtered(lambda rec: rec.finding in MONEY_GONE)
        left = (
            self.amount - sum(unreported.mapped("amount")) - sum(gone.mapped("amount"))
        )
        return max(left, 0.0)
