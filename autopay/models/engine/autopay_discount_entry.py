from odoo import Command, api, models


class AutopayDiscountEntry(models.AbstractModel):
    """Makes the journal items of early-payment discounts that were taken.

    They stand in the entry of the payment, as those of Odoo's own payments do
    (``account.payment.register``), so that payment and discount together pay all of the
    invoice. What was decided when the charge was reserved holds: a bank debit arrives
    days after the last day of the discount.
    """

    _name = "autopay.discount.entry"
    _description = "Journal Items of Early-Payment Discounts"

    # === THE DISCOUNT IS TAKEN === #

    @api.model
    def _grant(self, attempts, payments):
        """Return {payment id: values of journal items} of the discounts taken.

        :param payments: the draft ``account.payment`` of each attempt, in their order
        """
        return {
            payment.id: self._prepare_items(line, payment)
            for attempt, payment in zip(attempts, payments, strict=True)
            for line in attempt.line_ids
            if line.discount_amount and self._is_still_owed(line)
        }

    def _is_still_owed(self, line):
        """Return whether there is still something to grant a discount on.

        While a bank debit was under way somebody may have paid the invoice otherwise:
        then all of the charge is too much.
        """
        move = line.move_id
        term = self.env["autopay.discount"]._get_line(move)
        open_amount = term.amount_residual_currency
        is_owed = move.state == "posted" and (
            line.currency_id.compare_amounts(open_amount, line.discount_amount) >= 0
        )
        if not is_owed:
            line.discount_amount = 0.0
        return is_owed

    def _prepare_items(self, line, payment):
        """Return the journal items of one discount.

        Odoo gives them in several lists, by how the payment term reduces the tax: all
        of them together are the discount, whatever the number of taxes.
        """
        move = line.move_id
        term = self.env["autopay.discount"]._get_line(move)
        balance = move.currency_id._convert(
            line.discount_amount,
            move.company_currency_id,
            move.company_id,
            payment.date,
        )
        paid = {
            "aml": term,
            "amount_currency": -term.amount_residual_currency,
            "balance": -term.amount_residual,
        }
        lists = move._get_invoice_counterpart_amls_for_early_payment_discount(
            [paid], balance
        )
        return [item for items in lists.values() for item in items]

    # === THE MONEY WENT BACK === #

    @api.model
    def _take_back(self, reversals, payments):
        """Return {payment id: values of journal items} of discounts that are lost.

        Who has all of the money back has paid nothing in time. What goes back in parts
        takes the discount along with its last part.

        :param payments: the draft outbound payment of each reversal, in their order
        """
        return {
            payment.id: self._prepare_opposites(reversal.attempt_id.payment_id)
            for reversal, payment in self._get_last_pairs(reversals, payments)
            if self._is_whole(reversal.attempt_id, reversal.attempt_id.returned_amount)
            and self._is_standing(reversal.attempt_id)
        }

    @api.model
    def _take_back_refunded(self, refund):
        """Return the journal items of a discount that a refund made in Odoo takes back.

        :param refund: the ``payment.transaction`` of the refund
        """
        attempt = refund.source_transaction_id.autopay_attempt_ids[:1]
        refunds = refund.source_transaction_id.child_transaction_ids.filtered(
            lambda tx: tx.operation == "refund" and tx.state == "done"
        )
        if not attempt:
            return []
        returned = max(attempt.returned_amount, -sum(refunds.mapped("amount")))
        if not (self._is_whole(attempt, returned) and self._is_standing(attempt)):
            return []
        return self._prepare_opposites(attempt.payment_id)

    def _is_whole(self, attempt, returned):
        """Return whether all that an attempt collected went back.

        :param float returned: what went back, in the currency of the attempt
        """
        return attempt.currency_id.compare_amounts(returned, attempt.amount) >= 0

    def _get_last_pairs(self, reversals, payments):
        """Return (reversal, payment) of the last reversal of each attempt."""
        pairs = zip(reversals, payments, strict=True)
        by_attempt = {
            reversal.attempt_id: (reversal, payment)
            for reversal, payment in sorted(pairs, key=lambda pair: pair[0].id)
        }
        return list(by_attempt.values())

    # === SOME OF IT CAME BACK === #

    @api.model
    def _give_again(self, reversals, payments):
        """Return {payment id: values of journal items} of discounts that hold again.

        They hold as soon as not all of the money is gone any more, whichever of the
        reversals has come back.

        :param payments: the draft inbound payment of each reversal, in their order
        """
        return {
            payment.id: self._prepare_opposites(self._get_taking(reversal.attempt_id))
            for reversal, payment in self._get_last_pairs(reversals, payments)
            if self._is_lost(reversal.attempt_id)
            and not self._is_whole(
                reversal.attempt_id, reversal.attempt_id.returned_amount
            )
        }

    @api.model
    def _get_taken_back(self, reversals):
        """Return the discounts that are owed again since all of a charge went back."""
        lost = reversals.attempt_id.filtered(self._is_lost)
        return sum(sum(attempt.line_ids.mapped("discount_amount")) for attempt in lost)

    # === WHAT IS BOOKED === #

    def _is_lost(self, attempt):
        """Return whether a discount was granted, and is taken back by now."""
        is_granted = any(attempt.line_ids.mapped("discount_amount"))
        return is_granted and not self._is_standing(attempt)

    def _is_standing(self, attempt):
        """Return whether the books grant the discount, all payments taken together."""
        payments = attempt.payment_id | self._get_later_payments(attempt)
        items = self.env["account.move.line"].union(
            *(self._get_items(payment) for payment in payments)
        )
        granted = sum(items.mapped("amount_currency"))
        return attempt.currency_id.compare_amounts(granted, 0) > 0

    def _get_taking(self, attempt):
        """Return the payment that has taken the discount back last."""
        payments = self._get_later_payments(attempt).filtered(
            lambda payment: payment.payment_type == "outbound"
        )
        return payments.filtered(self._get_items).sorted("id")[-1:]

    def _get_later_payments(self, attempt):
        """Return the payments of what went back, and of what came back of that."""
        refunds = attempt.transaction_id.child_transaction_ids.payment_id
        payments = attempt.reversal_ids.payment_ids | refunds
        return payments.filtered(lambda payment: payment.move_id.state != "cancel")

    def _get_items(self, payment):
        """Return the journal items of a payment that are neither money nor debt."""
        own = payment.outstanding_account_id | payment.destination_account_id
        return payment.move_id.line_ids.filtered(
            lambda item: item.account_id not in own
        )

    def _prepare_opposites(self, payment):
        """Return journal items that undo the discount in the entry of a payment."""
        return [self._prepare_opposite(item) for item in self._get_items(payment)]

    def _prepare_opposite(self, item):
        return {
            "name": item.name,
            "account_id": item.account_id.id,
            "partner_id": item.partner_id.id,
            "currency_id": item.currency_id.id,
            "amount_currency": -item.amount_currency,
            "balance": -item.balance,
            "analytic_distribution": item.analytic_distribution,
            "tax_ids": [Command.set(item.tax_ids.ids)],
            "tax_tag_ids": [Command.set(item.tax_tag_ids.ids)],
            "tax_repartition_line_id": item.tax_repartition_line_id.id,
            "group_tax_id": item.group_tax_id.id,
        }
