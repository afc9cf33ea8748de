import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .. import const
from ..gateways import odoo_gateway
from ..rights import PAYMENT_GROUPS

_logger = logging.getLogger(__name__)

# Fields that only the engine may write on a transaction of an attempt: with the
# rights of a billing user Odoo would let anybody declare a charge confirmed.
GUARDED_FIELDS = {
    "state",
    "amount",
    "currency_id",
    "provider_reference",
    "token_id",
    "invoice_ids",
    "is_post_processed",
    "reference",
    "provider_id",
    "payment_method_id",
    "partner_id",
    "company_id",
    "operation",
    "payment_id",
}


class PaymentTransaction(models.Model):
    _name = "payment.transaction"
    _inherit = [
        "autopay.default.guard",
        "autopay.transaction.guard",
        "autopay.transaction.doubt",
        "autopay.transaction.refund",
        "autopay.transaction.wait",
        "payment.transaction",
    ]

    autopay_attempt_ids = fields.One2many(
        "autopay.attempt",
        "transaction_id",
        string="Autopay Attempts",
        readonly=True,
        groups=PAYMENT_GROUPS,
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("token_id")
    def _check_token_is_active(self):
        """Override of `payment` to check one by one: it reads the whole set at once.

        A refund charges nothing: what was taken with a method that is archived since
        can still be given back, and booked when it was.
        """
        known = self._filter_autopay_known()
        refunds = known.filtered(lambda transaction: transaction.operation == "refund")
        refunds = refunds.filtered("source_transaction_id.autopay_attempt_ids")
        for transaction in known - refunds:
            super(PaymentTransaction, transaction)._check_token_is_active()
        if others := self - known:
            super(PaymentTransaction, others)._check_token_is_active()
        return True

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `payment` to keep autopay's transactions out of users' hands.

        :raises AccessError: when somebody but the engine changes money or state
        """
        guarded = GUARDED_FIELDS & vals.keys() and not self.env.su
        if guarded and self._filter_autopay_known().sudo().autopay_attempt_ids:
            raise AccessError(
                self.env._("This transaction belongs to autopay and cannot be edited.")
            )
        res = super().write(vals)
        self._check_autopay_linked(vals)
        return res

    # === BUSINESS METHODS === #

    def _autopay_set_state(self, attempt_state, message=False):
        """Bring the transactions in line with their attempts.

        Odoo's own setters write to the chatter of the invoice, which would make this
        transaction compete with everybody who edits the invoice.

        :param str attempt_state: a key of ``const.TRANSACTION_STATES``
        """
        target = const.attempt.TRANSACTION_STATES[attempt_state]
        changed = self.filtered(lambda tx: tx.state != target)
        changed._autopay_update_state(target, message)
        # Odoo's sweep must never book what the engine books.
        self.filtered(lambda tx: not tx.is_post_processed).is_post_processed = True

    def _autopay_charge(self):
        """Charge the saved method through Odoo's own provider code.

        :return: a ``ChargeOutcome``; never raises for what the provider does
        """
        self.ensure_one()
        lost = []
        raised = False
        before = self.last_state_change
        transaction = self.with_context(autopay_lost_requests=lost)
        try:
            transaction._send_payment_request()
        except Exception:  # any surprise is an unknown outcome
            raised = True
            _logger.exception("Charging %s met a surprise.", self.reference)
        # Still pending as reserved: the provider's code did nothing that we know of.
        silent = self.state == "pending" and self.last_state_change == before
        silent = silent and not self.provider_reference
        return self._get_autopay_outcome(bool(lost), raised or silent)

    def _get_autopay_outcome(self, connection_failed=False, raised=False):
        """Return what Odoo knows of this transaction as a ``ChargeOutcome``."""
        self.ensure_one()
        return odoo_gateway.outcome_of(
            state=self.state,
            state_message=self.state_message or "",
            provider_reference=self.provider_reference or "",
            connection_failed=connection_failed,
            raised=raised,
        )

    def _get_autopay_read_outcome(self):
        """Return what Odoo learned since the charge, or None when it learned nothing.

        Only a final state counts: *pending* is also what an unanswered charge looks
        like.
        """
        self.ensure_one()
        final = self.state in ("done", "cancel", "error")
        return self._get_autopay_outcome() if final else None

    def _post_process(self):
        """Override of `payment`: what belongs to an attempt is booked by the engine."""
        known = self._filter_autopay_known()
        autopay = known.filtered("autopay_attempt_ids")
        autopay.is_post_processed = True
        autopay.autopay_attempt_ids._check_soon()
        refunds = known.filtered("source_transaction_id.autopay_attempt_ids")
        refunds._autopay_link_refunds()
        others = self - autopay
        res = super(PaymentTransaction, others)._post_process()
        # A payment of somebody else may come after ours.
        arrived = others._filter_autopay_concerned() - refunds
        self.env["autopay.surplus"]._check_arrived(arrived)
        return res

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment`: a full refund takes the discount back."""
        if self.operation == "refund" and self._filter_autopay_known():
            items = self.env["autopay.discount.entry"]._take_back_refunded(self)
            if items:
                extra_create_values["write_off_line_vals"] = items
        return super()._create_payment(**extra_create_values)

    def _autopay_link_refunds(self):
        """Give refunds the payment that booked them, before Odoo books them again.

        The others are booked by Odoo; the watch then takes them off the invoices.
        """
        for refund in self.filtered(lambda tx: not tx.payment_id):
            reversal = self.env["autopay.reversal"].search(
                [
                    ("provider_id", "=", refund.provider_id.id),
                    ("ref", "=", refund.provider_reference),
                ]
            )
            refund.payment_id = reversal._get_payment("outbound")
        if self:
            self.env["autopay.reversal.watch"]._poll_soon(self.provider_id)
