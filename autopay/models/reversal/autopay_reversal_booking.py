from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...const.reversal import MONEY_GONE


class AutopayReversalBooking(models.AbstractModel):
    """Books money that went back, and money that came back after all.

    What went back is an outbound payment that takes the place of the invoice against
    the collected payment, so that the invoice is open again by exactly that amount.
    Safe to repeat: what is booked already is left alone.
    """

    _name = "autopay.reversal.booking"
    _inherit = "autopay.entry"
    _description = "Booking of Refunds and Disputes"

    @api.model
    def _book_reversals(self, reversals):
        """Make the books say what the provider says.

        :return: the attempts of the reversals that could be locked
        """
        locked = reversals.try_lock_for_update(allow_referencing=True)
        locked = locked.filtered(lambda reversal: reversal.state == "open")
        for company, part in locked.grouped("company_id").items():
            part = part.with_company(company)
            booking = self.with_env(part.env)
            gone = part.filtered(lambda reversal: reversal.finding in MONEY_GONE)
            booking._book_gone(gone)
            booking._book_back(part - gone)
            part.filtered("booking_error").booking_error = False
            for reversal in part:
                self.env["autopay.reversal.notice"]._on_booked(reversal)
            self.env["autopay.surplus"]._check(part.move_ids)
        return locked.attempt_id

    # === THE MONEY IS GONE === #

    def _book_gone(self, reversals):
        """Pay out what went back and take it off the invoices."""
        parts = reversals.move_ids._count_autopay_parts()
        for reversal in reversals:
            self._check_bookable(reversal)
        known = reversals.filtered(self._adopt_payment)
        self._create_payments(reversals - known, "outbound")
        for reversal in reversals:
            self._reconcile_gone(reversal)
        # A part that is open again has its own day.
        reversals.move_ids._update_autopay_parts(parts)

    def _check_bookable(self, reversal):
        """Refuse what a person must look at first.

        :raises UserError: shown on the reversal; it is tried again by the next run
        """
        payment = reversal.attempt_id.payment_id
        self._make_missing_entry(reversal.attempt_id)
        if reversal.currency_id != reversal.attempt_id.currency_id:
            raise UserError(
                self.env._(
                    "%(reversal)s is in %(currency)s, the charge was in %(charged)s.",
                    reversal=reversal._get_label(),
                    currency=reversal.currency_id.name,
                    charged=reversal.attempt_id.currency_id.name,
                )
            )
        if payment.move_id.state != "posted":
            raise UserError(
                self.env._(
                    "The payment %(payment)s that collected the money has no posted "
                    "journal entry.",
                    payment=payment.display_name or "",
                )
            )

    def _make_missing_entry(self, attempt):
        """Give a payment that was booked without journal entry one after all.

        Not where the bank statement has paid the invoice since: then the money is in
        the books already, and a person has to book what went back.
        """
        payment = attempt.payment_id
        lines = attempt.line_ids.move_id.line_ids.filtered(
            lambda line: (
                line.account_id == payment.destination_account_id
                and line.parent_state == "posted"
            )
        )
        due = sum(lines.mapped("amount_residual_currency"))
        confirmed = payment.state in ("in_process", "paid")
        if payment.move_id or not confirmed:
            return
        if attempt.currency_id.compare_amounts(due, payment.amount) < 0:
            return
        self._require_entry(payment)
        payment._generate_journal_entry()
        payment.move_id.action_post()
        self._reconcile_open(lines + self._get_lines(payment))

    def _adopt_payment(self, reversal):
        """Take over the payment that Odoo has made of its own refund; return it."""
        transaction = reversal._get_refund_transaction()
        payment = transaction.payment_id
        posted = payment.filtered(lambda pay: pay.move_id.state == "posted")
        posted.autopay_reversal_id = reversal
        return posted

    def _create_payments(self, reversals, payment_type):
        """Create and post one payment for each reversal, in sets."""
        if not reversals:
            return
        payments = self.env["account.payment"].create(
            [self._prepare_payment_vals(rec, payment_type) for rec in reversals]
        )
        for payment, reversal in zip(payments, reversals, strict=True):
            collected = reversal.attempt_id.payment_id
            self._require_entry(payment, collected.outstanding_account_id)
        discounts = self.env["autopay.discount.entry"]
        out = payment_type == "outbound"
        undo = discounts._take_back if out else discounts._give_again
        self._create_entries(payments, undo(reversals, payments))
        payments.action_post()
        for payment in payments.filtered("payment_transaction_id"):
            payment.payment_transaction_id.payment_id = payment

    def _prepare_payment_vals(self, reversal, payment_type):
        """Return the payment of a reversal.

        It has no payment token: Odoo charges a payment that has one and no transaction
        when it is posted (account_payment). A refund has a transaction, as one that is
        made in Odoo does; a dispute has none.
        """
        collected = reversal.attempt_id.payment_id
        out = payment_type == "outbound"
        refund = out and reversal.kind == "refund"
        transaction = self._get_transaction(reversal) if refund else False
        today = reversal.company_id._get_autopay_today()
        return {
            "autopay_reversal_id": reversal.id,
            "payment_transaction_id": transaction and transaction.id,
            "amount": reversal.amount,
            "payment_type": payment_type,
            "partner_type": "customer",
            "currency_id": reversal.currency_id.id,
            "partner_id": collected.partner_id.id,
            "journal_id": collected.journal_id.id,
            "company_id": collected.company_id.id,
            "payment_method_line_id": collected.payment_method_line_id.id,
            "destination_account_id": collected.destination_account_id.id,
            "date": reversal._get_event_day() if out else today,
            "memo": f"{reversal.ref} - {reversal.attempt_id.transaction_id.reference}",
            **({} if out else {"invoice_ids": [Command.set(reversal.move_ids.ids)]}),
        }

    def _get_transaction(self, reversal):
        """Return Odoo's refund transaction, made as for a refund made in Odoo.

        Odoo counts by them what can still be refunded, and its own webhook leaves a
        refund alone that has one.
        """
        if known := reversal._get_refund_transaction():
            return known
        # The guard lets nobody else make one.
        charge = reversal.attempt_id.transaction_id.with_context(autopay_refunding=True)
        return charge._create_child_transaction(
            reversal.amount,
            is_refund=True,
            provider_reference=reversal.ref,
            state="done",
            is_post_processed=True,
            last_state_change=fields.Datetime.now(),
        )

    def _reconcile_gone(self, reversal):
        """Reconcile the money that went back with what it was collected for.

        In this order: what the collected payment has not paid anything with (the charge
        was one too many), the credit notes, and else the invoices. Where somebody else
        has paid the invoice as well, that payment takes the place of ours.
        """
        paid_out = self._get_open_lines(reversal._get_payment("outbound"))
        collected = self._get_lines(reversal.attempt_id._get_inbound_payments())
        self._reconcile_open(collected + paid_out)
        self._reconcile_open(self._get_credit_lines(reversal, paid_out) + paid_out)
        missing = abs(sum(paid_out.mapped("amount_residual_currency")))
        if reversal.currency_id.is_zero(missing):
            return
        freed = self._free(reversal, collected, missing)
        self._reconcile_open(collected + paid_out)
        self._reconcile_open(collected + freed)
        surplus = self.env["autopay.surplus"]
        others = surplus._get_open_lines_of_others(freed.move_id)
        self._reconcile_open(freed + others)

    def _get_credit_lines(self, reversal, paid_out):
        """Return the open lines of credit notes of what went back.

        One of just that amount comes first; a credit note may also be refunded in
        parts, and several at once.
        """
        notes = reversal.move_ids.reversal_move_ids.filtered(
            lambda move: (
                move.state == "posted" and move.currency_id == reversal.currency_id
            )
        )
        if reversal.kind != "refund":
            return paid_out.browse()
        lines = notes.line_ids.filtered(
            lambda line: line.account_id == paid_out.account_id and not line.reconciled
        )
        for part in lines.grouped("move_id").values():
            credit = -sum(part.mapped("amount_residual_currency"))
            if reversal.currency_id.compare_amounts(credit, reversal.amount) == 0:
                return part
        return lines

    def _free(self, reversal, collected, missing):
        """Take the collected payment off invoices until so much of it is open.

        :param float missing: in the currency of the payment (major units)
        :return: the lines that it paid, to be paid with the rest of it
        """
        freed = collected.browse()
        partials = collected.matched_debit_ids.filtered(
            lambda part: not part.debit_move_id.payment_id.autopay_reversal_id
        )
        for partial in partials.sorted("id", reverse=True):
            if reversal.currency_id.compare_amounts(missing, 0) <= 0:
                break
            freed |= partial.debit_move_id
            missing -= partial.credit_amount_currency
            # In between more is open than went back: only the end counts.
            partial.with_context(autopay_reversing=True).unlink()
        return freed.exists()

    # === THE MONEY CAME BACK === #

    def _book_back(self, reversals):
        """Collect once more what came back, for the invoices that were open for it."""
        self._create_payments(reversals, "inbound")
        for reversal in reversals:
            self._reconcile_back(reversal)
            if reversal.kind == "refund":
                transaction = reversal._get_refund_transaction()
                transaction._autopay_set_state("declined", reversal.status_text)

    def _reconcile_back(self, reversal):
        """Pay the invoices again; a credit note that was paid out is open again."""
        back = self._get_open_lines(reversal._get_payment("inbound"))
        paid_out = self._get_lines(reversal._get_payment("outbound"))
        credits = paid_out.matched_credit_ids.filtered(
            lambda part: part.credit_move_id.move_id.move_type == "out_refund"
        )
        if credits:
            credits.unlink()
            self._reconcile_open(paid_out + back)
        invoices = reversal.move_ids.filtered(lambda move: move.state == "posted")
        lines = invoices.line_ids.filtered(
            lambda line: line.account_id == back.account_id
        )
        self._reconcile_open(lines + back)

    # === LINES === #

    def _get_lines(self, payment):
        """Return the lines of a payment on the customer's account."""
        return payment.move_id.line_ids.filtered(
            lambda line: line.account_id in payment.destination_account_id
        )

    def _get_open_lines(self, payment):
        return self._get_lines(payment).filtered(lambda line: not line.reconciled)

    def _reconcile_open(self, lines):
        """Reconcile what is open of these lines, if there is anything to reconcile."""
        is_open = lines.filtered(lambda line: not line.reconciled)
        if any(line.balance < 0 for line in is_open) and any(
            line.balance > 0 for line in is_open
        ):
            is_open.reconcile()
