import hashlib
import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .. import const
from ..const.reversal import MONEY_GONE, REFUND_DOUBT_MINUTES
from ..gateways import odoo_gateway
from ..rights import PAYMENT_GROUPS, check_manager

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
        "autopay.status.change",
        "payment.transaction",
    ]
    _autopay_status_fields = frozenset({"state"})

    autopay_attempt_ids = fields.One2many(
        "autopay.attempt",
        "transaction_id",
        string="Autopay Charges",
        readonly=True,
        groups=PAYMENT_GROUPS,
    )

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

    def _get_autopay_status_pairs(self, known_ids):
        # Those of attempts change the invoices along.
        others = self.filtered(lambda tx: tx.operation != "offline")
        return [
            (tx.company_id.id, tx.partner_id.commercial_partner_id.id)
            for tx in others.filtered("partner_id")
        ]

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

    def _wake_autopay_setup(self):
        """Have the provider asked about the visit that this transaction belongs to.

        :return: whether it belongs to one, and is not processed by it just now
        """
        if self.operation != "validation":
            return False
        setups = self.env["autopay.method.setup"].sudo()
        setup = setups.search([("transaction_id", "=", self.id)])
        if not setup or self.env.context.get("autopay_setup_finish") == setup.id:
            return False
        setup._check_soon()
        return True

    def _extract_token_values(self, payment_data):
        """Override of `payment` to keep mandate, expiry and fingerprint of a method."""
        values = super()._extract_token_values(payment_data)
        if values and self._filter_autopay_known():
            more = self.provider_id._get_autopay_saved_values(payment_data)
            values = {**values, **more}
        return values

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

    # === PAYMENTS IN DOUBT === #

    def action_autopay_not_charged(self):
        """Take a billing manager's word that the customer was not charged."""
        check_manager(self)
        self.check_access("read")
        # Of a refund in doubt it says nothing.
        doubtful = self.sudo().filtered(
            lambda tx: tx.autopay_doubt_date and tx.operation != "refund"
        )
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
            res = super(PaymentTransaction, noting)._send_payment_request()
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

    # === REFUNDS === #

    def action_refund(self, amount_to_refund=None):
        """Override of `payment`: while it is not known whether one was made, no other.

        Odoo says that a refund failed whose answer was lost: that invites to try again.
        The same key does not help where the provider was read in between: the lost one
        is known by then, and the next one is another.

        :raises UserError: when the answer to an earlier refund was lost
        """
        attempts = self._filter_autopay_known().sudo().autopay_attempt_ids
        attempts._check_refunds_known()
        res = super().action_refund(amount_to_refund=amount_to_refund)
        for attempt in attempts:
            if attempt._get_doubtful_refunds():
                message = attempt._get_doubt_sentence()
                res["params"].update(type="warning", message=message)
        return res

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

    def action_autopay_refunded(self):
        """Take a billing manager's word that the money went back; Odoo books it.

        :raises UserError: where the provider can be asked, whose list books it
        """
        check_manager(self)
        self.check_access("read")
        asked = self.provider_id._get_autopay_codes("reversals")
        for refund in self.sudo().filtered("autopay_doubt_date"):
            if refund.operation != "refund" or refund.provider_code in asked:
                raise UserError(self.env._("Autopay asks the provider by itself."))
            refund._autopay_log_refund(
                self.env._(
                    "%(user)s has seen at the provider that refund %(reference)s was "
                    "made.",
                    user=self.env.user.name,
                    reference=refund.reference,
                )
            )
            refund.autopay_doubt_date = False
            refund._set_done()
            refund._post_process()

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
            res = super(PaymentTransaction, refund)._send_refund_request()
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
                "The provider's answer to refund %(reference)s of %(amount)s was "
                "lost: perhaps the money was refunded. Autopay asks the provider.",
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
        for refund in doubtful:
            refund._autopay_log_refund(refund._get_autopay_doubt_end_sentence())
        doubtful.autopay_doubt_date = False

    def _get_autopay_doubt_end_sentence(self):
        """Return what the provider's complete list says of a refund in doubt."""
        attempts = self.source_transaction_id.autopay_attempt_ids
        refunds = attempts.reversal_ids.filtered(
            lambda rec: rec.kind == "refund" and rec.finding in MONEY_GONE
        )
        return self.env._(
            "The provider has told of all refunds since the answer to %(reference)s "
            "was lost: %(amount)s of this charge was refunded in all.",
            reference=self.reference,
            amount=self.currency_id.format(sum(refunds.mapped("amount"))),
        )
