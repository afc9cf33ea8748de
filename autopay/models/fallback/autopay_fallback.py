import logging

from odoo import api, models

from ...const.engine import OWN_FIELDS_CONTEXT
from ...const.retry import FALLBACK_BLOCKERS, FALLBACK_CLASSES

_logger = logging.getLogger(__name__)


class AutopayFallback(models.AbstractModel):
    """Finds another method for invoices that the usual one does not pay.

    Only after a definite "no" that no further try of the same method will cure; only
    methods that the customer has agreed to, in the order in which they would pay. The
    charge is another attempt of the next run, with all its checks.
    """

    _name = "autopay.fallback"
    _description = "Other Methods after a Decline"

    # === BUSINESS METHODS === #

    @api.model
    def _offer(self, attempts):
        """Have the next run charge another method where these attempts were declined.

        :param attempts: attempts that took no money, whose invoices are free again
        """
        final = attempts.filtered(self._is_final)
        if not final:
            return
        moves = final.line_ids.move_id
        # The other invoices of a charge for several wait for the one tried alone.
        combinations = self.env["autopay.combination"]
        earlier = moves.autopay_attempt_line_ids.attempt_id
        for attempt in earlier.filtered(lambda rec: len(rec.line_ids) > 1):
            moves |= combinations._get_waiting(attempt)
        # People decide about money that went back.
        returned = self.env["autopay.reversal"].sudo()._get_returned_attempts(moves)
        stuck = moves.filtered(self._is_stuck)
        for move in stuck.filtered(lambda move: move.id not in returned):
            try:
                with self.env.cr.savepoint():
                    self._give_next(move.with_company(move.company_id))
            except Exception:
                # That it was declined must be kept, whatever is wrong here.
                _logger.exception("No other method is looked for: %s.", move.id)

    def _is_final(self, attempt):
        return (
            attempt.state == "declined"
            and attempt.trigger == "scheduled"
            and attempt.decline_class in FALLBACK_CLASSES
            and attempt.partner_id._has_autopay_fallback(attempt.company_id)
        )

    def _is_stuck(self, move):
        """Return whether an invoice waits for nothing but another method.

        A method that a person has chosen for the invoice has no other beside it.
        """
        return (
            move.autopay_status == "error"
            and not move.autopay_retry_date
            and not move.autopay_token_id
            and not any(move.autopay_attempt_line_ids.mapped("live"))
        )

    def _give_next(self, move):
        """Note the next method that can pay an invoice, for the next run.

        Each is decided about as the run will: what its consent, its kind, its limits
        or anything else forbids is passed over.
        """
        own = move.with_context(**OWN_FIELDS_CONTEXT)
        tried = self._get_tried(move)
        for token in self._get_candidates(move, tried):
            today = move.company_id._get_autopay_today()
            own.write(
                {"autopay_fallback_token_id": token.id, "autopay_retry_date": today}
            )
            decision = self.env["autopay.decision"]._decide_safely(move).get(move)
            if decision and self._may_pay(decision, token):
                self._log_replacement(move, tried[-1:], token)
                return
        own.write({"autopay_fallback_token_id": False, "autopay_retry_date": False})

    def _may_pay(self, decision, token):
        return decision.token == token and decision.blocker in FALLBACK_BLOCKERS

    def _get_tried(self, move):
        """Return the methods that were declined for an invoice, the last one last.

        What was collected since begins a new round.
        """
        attempts = move.autopay_attempt_line_ids.attempt_id.sorted("id")
        kept = attempts.filtered(
            lambda rec: rec.booked_date and not rec.returned_amount
        )
        since = max(kept.ids, default=0)
        declined = attempts.filtered(
            lambda rec: rec.state == "declined" and rec.id > since
        )
        tokens = declined.token_id.browse()
        for attempt in declined:
            tokens = (tokens - attempt.token_id) + attempt.token_id
        return tokens

    def _get_candidates(self, move, tried):
        """Return the customer's other methods, in the order in which they are tried.

        The same card, saved twice, is the same method.
        """
        company, payer = move.company_id, move.commercial_partner_id
        lists = self.env["autopay.configuration.choice"]._get_lists(company, payer)
        if payer in lists:
            found = self._get_configured(move, lists[payer], tried)
        else:
            found = self._get_agreed(company, payer)
        prints = set(filter(None, tried.mapped("autopay_fingerprint")))
        return (found - tried).filtered(
            lambda token: token.autopay_fingerprint not in prints
        )

    def _get_configured(self, move, configurations, tried):
        """Return the methods of the configurations that match, in their order.

        Nothing takes the place of what a locked one says, nor comes after it.
        """
        choices = self.env["autopay.configuration.choice"]
        today = move.company_id._get_autopay_today()
        asked = {each: {move.id} for each in configurations}
        matched = choices._get_matched_ids(asked, move, {move.id: today})
        issues = configurations._get_passing_issues(today)
        tokens = move.autopay_token_id
        for configuration in configurations.filtered(lambda each: each in matched):
            if configuration.locked and configuration.token_id in tried:
                return tokens.browse()
            if not issues[configuration]:
                tokens |= configuration.token_id
            if configuration.locked:
                break
        return tokens

    def _get_agreed(self, company, payer):
        """Return the methods that a customer without configurations has agreed to.

        The latest consent comes first. Where nobody recorded how the customer agreed,
        as when staff tick the box of one Charge Now, that is no consent to more.
        """
        tokens = payer.with_company(company).autopay_available_token_ids
        consents = self.env["autopay.authorization"].sudo()
        agreed = consents.search(
            [
                ("partner_id", "=", payer.id),
                ("company_id", "=", company.id),
                ("token_id", "in", tokens.ids),
                ("revoked_date", "=", False),
                ("channel", "!=", "staff"),
            ],
            order="id desc",
        )
        # Each once, by its latest consent.
        return tokens.browse(agreed.token_id.ids)

    def _log_replacement(self, move, declined, token):
        """Note on an invoice which method takes the place of which."""
        move._message_log(
            body=self.env._(
                "%(declined)s was declined. The next run charges %(method)s, to which "
                "the customer has agreed as well.",
                declined=declined._get_autopay_label(),
                method=token._get_autopay_label(),
            )
        )
