from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const.reversal import MONEY_GONE
from ...rights import check_billing


class AutopayAttemptRefund(models.AbstractModel):
    """The part of a collected amount that pays nothing, went back, or should."""

    _name = "autopay.attempt.refund"
    _description = "Refunds of an Autopay Charge"

    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    reversal_ids = fields.One2many(
        "autopay.reversal",
        "attempt_id",
        string="Refunds and Disputes",
        readonly=True,
    )
    reversal_count = fields.Integer(compute="_compute_reversals")
    returned_amount = fields.Monetary(
        compute="_compute_reversals", help="What was returned to the customer."
    )
    excess_amount = fields.Monetary(
        compute="_compute_excess_amount",
        compute_sudo=True,
        help="What was collected beyond what is owed.",
    )

    refundable_amount = fields.Monetary(
        compute="_compute_refundable_amount",
        compute_sudo=True,
        help="What Odoo can still refund of the payment.",
    )
    excess_told = fields.Monetary(
        readonly=True, help="What pays nothing, as a person was last told."
    )
    excess_activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )

    # === COMPUTE METHODS === #

    @api.depends("reversal_ids.finding", "reversal_ids.amount")
    def _compute_reversals(self):
        for attempt in self:
            gone = attempt.reversal_ids.filtered(lambda rec: rec.finding in MONEY_GONE)
            attempt.reversal_count = len(attempt.reversal_ids)
            attempt.returned_amount = sum(gone.mapped("amount"))

    @api.depends("booked_date")
    def _compute_excess_amount(self):
        """Show it as it is now: programs ask ``_get_excess_amount``.

        What it depends on is in the ledger. Named here, Odoo would look with each price
        that is typed in an invoice for attempts to compute anew.
        """
        for attempt in self:
            attempt.excess_amount = attempt._get_excess_amount()

    @api.depends("booked_date", "reversal_ids.finding")
    def _compute_refundable_amount(self):
        for attempt in self:
            attempt.refundable_amount = attempt.payment_id.amount_available_for_refund

    def _get_excess_amount(self):
        """Return what was collected beyond what is owed, in the attempt's currency.

        An early-payment discount stands in the books with the money, and is none.
        """
        self.ensure_one()
        surplus = self.env["autopay.surplus"]
        left = surplus._get_spare(self._get_inbound_payments())
        if self.payment_id.currency_id == self.currency_id:
            # Nobody gives back what somebody has only written into the books.
            left = max(left - max(self._get_booked_amount() - self.amount, 0.0), 0.0)
        left += surplus._get_share(self)
        if any(self.line_ids.mapped("discount_amount")):
            left = min(left, self.amount - self.returned_amount)
        refunds = self._get_unbooked_refunds()
        left += sum(refunds.mapped("amount"))
        excess = max(left - self._get_gone_amount(refunds), 0)
        return self.currency_id.round(excess) if self.currency_id else excess

    def _get_gone_amount(self, refunds):
        """Return what has gone back and is not in the books (major units).

        The books do not say it yet, or somebody has taken its payment out of them: the
        money is not there to be given back once more.

        :param refunds: refunds asked for in Odoo that are counted elsewhere
        """
        told = set(refunds.mapped("provider_reference"))
        gone = self.reversal_ids.filtered(
            lambda rec: rec.finding in MONEY_GONE and rec.ref not in told
        )
        entries = gone.payment_ids.filtered(
            lambda payment: payment.payment_type == "outbound"
        ).move_id.filtered(
            lambda entry: (
                entry.state == "posted"
                and "posted" not in entry.reversal_move_ids.mapped("state")
            )
        )
        lines = entries.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        booked = sum(lines.mapped("amount_currency"))
        return max(sum(gone.mapped("amount")) - booked, 0.0)

    def _get_missing_amount(self):
        """Return what was collected and its payment does not book (major units).

        Somebody has changed the payment since, or its journal entry.
        """
        if self.payment_id.currency_id != self.currency_id:
            return self.amount
        return max(self.amount - self._get_booked_amount(), 0.0)

    def _get_booked_amount(self):
        """Return what the payment books of the money, in the payment's currency.

        A discount stands in the entry with the money.
        """
        self.ensure_one()
        payment = self.payment_id
        if not payment.move_id:
            return payment.amount
        lines = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        booked = -sum(lines.mapped("amount_currency"))
        discounts = sum(self.line_ids.mapped("discount_amount"))
        return payment.currency_id.round(booked - discounts)

    def _get_inbound_payments(self):
        """Return the payments that book what came in: at first, and back again."""
        back = self.reversal_ids.payment_ids.filtered(
            lambda payment: payment.payment_type == "inbound"
        )
        return self.payment_id | back

    def _get_unbooked_refunds(self):
        """Return refunds asked for in Odoo that are not yet taken off the payment.

        One whose answer was lost counts as made until the provider has told of all.
        """
        self.ensure_one()
        refunds = self.transaction_id.child_transaction_ids.filtered(
            lambda tx: tx.operation == "refund"
        )
        return refunds.filtered(
            lambda tx: (
                (tx.autopay_doubt_date or tx.state not in ("error", "cancel"))
                and not tx.payment_id.autopay_reversal_id
            )
        )

    def _get_doubtful_refunds(self):
        """Return refunds of which nobody knows yet whether they were made."""
        refunds = self.sudo()._get_unbooked_refunds()
        return refunds.filtered("autopay_doubt_date")

    # === ACTION METHODS === #

    def action_refund(self):
        """Open Odoo's own refund of the payment."""
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        action = self.payment_id.action_refund_wizard()
        # The dialog takes the payment from there, and the browser names this record.
        payment = {"active_id": self.payment_id.id, "active_model": "account.payment"}
        return {**action, "context": payment}

    # === BUSINESS METHODS === #

    def _refund_excess(self, shown=None):
        """Give back at the provider what pays no invoice.

        It is Odoo's own refund of the transaction, so that Odoo knows it as one.

        :param float shown: what the user saw, in the attempt's currency; None when that
            is not known
        :raises UserError: when there is nothing to give back, or it cannot be
        """
        self.ensure_one()
        self.company_id._check_autopay_home()
        attempt = self.sudo().try_lock_for_update(allow_referencing=True)
        if not attempt:
            raise UserError(
                self.env._(
                    "Somebody is working on this charge at this moment: load the page "
                    "again. Nothing was refunded."
                )
            )
        if attempt.provider_id.state == "disabled":
            raise UserError(
                self.env._(
                    "%(provider)s is disabled, and nothing can be asked of it. Have an "
                    "administrator enable it, or refund the money in its dashboard. "
                    "Nothing was refunded.",
                    provider=attempt.provider_id.name,
                )
            )
        amount = attempt._get_excess_amount()
        attempt._check_shown(shown, amount)
        possible = attempt.payment_id.amount_available_for_refund
        if not amount or attempt.currency_id.compare_amounts(amount, possible) > 0:
            raise UserError(self._get_no_refund_sentence(amount, possible))
        return self.transaction_id.action_refund(amount_to_refund=amount)

    def _check_refunds_known(self):
        """Let nothing be refunded while perhaps it was already.

        :raises UserError: when the answer to a refund was lost and is not known yet
        """
        for attempt in self:
            if attempt._get_doubtful_refunds():
                raise UserError(attempt._get_doubt_sentence())

    def _check_shown(self, shown, amount):
        """Let nobody give back another amount than he saw.

        :raises UserError: when it is another one by now
        """
        known = isinstance(shown, (int, float))
        if known and self.currency_id.compare_amounts(shown, amount):
            raise UserError(
                self.env._(
                    "%(fresh)s pay no invoice by now, not %(shown)s: load the page "
                    "again. Nothing was refunded.",
                    fresh=self.currency_id.format(amount),
                    shown=self.currency_id.format(shown),
                )
            )

    def _get_no_refund_sentence(self, amount, possible):
        """Return why there is nothing to give back.

        :param float amount: what pays no invoice, in the attempt's currency
        :param float possible: what can be refunded
        """
        if not amount and self._get_doubtful_refunds():
            return self._get_doubt_sentence()
        if not amount:
            return self.env._(
                "Nothing of this charge is left to refund: what it collected pays "
                "invoices, or has gone back."
            )
        if not possible:
            return self.env._(
                "%(provider)s cannot refund this charge through Odoo. Refund "
                "%(amount)s in the payment provider's dashboard or by a transfer, and "
                "register the outgoing payment; or apply it to another invoice.",
                provider=self.provider_id.sudo().name,
                amount=self.currency_id.format(amount),
            )
        return self.env._(
            "%(amount)s of this charge pay no invoice and %(possible)s can be refunded "
            "through Odoo. Look at the payment, or refund it in the payment provider's "
            "dashboard.",
            amount=self.currency_id.format(amount),
            possible=self.currency_id.format(possible),
        )

    def _get_doubt_sentence(self):
        return self.env._(
            "The provider's answer to a refund of this charge was lost: perhaps "
            "the money was refunded. Nothing more is refunded until that is known. "
            "Where Autopay can ask the provider, it does so within two hours; "
            "otherwise look it up there and say so on the transaction of the "
            "refund."
        )
