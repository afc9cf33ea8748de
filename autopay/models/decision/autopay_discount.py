from odoo import api, models

from ...schedules.days import shift
from ...words.invoices.discounts import get_discount_words
from .discount import NO_DISCOUNT, Discount


class AutopayDiscount(models.AbstractModel):
    """Knows what an invoice costs less when it is charged in time.

    The ledger decides, as in Odoo's own payments: the discount is on the invoice's one
    instalment, for nothing but the whole, and gone once anything was paid of it.
    """

    _name = "autopay.discount"
    _description = "Early-Payment Discount of an Invoice"

    @api.model
    def _get_discount(self, move, day):
        """Return the ``Discount`` on an invoice that is charged whole on a day.

        :param date day: in the company's time zone
        """
        # Of most invoices neither customer nor lines are looked at.
        if not move.invoice_payment_term_id.early_discount or not self._is_taken(move):
            return NO_DISCOUNT
        line = self._get_line(move)
        last_day = line.discount_date
        currency = move.currency_id
        # Once anything was paid it does not hold on any day.
        if not last_day or not move._is_eligible_for_early_payment_discount(
            currency, min(day, last_day)
        ):
            return NO_DISCOUNT
        amount = currency.round(move.amount_residual - line.discount_amount_currency)
        is_part = currency.compare_amounts(amount, move.amount_residual) < 0
        if currency.compare_amounts(amount, 0) <= 0 or not is_part:
            return NO_DISCOUNT
        held = day <= last_day
        return Discount(amount, last_day) if held else Discount(0.0, last_day, amount)

    @api.model
    def _get_planned(self, share, move, facts):
        """Return the ``Discount`` on the day on which an invoice would be charged.

        A run charges it on the last of its dates, a person charges it now.

        :param share: the ``Due`` of the invoice: on a part of it there is no discount
        :param facts: the ``Facts`` of the decision
        """
        if share.parts > 1:
            return NO_DISCOUNT
        days = [facts.today]
        if facts.scheduled and move.invoice_payment_term_id.early_discount:
            days += [move.autopay_date, move.autopay_hold_date, move.autopay_retry_date]
        return self._get_discount(move, max(day for day in days if day))

    @api.model
    def _get_words(self, decision):
        """Return what is to be known about the discount, as a sentence, or nothing."""
        return get_discount_words(self.env, decision)

    def _is_taken(self, move):
        """Return whether company and customer want the discount to be taken."""
        return move.commercial_partner_id._is_autopay_discount_taken(move.company_id)

    @api.model
    def _get_line(self, move):
        """Return the only instalment of an invoice, or nothing."""
        lines = move.sudo().line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        return lines if len(lines) == 1 else lines.browse()

    # === THE DAY === #

    @api.model
    def _bring_forward(self, move, ruled):
        """Return the last day of a discount that can be taken, if the rule is later.

        :param date ruled: the autopay date by the company's rule
        """
        if not move.invoice_payment_term_id.early_discount:
            return ruled
        today = move.company_id._get_autopay_today()
        discount = self._get_discount(move, today)
        return min(ruled, discount.last_day) if discount else ruled

    @api.model
    def _get_charge_day(self, move, today):
        """Return the autopay date of an invoice, later where its discount is lost.

        A date that was brought forward for the discount is nobody's date without it:
        somebody has paid a part, or no run came in time. What was declined in time is
        tried again all the same.
        """
        day = move.autopay_date
        by_rule = day and move.autopay_date_source == "rule"
        if not by_rule or not move.invoice_payment_term_id.early_discount:
            return day
        brought = day == self._get_line(move).discount_date
        holds = brought and self._get_discount(move, max(day, today))
        if not brought or holds or self._is_tried(move):
            return day
        return max(day, move._get_autopay_rule_date())

    @api.model
    def _follow_payments(self, moves):
        """Have dates follow their discounts, which go with the first part payment.

        Lists, calendars and forms show the date itself. Where the payment is taken off
        again the discount holds again, and the date is brought forward once more.

        :param moves: invoices of which something was paid, or is not paid any more
        """
        for move in moves.filtered("invoice_payment_term_id.early_discount"):
            if not (move._is_following_rule() and move._is_autopay_open()):
                continue
            today = move.company_id._get_autopay_today()
            day = self._bring_forward(move, self._get_charge_day(move, today))
            if day != move.autopay_date:
                move._give_autopay_date(day, "rule")

    def _is_tried(self, move):
        """Return whether a charge of the invoice has failed."""
        attempts = move.sudo().autopay_attempt_line_ids.attempt_id
        return "declined" in attempts.mapped("state")

    @api.model
    def _get_turns(self, move):
        """Return the days from which an invoice costs another amount."""
        if not move.invoice_payment_term_id.early_discount:
            return set()
        last_day = self._get_line(move).discount_date
        return {shift(last_day, 1)} if last_day else set()

    @api.model
    def _give_back_dates(self, decisions):
        """Give invoices the date by the rule whose discount is lost.

        :param decisions: what was decided about invoices that were due by their date
        """
        for decision in decisions:
            move = decision.move
            if decision.blocker == "date_not_reached" and (
                move.autopay_date_source == "rule" and move.autopay_date < decision.date
            ):
                move._give_autopay_date(decision.date, "rule")
