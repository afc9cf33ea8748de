import logging

import psycopg2

from odoo import fields, models
from odoo.exceptions import ValidationError

from ...rights import PAYMENT_GROUPS, check_manager

_logger = logging.getLogger(__name__)


class AutopayTransactionDoubt(models.AbstractModel):
    """Remembers online payments of which nobody knows whether they were charged.

    Odoo calls a lost answer an error, which frees the invoice
    (payment/models/payment_provider.py, _send_api_request). A customer who paid it with
    a saved method would be charged again on the autopay date.
    """

    _name = "autopay.transaction.doubt"
    _description = "Doubt about a Payment"

    autopay_doubt_date = fields.Datetime(
        string="In Doubt since",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=PAYMENT_GROUPS,
        help="The provider's answer was lost: perhaps the customer was charged. "
        "Autopay leaves the invoice alone until the provider confirms the payment or "
        "a person has looked.",
    )

    # === ACTION METHODS === #

    def action_autopay_not_charged(self):
        """Take a billing manager's word that the customer was not charged."""
        check_manager(self)
        self.check_access("read")
        doubtful = self.sudo().filtered("autopay_doubt_date")
        for transaction in doubtful:
            bodies = dict.fromkeys(
                transaction.invoice_ids.ids,
                self.env._(
                    "%(user)s has seen at the provider that payment %(reference)s was "
                    "not charged.",
                    user=self.env.user.name,
                    reference=transaction.reference,
                ),
            )
            transaction.invoice_ids._message_log_batch(bodies)
        doubtful.autopay_doubt_date = False

    # === BUSINESS METHODS === #

    def _send_payment_request(self):
        """Override of `payment` to note that an answer was lost, and not roll it back.

        The engine brings a list of its own and decides itself. Where Autopay is off,
        nothing would be charged again: errors reach the caller as they are.

        :raises ValidationError: as Odoo expects when a payment fails
        """
        if "autopay_lost_requests" in self.env.context or not self._is_autopay_used():
            return super()._send_payment_request()
        lost = []
        noting = self.with_context(autopay_lost_requests=lost)
        try:
            res = super(AutopayTransactionDoubt, noting)._send_payment_request()
        except psycopg2.Error:
            # Nothing can be written any more; Odoo repeats or rolls back the request.
            raise
        except Exception as error:
            if not lost:
                raise
            self._autopay_set_doubt()
            sentence = self.env._("The provider's answer was lost.")
            raise ValidationError(sentence) from error
        if lost:
            self._autopay_set_doubt()
        return res

    def _autopay_set_doubt(self):
        """Keep autopay away from the invoices, and ask a person to look."""
        transaction = self.sudo()
        transaction.autopay_doubt_date = fields.Datetime.now()
        _logger.warning("The answer to payment %s was lost.", self.reference)
        notification = self.env["autopay.notification"].sudo()
        summary = self.env._("Perhaps paid: look up %s at the provider", self.reference)
        for move in transaction.invoice_ids.filtered("autopay_status"):
            notification._alert(move, move.company_id, summary)
