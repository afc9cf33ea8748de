from odoo import fields, models

from ... import const
from ...const.invoice import UNPAID_STATES
from ...gateways.money import AmountNotRepresentable, minimum_minor, to_minor
from ...words.amounts import format_amount
from ...words.disputes import get_dispute_words
from ...words.invoices.blockers import get_most_words, get_unapplied_values
from ...words.reversals import get_returned_advice, get_returned_words

# The blocker that a live attempt is, by its state.
LIVE_BLOCKERS = {
    "unknown": "outcome_unknown",
    "pending": "debit_pending",
    "action_required": "needs_authentication",
    "succeeded": "not_booked",
}


class AutopayCheck(models.AbstractModel):
    """One method for each reason not to charge: ``_is_<code>(decision, facts)``.

    The codes and their order are the rows of ``autopay.decision._get_blockers``.
    """

    _name = "autopay.check"
    _inherit = ["autopay.judgement", "autopay.notice.check"]
    _description = "Autopay Check"

    def _is_whole(self, move):
        """Return whether an invoice has all that a decision about it rests on.

        In a form that was just opened, or in which somebody has emptied a field, it
        has not.
        """
        return bool(move.company_id and move.commercial_partner_id and move.currency_id)

    # === COMPANY AND INVOICE === #

    def _is_database_neutralized(self, decision, facts):
        return facts.neutralized

    def _is_database_copied(self, decision, facts):
        return facts.copied

    def _is_company_off(self, decision, facts):
        return not (facts.company.autopay_enabled or facts.as_if_on)

    def _is_not_posted(self, decision, facts):
        return decision.move.state != "posted"

    def _is_being_charged(self, decision, facts):
        attempt = facts.live.get(decision.move_id)
        return bool(attempt) and attempt.state not in LIVE_BLOCKERS

    def _is_outcome_unknown(self, decision, facts):
        return self._is_live_as("outcome_unknown", decision, facts)

    def _is_debit_pending(self, decision, facts):
        return self._is_live_as("debit_pending", decision, facts)

    def _is_needs_authentication(self, decision, facts):
        return self._is_live_as("needs_authentication", decision, facts)

    def _is_not_booked(self, decision, facts):
        return self._is_live_as("not_booked", decision, facts)

    def _is_live_as(self, code, decision, facts):
        attempt = facts.live.get(decision.move_id)
        if not attempt or LIVE_BLOCKERS.get(attempt.state) != code:
            return False
        decision.values["attempt"] = attempt.name
        decision.waiting = attempt
        checked = attempt.next_check_date
        decision.date = (
            checked
            and fields.Datetime.context_timestamp(
                self.with_context(tz=facts.company._get_autopay_tz()), checked
            ).date()
        )
        return True

    def _is_payment_blocked(self, decision, facts):
        """Return whether somebody has blocked in Odoo what is due."""
        move = decision.move
        blocked = move.payment_state == "blocked"
        return blocked and move.currency_id.compare_amounts(decision.amount, 0) > 0

    def _is_nothing_due(self, decision, facts):
        move = decision.move
        paid = move.payment_state not in UNPAID_STATES
        if paid or decision.share and decision.share.beyond:
            return paid
        return move.currency_id.compare_amounts(decision.amount, 0) <= 0

    def _is_set_aside(self, decision, facts):
        return (
            decision.move.autopay_crash_count >= const.engine.CRASHES_BEFORE_SET_ASIDE
        )

    def _is_not_eligible(self, decision, facts):
        move = decision.move
        on_autopay = move.autopay_status in ("eligible", "error", "in_progress")
        return not (on_autopay or move.autopay_refunded)

    def _is_payer_changed(self, decision, facts):
        changed = decision.move._is_autopay_payer_changed()
        if changed:
            decision.values.update(decision.move._get_autopay_payer_values())
        return changed

    def _is_in_dispute(self, decision, facts):
        move = decision.move
        if not move.autopay_in_dispute:
            return False
        dispute = move._get_autopay_dispute()
        decision.values["dispute"] = get_dispute_words(self.env, dispute)
        return True

    def _is_collected_open(self, decision, facts):
        """Return whether money that was collected for it does not pay it any more."""
        found = facts.unapplied.get(decision.move_id)
        if not found or decision.move.sudo().autopay_open_confirmed_by_id:
            return False
        decision.values.update(get_unapplied_values(self.env, found))
        return True

    def _is_beyond_plan(self, decision, facts):
        """Return whether nothing is left but what its plan does not cover."""
        currency, share = decision.move.currency_id, decision.share
        if not share.beyond or currency.compare_amounts(decision.amount, 0) > 0:
            return False
        decision.values["beyond"] = currency.format(share.beyond)
        return True

    def _is_customer_hold(self, decision, facts):
        return decision.move.autopay_customer_hold

    def _is_on_hold(self, decision, facts):
        move = decision.move
        decision.values["reason"] = move.autopay_hold_reason or ""
        return self._is_after_today(move.autopay_hold_date, decision, facts)

    def _is_retry_not_due(self, decision, facts):
        move = decision.move
        failed = move.autopay_status == "error" or move.sudo().autopay_failed_before
        if not (failed and move.autopay_retry_date):
            return False
        day = self._get_rule_day(move.autopay_retry_date, decision)
        return self._is_after_today(day, decision, facts)

    def _is_money_returned(self, decision, facts):
        attempt = facts.returned.get(decision.move_id)
        is_refunded = decision.move.autopay_refunded
        if not attempt or not (is_refunded or self._is_failed(decision, facts)):
            return False
        decision.values["attempt"] = attempt.name
        decision.values["returned"] = get_returned_words(self.env, attempt)
        decision.values["advice"] = get_returned_advice(self.env, is_refunded)
        return True

    def _is_failed(self, decision, facts):
        move = decision.move
        failed = move.autopay_status == "error" or move.sudo().autopay_failed_before
        has_retry = move.autopay_retry_date and not self._is_other_method_off(decision)
        return failed and not has_retry

    def _is_other_method_off(self, decision):
        """Return whether nobody wants the other method of a declined charge any more.

        The usual one is not tried in its place: it was declined for good.
        """
        if decision.choice.source != "fallback":
            return False
        return not decision.payer._has_autopay_fallback(decision.move.company_id)

    def _is_no_date(self, decision, facts):
        return not decision.move.autopay_date

    def _is_date_not_reached(self, decision, facts):
        day = decision.move._get_autopay_charge_day(decision.share, facts.today)
        return self._is_after_today(self._get_rule_day(day, decision), decision, facts)

    def _get_rule_day(self, day, decision):
        """Return the day on which a payment rule pays, if it is later than a day."""
        return max(filter(None, (day, decision.choice.day)), default=day)

    def _is_after_today(self, day, decision, facts):
        """Return whether the day is still to come, and remember it for the words."""
        if not day or day <= facts.today:
            return False
        decision.date = day
        return True

    def _is_payment_pending(self, decision, facts):
        decision.waiting = facts.pending.get(decision.move_id)
        return bool(decision.waiting)

    def _is_payment_in_doubt(self, decision, facts):
        transaction = facts.doubtful.get(decision.move_id)
        decision.values["payment"] = transaction and transaction.reference
        decision.waiting = transaction
        return bool(transaction)

    def _is_charge_contradicted(self, decision, facts):
        attempt = facts.contradicted.get(decision.move_id)
        decision.values["attempt"] = attempt and attempt.name
        return bool(attempt)

    def _is_open_credit(self, decision, facts):
        """Return whether money in the customer's favour holds the invoice."""
        return self.env["autopay.open.credit"]._weigh(decision, facts)

    def _is_credit_covers(self, decision, facts):
        """Return whether credit pays the invoice on its day, and no charge is made."""
        return bool(decision.values.get("covered"))

    # === CONFIGURATION === #

    def _is_kind_not_allowed(self, decision, facts):
        choice, move = decision.choice, decision.move
        token = choice.unfit.token_id if choice.unfit else choice.token
        if move._is_autopay_kind_allowed(token):
            return False
        decision.values["method"] = token._get_autopay_label()
        decision.values["kinds"] = move._get_autopay_kind_words()
        return True

    def _is_no_configuration(self, decision, facts):
        choice = decision.choice
        return choice.source == "none" and not choice.invalid

    def _is_configuration_invalid(self, decision, facts):
        choice = decision.choice
        return choice.source == "none" and bool(choice.invalid)

    # === AMOUNT AND BOOKING === #

    def _is_needs_approval(self, decision, facts):
        if not self._is_above_limit(decision, facts):
            return False
        approval = facts.approvals.get(decision.move_id)
        if approval and approval.state == "refused":
            # A "no" holds until somebody asks again, whatever is charged by then.
            return False
        asked = bool(approval) and approval._fits(decision)
        return not asked or approval.state == "waiting"

    def _is_approval_refused(self, decision, facts):
        approval = facts.approvals.get(decision.move_id)
        if not approval or approval.state != "refused":
            return False
        decision.values["user"] = approval.decided_by_id.name
        decision.values["reason"] = " ".join(approval._get_reason_words())
        return self._is_above_limit(decision, facts)

    def _is_above_limit(self, decision, facts):
        """Return whether a charge needs the word of a second person.

        What is due counts: dividing it does not get around the limit.
        """
        company = facts.company
        limit, currency = company.autopay_approval_limit, company.currency_id
        if not limit:
            return False
        decision.values["limit"] = currency.format(limit)
        due = max(decision.due, decision.share.whole)
        # A part of it alone may be far below the limit.
        decision.values["whole"] = format_amount(
            self.env, decision.move.currency_id, due
        )
        converted = decision.move.currency_id._convert(
            due, currency, company, facts.today
        )
        return currency.compare_amounts(converted, limit) > 0

    def _is_currency_inactive(self, decision, facts):
        return not decision.move.currency_id.active

    def _is_currency_not_accepted(self, decision, facts):
        token = decision.token
        return any(
            accepted and decision.move.currency_id.id not in accepted
            for accepted in (
                token.provider_id._get_autopay_currency_ids(),
                token.payment_method_id._get_autopay_currency_ids(),
            )
        )

    def _is_amount_not_accepted(self, decision, facts):
        currency = decision.move.currency_id
        decision.values["reason"] = ""
        # Each provider counts in its own way; what has no rule counts as Odoo does.
        code = decision.token.provider_code
        places = currency.decimal_places
        try:
            minor = to_minor(decision.amount, currency.name, places, code)
        except AmountNotRepresentable as error:
            decision.values["reason"] = str(error)
            return True
        if minor < minimum_minor(currency.name, code):
            return True
        most = self._get_provider_limit(decision.token, currency, facts)
        if most is None or currency.compare_amounts(decision.amount, most) <= 0:
            return False
        decision.values["reason"] = get_most_words(self.env, decision, most)
        return True

    def _is_cannot_be_booked(self, decision, facts):
        bookable = self.env["autopay.bookable"]
        provider = decision.token.provider_id
        code, values = bookable._get_reason(decision.move, provider, facts)
        if not code:
            code = bookable._get_discount_reason(decision, facts.company.sudo())
        if not code:
            return False
        decision.values["reason"] = bookable._get_sentence(code, values)
        decision.values["stops_provider"] = bookable._is_of_provider(code)
        return True
