import hashlib
import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const.reversal import REFUND_DOUBT_MINUTES
from ...rights import check_manager

_logger = logging.getLogger(__name__)


class AutopayTransactionRefund(models.AbstractModel):
    """Gives money of a charge back once, whether the provider's answer arrives or not.

    Odoo calls a lost answer an error and sends refunds without an idempotency key
    (``_send_refund_request`` of its providers): who asked again would give the money
    back twice.
    """

    _name = "autopay.transaction.refund"
    _description = "Refund of an Autopay Transaction"

    # === ACTION METHODS === #

    def action_autopay_not_refunded(self):
        """Take a billing manager's word that the money did not go back."""
        check_manager(self)
        self.check_access("read")
        for refund in self.sudo().filtered("autopay_doubt_date"):
            refund._autopay_log_refund(
                self.env._(
                    "%(user)s has seen at the provider that refund %(reference)s was "
                    "not made.",
                    user=self.env.user.name,
                    reference=refund.reference,
                )
            )
            refund.autopay_doubt_date = False

    # === BUSINESS METHODS === #

    def _send_refund_request(self):
        """Override of `payment` to note that an answer was lost, and not roll it back.

        :raises ValidationError: as Odoo expects when a refund fails
        """
        known = self._filter_autopay_known()
        if not known.source_transaction_id.autopay_attempt_ids:
            return super()._send_refund_request()
        keyed = self.provider_id._has_autopay_refund_key()
        key = keyed and self._get_autopay_refund_key()
        refund = self.with_context(autopay_refund_key=key)
        try:
            res = super(AutopayTransactionRefund, refund)._send_refund_request()
        except psycopg2.Error:
            # Nothing can be written any more; Odoo repeats or rolls back the request.
            raise
        except Exception as error:
            if self.provider_id._autopay_is_definite(error):
                raise
            self._autopay_set_refund_doubt()
            sentence = self.env._("The provider's answer was lost.")
            raise ValidationError(sentence) from error
        if self.state == "error" and not self.provider_reference:
            # There was an answer, but Odoo could make nothing of it.
            self._autopay_set_refund_doubt()
        return res

    def _get_autopay_refund_key(self):
        """Return an idempotency key, the same as long as the outcome is not known.

        It does not go by the id of this refund: Odoo repeats a request that met a
        conflict and makes another one, and a person does when the process has died.
        """
        known = self.source_transaction_id.child_transaction_ids.filtered(
            lambda tx: tx.operation == "refund" and not tx.autopay_doubt_date
        )
        parts = (
            self.env["res.company"]._get_autopay_database_uuid(),
            self.provider_id.id,
            self.source_transaction_id.id,
            "refund",
            f"{self.amount:.{self.currency_id.decimal_places}f}",
            *sorted((known - self).ids),
        )
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()

    def _autopay_set_refund_doubt(self):
        """Have nothing more refunded before the provider has told of all refunds."""
        self.sudo().autopay_doubt_date = fields.Datetime.now()
        _logger.warning("The answer to refund %s was lost.", self.reference)
        self._autopay_log_refund(
            self.env._(
                "The provider's answer to refund %(reference)s of %(amount)s was lost: "
                "perhaps the money went back. Autopay asks the provider.",
                reference=self.reference,
                amount=self.currency_id.format(-self.amount),
            )
        )
        self.env["autopay.reversal.watch"].sudo()._poll_soon(self.provider_id)

    def _autopay_log_refund(self, sentence):
        for attempt in self.source_transaction_id.autopay_attempt_ids:
            attempt._message_log(body=sentence)

    @api.model
    def _autopay_end_refund_doubts(self, provider, asked):
        """End the doubts about refunds that the provider's complete list has cleared.

        What was made is known as a reversal by now; anything else was not made.

        :param datetime asked: when the list was asked for
        """
        doubtful = self.search(
            [
                ("provider_id", "=", provider.id),
                ("operation", "=", "refund"),
                (
                    "autopay_doubt_date",
                    "<=",
                    asked - timedelta(minutes=REFUND_DOUBT_MINUTES),
                ),
            ]
        )
        doubtful.autopay_doubt_date = False
