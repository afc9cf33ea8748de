from odoo import api, fields, models

from ...const.attempt import UNCOLLECTED_STATES
from ...const.engine import OWN_FIELDS_CONTEXT
from ..guard.each_write import write_each

# The status of an invoice once its charge is booked.
COLLECTED = {
    "autopay_status": "success",
    "autopay_retry_date": False,
    "autopay_fallback_token_id": False,
    "autopay_failed_before": False,
    "autopay_crash_count": 0,
}


class AutopayBooking(models.AbstractModel):
    """Books what was collected and gives back what was not; safe to repeat."""

    _name = "autopay.booking"
    _inherit = "autopay.entry"
    _description = "Autopay Booking"

    @api.model
    def _book(self, attempts):
        """Post and reconcile collected attempts, release refused ones.

        :return: the attempts that could be locked
        """
        locked = attempts.try_lock_for_update(allow_referencing=True)
        collected = locked.filtered(
            lambda attempt: attempt.state == "succeeded" and not attempt.booked_date
        )
        self._book_now(collected)
        self._show_waiting(locked.filtered(lambda rec: rec.state == "action_required"))
        self._release(
            locked.filtered(
                lambda attempt: (
                    attempt.state in UNCOLLECTED_STATES
                    and attempt.provider_closed
                    and any(attempt.line_ids.mapped("live"))
                )
            )
        )
        return locked

    # === COLLECTED === #

    def _book_now(self, attempts):
        """Book these attempts, whatever is known of them; see ``_book``."""
        # Entries of payments are made whole: there are no taxes or terms to add.
        collected = attempts.with_context(skip_invoice_sync=True)
        for company, part in collected.grouped("company_id").items():
            part = part.with_company(company)
            self.with_env(part.env)._book_collected(part)

    def _book_collected(self, attempts):
        """Create, post and reconcile one payment for each attempt, in sets."""
        linked = self._remember_links(attempts)
        self.with_env(linked.env)._book_linked(linked)

    def _book_linked(self, attempts):
        moves = attempts.line_ids.move_id
        # A payment with an entry changes nothing of an invoice until it is reconciled.
        state = moves._fields["payment_state"]
        with self.env.protecting([state], moves):
            payments = self._post_payments(attempts)
        write_each(attempts.transaction_id, {"payment_id": payments.ids})
        left_over = self._reconcile(attempts, payments)
        attempts.line_ids.live = False
        attempts.write({"booked_date": fields.Datetime.now(), "booking_error": False})
        moves.with_context(**OWN_FIELDS_CONTEXT).write(COLLECTED)
        approvals = self.env["autopay.approval"]
        approvals.union(*approvals._get_open(moves).values())._set_state("used")
        self._charge_rest_later(attempts)
        moves._update_autopay_settlement()
        for attempt in left_over:
            self._alert_left_over(attempt)

    def _post_payments(self, attempts):
        """Create and post one payment with its entry for each attempt; return them."""
        together = self.env["account.payment"].with_context(autopay_together=True)
        payments = together.create(
            [self._prepare_payment_vals(attempt) for attempt in attempts]
        ).with_env(self.env)
        self._add_links(attempts, payments)
        for payment in payments:
            self._require_entry(payment)
        discounts = self.env["autopay.discount.entry"]
        self._create_entries(payments, discounts._grant(attempts, payments))
        payments.with_context(autopay_sequence_formats={}).action_post()
        return payments

    # === WHICH PAYMENT PAYS WHAT === #

    def _remember_links(self, attempts):
        """Return the attempts with a context that tells what pays their invoices.

        With each change of a payment or an invoice Odoo asks the database for it, to
        mark what depends on it: some thirty times while a set is booked.
        """
        moves = attempts.line_ids.move_id
        earlier = moves.reconciled_payment_ids
        links = {
            "account.move": {
                move.id: set(move.reconciled_payment_ids.ids) for move in moves
            },
            "account.payment": {
                payment.id: set(payment.reconciled_invoice_ids.ids)
                for payment in earlier
            },
        }
        return attempts.with_context(autopay_links=links)

    def _add_links(self, attempts, payments):
        """Add to what is remembered that each attempt's payment pays its invoices."""
        links = self.env.context["autopay_links"]
        for attempt, payment in zip(attempts, payments, strict=True):
            move_ids = attempt.line_ids.move_id.ids
            links["account.payment"][payment.id] = set(move_ids)
            for move_id in move_ids:
                links["account.move"][move_id].add(payment.id)

    @api.model
    def _get_linked_domain(self, model, operator, value):
        """Return what is linked to records, as it is known while charges are booked.

        :param str model: *account.move* for the payments of invoices, *account.payment*
            for the invoices of payments
        :param value: the ids of those records, where the operator is *in*
        :return: a domain; None where Odoo has to look for itself
        """
        links = self.env.context.get("autopay_links")
        if links is None or operator != "in":
            return None
        known = links[model]
        unknown = self.env[model].browse(set(value) - known.keys())
        if not self._are_unlinked(unknown):
            return None
        found = set().union(*(known[each] for each in value if each in known))
        return [("id", "in", found)]

    def _are_unlinked(self, records):
        """Return whether none of these payments or entries can be linked by now."""
        if records._name == "account.payment":
            # While they are created they pay nothing.
            return not records or self.env.context.get("autopay_together")
        # Entries of payments are invoices of none.
        return all(move.move_type == "entry" for move in records)

    # === RESTS === #

    def _charge_rest_later(self, attempts):
        """Leave on autopay what is still to come of invoices: parts, rests after a cap.

        What a person charged that was not on autopay does not come onto it.
        """
        lines = attempts.line_ids.filtered(
            lambda line: not line.currency_id.is_zero(line.move_id.amount_residual)
        )
        days = self.env["autopay.due"]._get_part_days(lines.move_id)
        for line in lines:
            rest_date = line.attempt_id.rest_date
            if not rest_date and line.move_id not in days:
                continue
            move = line.move_id.with_context(**OWN_FIELDS_CONTEXT)
            if not line.previous_status:
                move.autopay_status = False
            elif line.money_returned:
                move.autopay_status = "success" if move.autopay_refunded else "error"
            else:
                move.autopay_status = "eligible"
                day, source = days.get(line.move_id), "rule"
                if rest_date:
                    day, source = rest_date, "rest"
                move._give_autopay_date(day, source)

    def _prepare_payment_vals(self, attempt):
        """Return the payment of a collected attempt.

        It carries its transaction from the start: Odoo charges the card again when a
        payment with a token and no transaction is posted (account_payment).
        """
        transaction = attempt.transaction_id
        journal = attempt.provider_id.journal_id
        moves = attempt.line_ids.move_id
        receivable = self._get_receivable_lines(moves)[:1].account_id
        return {
            "amount": attempt.amount,
            "payment_type": "inbound",
            "partner_type": "customer",
            "currency_id": attempt.currency_id.id,
            "partner_id": attempt.partner_id.id,
            "journal_id": journal.id,
            "company_id": attempt.company_id.id,
            "payment_method_line_id": self._get_method_line(attempt.provider_id).id,
            "payment_token_id": attempt.token_id.id,
            "payment_transaction_id": transaction.id,
            "date": attempt._get_booking_date(),
            "memo": f"{transaction.reference} - {attempt.object_ref or ''}".rstrip(
                " -"
            ),
            "invoice_ids": [fields.Command.set(moves.ids)],
            **({"destination_account_id": receivable.id} if receivable else {}),
        }

    def _get_method_line(self, provider):
        """Return the line under which payments of a provider are booked, if any."""
        lines = provider.journal_id.inbound_payment_method_line_ids
        return lines.filtered(lambda line: line.payment_provider_id == provider)[:1]

    def _get_outstanding_account(self, provider, company):
        """Return the account on which Odoo books what a provider collected, if any.

        Without one of its own it is the company's: see ``_get_outstanding_account`` of
        account.payment.
        """
        if account := self._get_method_line(provider).payment_account_id:
            return account
        charts = self.env["account.chart.template"].with_context(
            allowed_company_ids=company.root_id.ids
        )
        reference = "account_journal_payment_debit_account_id"
        default = charts.ref(reference, raise_if_not_found=False)
        return default or company.transfer_account_id

    def _get_receivable_lines(self, moves):
        return moves.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def _reconcile(self, attempts, payments):
        """Reconcile each payment with its invoices.

        :return: the attempts of which something is left over
        """
        plan = [
            self._get_lines_to_reconcile(attempt, payment)
            for attempt, payment in zip(attempts, payments, strict=True)
        ]
        pairs = [lines for lines in plan if len(lines) > 1]
        self._reconcile_lines(pairs, payments)
        moves = attempts.line_ids.move_id
        untouched = moves.browse(
            set(moves.ids) - {line.move_id.id for lines in pairs for line in lines}
        )
        self.env.add_to_compute(moves._fields["payment_state"], untouched)
        left_over = attempts.browse()
        for attempt, lines in zip(attempts, plan, strict=True):
            rest = -sum(lines.mapped("amount_residual_currency"))
            if attempt.currency_id.compare_amounts(rest, 0) > 0:
                left_over |= attempt
        return left_over

    def _reconcile_lines(self, plan, payments):
        """Reconcile lists of lines; the totals of the payments' entries are kept."""
        entries = payments.move_id
        # Odoo would look for them in the middle of it, and compute all of a payment.
        entries.payment_ids.mapped("name")
        kept = []
        for name in ("amount_total", "payment_state"):
            if self._is_odoos(entries, name):
                kept += self.env.registry.field_computed[entries._fields[name]]
        with self.env.protecting(kept, entries):
            self.env["account.move.line"]._reconcile_plan(plan)
        # Payments of others that are paid by it say so without a message, as before.
        self.env["account.payment"].flush_model(["state"])

    def _get_lines_to_reconcile(self, attempt, payment):
        """Return the open lines of a payment and of its invoices that are posted."""
        moves = attempt.line_ids.move_id
        posted = moves.filtered(lambda move: move.state == "posted")
        lines = self._get_receivable_lines(posted) + payment.move_id.line_ids
        return lines.filtered(
            lambda line: (
                not line.reconciled
                and line.account_id == payment.destination_account_id
            )
        )

    def _alert_left_over(self, attempt):
        """Tell of money that pays nothing: the invoice is gone, or was paid."""
        moves = attempt.line_ids.move_id
        notification = self.env["autopay.notification"]
        if moves.filtered(lambda move: move.state != "posted"):
            return notification._alert_unreconciled(attempt)
        return self.env["autopay.surplus"]._check(moves)

    def _set_booking_error(self, attempt, error):
        """Keep why an attempt could not be booked and ask a person to mend it."""
        attempt.booking_error = str(error)
        attempt._schedule_check()
        self.env["autopay.notification"]._alert_not_booked(attempt)

    # === NOT COLLECTED === #

    def _show_waiting(self, attempts):
        """Show invoices as failed whose customer must act; they stay reserved."""
        moves = attempts.line_ids.move_id
        moves.filtered(
            lambda move: move.autopay_status == "in_progress"
        ).autopay_status = "error"

    def _release(self, attempts):
        """Give the invoices of attempts back that took no money and never will."""
        for line in attempts.line_ids:
            line.move_id.write(self._prepare_released_vals(line))
        attempts.line_ids.live = False
        # An invoice that was paid meanwhile is settled, not failed.
        paid = attempts.line_ids.move_id.filtered(
            lambda rec: not rec._is_autopay_open()
        )
        paid._update_autopay_settlement()
        self.env["autopay.combination"]._stop_after(attempts)
        self.env["autopay.fallback"]._offer(attempts)
        revoked = attempts.filtered(lambda rec: rec.decline_class == "revoked")
        revoked.authorization_id._revoke(
            self.env._("The bank reports that the customer has revoked it.")
        )

    def _prepare_released_vals(self, line):
        """Return what an invoice is after an attempt that took no money."""
        if not line.previous_status:
            # An invoice that was not on autopay does not come onto it by a charge.
            return {"autopay_status": False, "autopay_retry_date": False}
        if line.money_returned:
            status = "success" if line.move_id.autopay_refunded else "error"
            return {"autopay_status": status, "autopay_retry_date": False}
        if line.attempt_id.state != "declined":
            return {"autopay_status": line.previous_status}
        return {
            "autopay_status": "error",
            "autopay_retry_date": line.attempt_id._get_retry_date(),
            "autopay_crash_count": 0,
        }
