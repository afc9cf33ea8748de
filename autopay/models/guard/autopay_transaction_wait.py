from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ... import const
from ...const.deadline import DAY, PAYMENT_WAITS, PROMISING_PROVIDERS
from ...const.invoice import UNPAID_STATES
from ...rights import PAYMENT_GROUPS, check_manager

# States of a payment that may still come, and never come, as people know.
IGNORABLE_STATES = ("pending", "authorized")


class AutopayTransactionWait(models.Model):
    """Other payments of an invoice, for which autopay waits, and until when."""

    _inherit = "payment.transaction"

    autopay_ignored_date = fields.Datetime(
        string="Not Coming since",
        readonly=True,
        groups=PAYMENT_GROUPS,
        copy=False,
        help="Since when somebody has said that this payment will not come: autopay "
        "does not wait for it.",
    )
    autopay_ignored_user_id = fields.Many2one(
        "res.users",
        string="Not Coming, Said by",
        readonly=True,
        groups=PAYMENT_GROUPS,
        copy=False,
        ondelete="restrict",
    )

    # === WHAT AUTOPAY WAITS FOR === #

    @api.model
    def _get_autopay_awaited_domain(self):
        """Return the payments of others that may still come, or are to be booked."""
        coming = Domain("state", "in", IGNORABLE_STATES)
        unbooked = Domain("state", "=", "done") & Domain(
            "is_post_processed", "=", False
        )
        return Domain("autopay_attempt_ids", "=", False) & (
            (coming & Domain("autopay_ignored_date", "=", False)) | unbooked
        )

    @api.model
    def _get_autopay_doubtful_domain(self):
        """Return the payments that were perhaps taken."""
        return Domain("autopay_doubt_date", "!=", False) & Domain(
            "state", "in", ("draft", "error")
        )

    @api.model
    def _get_autopay_begun_domain(self):
        """Return the payments that somebody may be confirming in a browser."""
        begun = fields.Datetime.now() - timedelta(
            minutes=const.decision.CHECKOUT_MINUTES
        )
        return (
            Domain("autopay_attempt_ids", "=", False)
            & Domain("state", "=", "draft")
            & Domain("create_date", ">=", begun)
        )

    def _get_autopay_other_wires(self, move):
        """Return all the payments of an invoice that were announced and not asked for.

        :param move: the ``account.move``
        """
        own = Domain("invoice_ids", "in", move.ids)
        found = self.search(own & self._get_autopay_awaited_domain())
        return found.filtered(lambda payment: payment._get_autopay_wait() == "wire")

    def _get_autopay_wait(self):
        """Return the key of ``PAYMENT_WAITS`` for this payment, or *draft*."""
        self.ensure_one()
        if self.autopay_doubt_date and self.state in ("draft", "error"):
            return "doubt"
        if self.state == "pending" and self.provider_code in PROMISING_PROVIDERS:
            return "wire"
        return self.state

    def _get_autopay_deadline(self, move):
        """Return when a person is called about this payment of an invoice.

        Nobody is called before the invoice would be charged.

        :return: a datetime; False where the waiting ends by itself
        """
        self.ensure_one()
        key = self._get_autopay_wait()
        if key not in PAYMENT_WAITS:
            return False
        wait = PAYMENT_WAITS[key]
        hours = wait.hours
        if key == "wire":
            hours = move.company_id.autopay_wire_days * DAY
        elif wait.longer_hours and self.payment_method_id._is_autopay_debit():
            hours = wait.longer_hours
        deadline = (self[wait.since] or self.create_date) + timedelta(hours=hours)
        if move.autopay_date:
            deadline = max(deadline, datetime.combine(move.autopay_date, time.min))
        return deadline

    def _is_autopay_late(self, move):
        """Return whether it is awaited for longer than it may."""
        deadline = self._get_autopay_deadline(move)
        return bool(deadline) and deadline <= fields.Datetime.now()

    @api.model
    def _find_autopay_late(self):
        """Return {invoice: payment} where autopay has waited for too long.

        Of several it is the last one, as in a decision.
        """
        home = self.env["res.company"]._get_autopay_home_domain()
        today = fields.Date.today()
        held = Domain(
            [
                ("autopay_status", "in", ("eligible", "error")),
                ("state", "=", "posted"),
                ("payment_state", "in", UNPAID_STATES),
                ("autopay_date", "<=", today),
                ("company_id.autopay_enabled", "=", True),
            ]
        ) & Domain(home)
        awaited = self._get_autopay_awaited_domain()
        found = self.search(
            self._get_autopay_for_domain(held)
            & (awaited | self._get_autopay_doubtful_domain()),
            order="id",
        )
        return {
            move: payment
            for payment in found
            for move in payment._get_autopay_moves().filtered_domain(held)
            if payment._is_autopay_late(move)
        }

    @api.model
    def _get_autopay_for_domain(self, invoices):
        """Return the payments that are for such invoices; hook for add-ons.

        :param invoices: a ``Domain`` of invoices
        """
        return Domain("invoice_ids", "any", invoices)

    def _get_autopay_moves(self):
        """Return the invoices that these payments are for; hook for add-ons."""
        return self.invoice_ids

    # === WHAT PEOPLE SAY === #

    def _ignore_for_autopay(self, move):
        """Take a person's word that these payments of an invoice will not come.

        What does not come pays none of the invoices that it is for: the word holds for
        all of them, and each one's chatter says so.

        :raises UserError: when they may still come, or have come
        """
        for payment in self:
            payment._check_autopay_ignorable(move)
            bodies = dict.fromkeys(
                (payment.invoice_ids | move).ids,
                self.env._(
                    "%(user)s: payment %(reference)s of %(amount)s by %(provider)s "
                    "will not come. Autopay does not wait for it any more.",
                    user=self.env.user.name,
                    reference=payment.reference,
                    amount=payment.currency_id.format(payment.amount),
                    provider=payment.provider_id.name,
                ),
            )
            (payment.invoice_ids | move)._message_log_batch(bodies)
        self.sudo().write(
            {
                "autopay_ignored_date": fields.Datetime.now(),
                "autopay_ignored_user_id": self.env.uid,
            }
        )

    def _check_autopay_ignorable(self, move):
        if self.state not in IGNORABLE_STATES:
            raise UserError(
                self.env._(
                    "Payment %(reference)s has come or is over: load the page again.",
                    reference=self.reference,
                )
            )
        if self._get_autopay_wait() == "wire":
            return
        check_manager(self.sudo(False))
        if not self._is_autopay_late(move):
            raise UserError(
                self.env._(
                    "Payment %(reference)s may still come. Cancel it at "
                    "%(provider)s, or wait until Autopay calls somebody about it.",
                    reference=self.reference,
                    provider=self.provider_id.name,
                )
            )
