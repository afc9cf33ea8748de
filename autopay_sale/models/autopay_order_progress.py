from odoo import models
from odoo.fields import Domain

from odoo.addons.autopay.words.invoices.standing import needs_look

from ..const.triggers import (
    DONE_STATUSES,
    DUE_AT_ONCE_CONTEXT,
    FOLLOWED_PROGRESS,
    WAIT,
    WAIT_CANCELED,
)
from ..words.orders import (
    get_canceled_note,
    get_canceled_summary,
    get_problem,
    get_reason,
    get_short_problem,
)


class AutopayOrderProgress(models.AbstractModel):
    """The progress of one sales order when its trigger comes."""

    _name = "autopay.order.progress"
    _description = "Progress of Collecting a Sales Order"

    def _work_trigger(self, asked):
        """Collect what is left of an order if its trigger has come; or its deposit.

        :param asked: what its triggers have collected, see ``_group_autopay_sources``
        """
        self.ensure_one()
        if not self._is_trigger_reached():
            self._work_deposit()
        elif not (self._is_waiting_for_delivery() or self._is_nothing_new(asked)):
            self._show_outcome(self._get_trigger_problem() or self._collect_now())

    def _collect_now(self):
        """Collect what is left of an order, for its trigger; return what is in the way.

        :return: sentences for a person
        """
        day = self.autopay_trigger == "date" and self.autopay_collect_date
        why = get_reason(self.env, self.autopay_trigger, self)
        return self._autopay_invoice_and_collect(
            self._get_trigger_source(), day or None, why
        )

    def _show_outcome(self, problem, progress="collecting"):
        if not problem:
            self._set_autopay_progress(progress)
        elif problem != get_problem(self.env, "busy", self):
            self._show_stuck(problem)

    # === TRIGGER === #

    def _is_trigger_reached(self):
        self.ensure_one()
        if self.autopay_trigger == "delivered":
            return not self._get_undelivered_lines()
        if self.autopay_trigger == "date":
            day = self.autopay_collect_date
            return not day or day <= self.company_id._get_autopay_today()
        return True

    def _get_undelivered_lines(self):
        """Return the lines of which something is still to be delivered.

        Services that are invoiced as ordered (a fee, a discount) are delivered with
        the rest, unless there is no rest.
        """
        sold = self._get_sold_lines().filtered(lambda line: line.product_uom_qty > 0)
        awaited = sold.filtered(lambda line: not line._is_autopay_fee())
        return (awaited or sold).filtered(lambda line: line._is_autopay_short())

    def _is_nothing_new(self, asked):
        """Return whether all that the trigger asks for was asked for before."""
        if self.autopay_progress == "stuck":
            return False
        # To credit what was collected is a decision, and nobody need see to it.
        left = self._get_lines_left()
        only_credited = left and left == self._get_credited_lines()
        taken_back = only_credited or self._is_invoice_deleted(asked)
        if self.invoice_status == "to invoice" and not taken_back:
            return False
        return bool(self._filter_of_trigger(asked))

    def _is_waiting_for_delivery(self):
        """Return whether nothing can be invoiced yet, as is to be expected.

        Odoo calls lines invoiced of which nothing is ordered, as of work by the hour.
        """
        if self.autopay_trigger != "confirmed" or self.invoice_status == "to invoice":
            return False
        if self.invoice_status in DONE_STATUSES and self.invoice_ids:
            return False
        return any(line._is_autopay_awaited() for line in self._get_sold_lines())

    def _get_trigger_problem(self):
        """Return what a person has to see to before anything is invoiced, or ""."""
        if self.autopay_trigger == "date" and not self.autopay_collect_date:
            return get_problem(self.env, "no_date", self)
        if not self._get_sold_lines():
            return get_problem(self.env, "no_lines", self)
        short = self._get_short_lines()
        return get_short_problem(self.env, self, short) if short else ""

    def _get_short_lines(self):
        """Return lines that would be charged as ordered though less was delivered."""
        if self.autopay_trigger != "delivered" or self.invoice_status != "to invoice":
            return self.order_line.browse()
        return self._get_sold_lines().filtered(
            lambda line: (
                line.product_id.invoice_policy == "order"
                and not line._is_autopay_fee()
                and line.qty_to_invoice > 0
                and line._is_autopay_short()
            )
        )

    def _get_trigger_source(self):
        """Return the name of what is collected now: lines may be added later on."""
        before = self._filter_of_trigger(self._group_autopay_sources()[self])
        name = f"sale:{self.id}:{self.autopay_trigger}"
        number = len(set(before.mapped("source"))) + 1
        return name if number == 1 else f"{name}:{number}"

    def _filter_of_trigger(self, asked):
        """Return what of it the trigger has collected that the order has by now."""
        name = ["sale", str(self.id), self.autopay_trigger]
        return asked.filtered(lambda row: row.source.split(":")[:3] == name)

    # === DEPOSIT === #

    def _work_deposit(self):
        """Take the deposit of an order that was confirmed, if there is to be one."""
        if self._is_deposit_due():
            problem = self._autopay_do(self._take_deposit)
            self._show_outcome(problem, "deposit")
        elif self.autopay_progress == "stuck":
            # The trigger is still to come again, as when a delivery was added.
            self._set_autopay_progress(False)

    def _take_deposit(self):
        """Invoice the deposit, and have it charged.

        :raises UserError: why that cannot be done
        """
        wizards = self.env["sale.advance.payment.inv"]
        wizard = wizards.with_context(**DUE_AT_ONCE_CONTEXT).create(
            {
                "sale_order_ids": [(6, 0, self.ids)],
                "advance_payment_method": "percentage",
                "amount": self.autopay_deposit * 100,
            }
        )
        invoice = wizard._create_invoices(self).with_env(self.env)
        self._collect_moves(
            invoice,
            f"sale:{self.id}:deposit",
            self.company_id._get_autopay_today(),
            get_reason(self.env, "deposit", self),
        )

    def _is_deposit_due(self):
        """Return whether the deposit is still to be taken: nothing was paid yet."""
        return (
            self.autopay_deposit > 0
            and self.autopay_progress in (False, "stuck")
            and self.currency_id.is_zero(self.amount_paid)
            and not self.invoice_ids
            and not self._find_online_payments()
        )

    def _is_deposit_idle(self):
        """Return whether a deposit is wanted of what is charged as a whole."""
        return self.autopay_trigger == "confirmed" and self.autopay_deposit > 0

    def _is_deposit_coming(self):
        """Return whether a deposit is charged: once confirmed, or by the next job."""
        if self.autopay_trigger not in ("delivered", "date"):
            return False
        if self.state == "cancel" or not self._is_deposit_due():
            return False
        return self.state != "sale" or not self._is_trigger_reached()

    def _get_deposit_invoice(self):
        """Return the invoice of the deposit, an empty one when it was deleted."""
        asked = self._group_autopay_sources()[self]
        name = f"sale:{self.id}:deposit"
        return asked.filtered(lambda row: row.source == name).move_id

    def _find_online_payments(self):
        """Return online payments of an order that were made, or may still be."""
        transactions = self.env["payment.transaction"].sudo()
        made = Domain("state", "in", ("authorized", "done"))
        coming = transactions._get_autopay_awaited_domain()
        coming |= transactions._get_autopay_begun_domain()
        own = Domain("sale_order_ids", "in", self.ids)
        return transactions.search(own & (made | coming), limit=1)

    # === PROGRESS === #

    def _set_autopay_progress(self, progress):
        """Note how far collecting an order is; nobody need see to it any more."""
        if self.autopay_progress == "stuck":
            notification = self.env["autopay.notification"]
            notification._close_waiting_on(self, WAIT, self.env._("It goes on."))
        if self.autopay_progress != progress or self.autopay_problem:
            self.write({"autopay_progress": progress, "autopay_problem": False})

    def _show_stuck(self, problem):
        """Call a person to an order that cannot be collected, once for each problem."""
        if self.autopay_progress == "stuck" and self.autopay_problem == problem:
            return
        self._set_autopay_progress(False)
        self.write({"autopay_progress": "stuck", "autopay_problem": problem})
        notification = self.env["autopay.notification"]._for_staff(self.company_id)
        notification._alert(
            self.with_env(notification.env),
            self.company_id,
            notification.env._("Cannot be collected: sales order %s", self.name),
            problem,
            wait=WAIT,
        )

    def _is_collecting_halted(self):
        """Return whether what was invoiced was declined, or waits for somebody."""
        self.ensure_one()
        if self.autopay_progress not in ("deposit", "collecting"):
            return False
        return any(map(needs_look, self._get_own_invoices()))

    def _follow_payment(self):
        """Note of collected orders whether something is left to be invoiced or paid."""
        for order in self.filtered(
            lambda rec: rec.autopay_progress in FOLLOWED_PROGRESS
        ):
            if order._has_open_invoices():
                order._set_autopay_progress("collecting")
            elif order.invoice_status in DONE_STATUSES:
                order._set_autopay_progress("paid")

    # === CANCELED === #

    def _tell_canceled(self):
        """Call a person to canceled orders for which money was collected.

        Odoo gives nothing back by itself, and no invoice is open that would show it.
        """
        told = self.sudo().filtered(
            lambda rec: rec.autopay_trigger or rec.autopay_progress
        )
        for order in told:
            paid = order._group_autopay_kept()
            if not paid:
                continue
            notification = self.env["autopay.notification"]._for_staff(order.company_id)
            notification._alert(
                order.with_env(notification.env),
                order.company_id,
                get_canceled_summary(notification.env, order, paid),
                get_canceled_note(notification.env, order, paid),
                wait=WAIT_CANCELED,
            )

    def _group_autopay_kept(self):
        """Return {name: amount} of what was collected and is not given back.

        Of invoices what autopay collected and nobody credited, and before the first
        one what was paid online for the order; in its currency (major units).
        """
        moves = self._get_own_invoices()
        kept = {} if moves else self._group_online_kept()
        for move in moves:
            if move.autopay_status != "success":
                continue
            notes = move.reversal_move_ids.filtered(lambda note: note.state == "posted")
            credited = sum(notes.mapped("amount_total"))
            amount = move.amount_total - move.amount_residual - credited
            if self.currency_id.compare_amounts(amount, 0) > 0:
                kept[move.name] = amount
        return kept

    def _group_online_kept(self):
        """Return {reference: amount} of online payments that were not refunded."""
        paid = self.transaction_ids.filtered(
            lambda tx: tx.state == "done" and tx.operation != "refund"
        )
        kept = {}
        for transaction in paid:
            refunds = transaction.child_transaction_ids.filtered(
                lambda tx: tx.state == "done" and tx.operation == "refund"
            )
            # Refunds have negative amounts.
            amount = transaction.amount + sum(refunds.mapped("amount"))
            if self.currency_id.compare_amounts(amount, 0) > 0:
                kept[transaction.reference] = amount
        return kept

    def _close_canceled(self):
        """Close the calls to canceled orders that are taken up again."""
        notification = self.env["autopay.notification"]
        words = self.env._("The order was taken up again.")
        notification._close_waiting_on(self, WAIT_CANCELED, words)
