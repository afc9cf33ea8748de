from dataclasses import dataclass, field
from datetime import date as Date

from odoo import api, models

from .. import const
from ..blocker_words import get_blocker_words, get_charge_words
from ..gateways.money import AmountNotRepresentable, minimum_minor, to_minor

# Checks that do not apply: a person who charges now has decided about date and status;
# the last look before charging must not stumble over its own reservation.
SKIPPED_CHECKS = {
    "scheduled": frozenset(),
    "now": frozenset(
        {
            "not_eligible",
            "customer_off",
            "retry_not_due",
            "failed",
            "set_aside",
            "no_date",
            "date_not_reached",
        }
    ),
    "gate": frozenset(
        {
            "not_eligible",
            "being_charged",
            "retry_not_due",
            "failed",
            "set_aside",
            "no_date",
            "date_not_reached",
        }
    ),
}

# The blocker that a live attempt is, by its state.
LIVE_BLOCKERS = {
    "unknown": "outcome_unknown",
    "pending": "debit_pending",
    "action_required": "needs_authentication",
    "succeeded": "not_booked",
}


@dataclass(slots=True)
class Decision:
    """Whether one invoice would be charged now, with what, or why not.

    :param blocker: a code of ``const.BLOCKERS``; False when it would be charged
    :param values: what the words about the blocker mention
    :param date: from when the blocker could be gone, when that can be said
    """

    move: models.Model
    token: models.Model
    authorization: models.Model
    amount: float = 0.0
    blocker: str | bool = False
    values: dict = field(default_factory=dict)
    date: Date | None = None

    def get_words(self, env):
        """Return the decision as a sentence in the language of the environment."""
        if self.blocker:
            return get_blocker_words(env, self)
        return get_charge_words(env, self)


@dataclass(slots=True)
class Facts:
    """What is looked up once for a whole set of invoices of one company."""

    company: models.Model
    today: Date
    neutralized: bool
    live: dict
    pending: set
    authorizations: dict


class AutopayDecision(models.AbstractModel):
    """Decides, for a set of invoices, what would be charged and why the rest not.

    Each row of ``const.BLOCKERS`` is one check, in that order: the method
    ``_is_<code>(decision, facts)`` says whether it holds.
    """

    _name = "autopay.decision"
    _description = "Autopay Decision"

    @api.model
    def _decide(self, moves, mode="scheduled", tokens=None):
        """Return {move: Decision} for these customer invoices.

        :param str mode: *scheduled*, *now* (a person charges) or *gate* (last look)
        :param dict tokens: {move id: token} chosen by a person
        """
        decisions = {}
        for company, company_moves in moves.grouped("company_id").items():
            facts = self._get_facts(company, company_moves, tokens or {})
            checks = self._get_checks(mode)
            for move in company_moves:
                decision = self._prepare_decision(move, facts, tokens or {})
                self._apply_checks(checks, decision, facts)
                decisions[move] = decision
        return decisions

    @api.model
    def _get_checks(self, mode):
        """Return [(code, method)] in the order in which blockers are told."""
        skipped = SKIPPED_CHECKS[mode]
        return [
            (code, getattr(self, f"_is_{code}"))
            for code, _label in const.BLOCKERS
            if code not in skipped
        ]

    def _apply_checks(self, checks, decision, facts):
        """Set the first blocker that holds."""
        for code, check in checks:
            if check(decision, facts):
                decision.blocker = code
                return

    def _prepare_decision(self, move, facts, tokens):
        token = tokens.get(move.id) or move._get_autopay_token()
        key = (move.commercial_partner_id.id, token.id)
        authorization = facts.authorizations.get(key)
        if authorization is None:
            authorization = self.env["autopay.authorization"]
        return Decision(move, token, authorization, move._get_autopay_amount())

    # === FACTS === #

    def _get_facts(self, company, moves, tokens):
        """Look up in a few queries what the checks need for all the invoices."""
        methods = self.env["payment.token"].union(
            *(tokens.get(move.id) or move._get_autopay_token() for move in moves)
        )
        return Facts(
            company=company,
            today=company._get_autopay_today(),
            neutralized=self.env["autopay.run"]._is_database_neutralized(),
            live=self._get_live_attempts(moves),
            pending=self._get_pending_move_ids(moves),
            authorizations=self.env["autopay.authorization"]._get_latest_by_token(
                moves.commercial_partner_id, methods, company
            ),
        )

    def _get_live_attempts(self, moves):
        """Return {move id: attempt} of the attempts that hold these invoices."""
        lines = self.env["autopay.attempt.line"].search(
            [("move_id", "in", moves.ids), ("live", "=", True)]
        )
        return {line.move_id.id: line.attempt_id for line in lines}

    def _get_pending_move_ids(self, moves):
        """Return the ids of invoices that somebody is paying in another way.

        A confirmed transaction counts until Odoo has booked it.
        """
        transactions = self.env["payment.transaction"].search(
            [
                ("invoice_ids", "in", moves.ids),
                ("autopay_attempt_ids", "=", False),
                "|",
                ("state", "in", ("pending", "authorized")),
                "&",
                ("state", "=", "done"),
                ("is_post_processed", "=", False),
            ]
        )
        return set(transactions.invoice_ids.ids)

    # === CHECKS - COMPANY AND INVOICE === #

    def _is_database_neutralized(self, decision, facts):
        return facts.neutralized

    def _is_company_off(self, decision, facts):
        return not facts.company.autopay_enabled

    def _is_customer_off(self, decision, facts):
        return decision.move.partner_id._get_autopay_policy(facts.company) == "off"

    def _is_not_posted(self, decision, facts):
        return decision.move.state != "posted"

    def _is_being_charged(self, decision, facts):
        attempt = facts.live.get(decision.move.id)
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
        attempt = facts.live.get(decision.move.id)
        if not attempt or LIVE_BLOCKERS.get(attempt.state) != code:
            return False
        decision.values["attempt"] = attempt.name
        decision.date = attempt.next_check_date
        return True

    def _is_nothing_due(self, decision, facts):
        move = decision.move
        paid = move.payment_state not in ("not_paid", "partial")
        return paid or move.currency_id.compare_amounts(decision.amount, 0) <= 0

    def _is_set_aside(self, decision, facts):
        return decision.move.autopay_crash_count >= const.CRASHES_BEFORE_SET_ASIDE

    def _is_not_eligible(self, decision, facts):
        return decision.move.autopay_status not in ("eligible", "error", "in_progress")

    def _is_in_dispute(self, decision, facts):
        return decision.move.autopay_in_dispute

    def _is_on_hold(self, decision, facts):
        move = decision.move
        decision.values["reason"] = move.autopay_hold_reason or ""
        return self._is_after_today(move.autopay_hold_date, decision, facts)

    def _is_retry_not_due(self, decision, facts):
        move = decision.move
        failed = move.autopay_status == "error"
        return failed and self._is_after_today(move.autopay_retry_date, decision, facts)

    def _is_failed(self, decision, facts):
        move = decision.move
        return move.autopay_status == "error" and not move.autopay_retry_date

    def _is_no_date(self, decision, facts):
        return not decision.move.autopay_date

    def _is_date_not_reached(self, decision, facts):
        return self._is_after_today(decision.move.autopay_date, decision, facts)

    def _is_after_today(self, day, decision, facts):
        """Return whether the day is still to come, and remember it for the words."""
        if not day or day <= facts.today:
            return False
        decision.date = day
        return True

    def _is_payment_pending(self, decision, facts):
        return decision.move.id in facts.pending

    # === CHECKS - METHOD AND PROVIDER === #

    def _is_no_method(self, decision, facts):
        return not decision.token

    def _is_method_archived(self, decision, facts):
        return not decision.token.active

    def _is_method_expired(self, decision, facts):
        return decision.token._is_autopay_expired(facts.today)

    def _is_method_of_other_customer(self, decision, facts):
        owner = decision.token.partner_id.commercial_partner_id
        return owner != decision.move.commercial_partner_id

    def _is_provider_disabled(self, decision, facts):
        return decision.token.provider_id.state == "disabled"

    def _is_provider_company(self, decision, facts):
        return decision.token.provider_id.company_id not in facts.company.parent_ids

    def _is_provider_unsupported(self, decision, facts):
        token = decision.token
        return not (token.provider_id._is_autopay_usable() and token._is_autopay_usable())

    def _is_no_authorization(self, decision, facts):
        return not decision.authorization

    def _is_authorization_revoked(self, decision, facts):
        return bool(decision.authorization.revoked_date)

    def _is_above_authorization(self, decision, facts):
        cap = decision.authorization.max_amount
        if not cap:
            return False
        move, authorization = decision.move, decision.authorization
        amount = move.currency_id._convert(
            decision.amount, authorization.currency_id, facts.company, facts.today
        )
        decision.values["cap"] = authorization.currency_id.format(cap)
        return authorization.currency_id.compare_amounts(amount, cap) > 0

    def _is_currency_inactive(self, decision, facts):
        return not decision.move.currency_id.active

    def _is_currency_not_accepted(self, decision, facts):
        currency = decision.move.currency_id
        token = decision.token
        by_provider = token.provider_id.available_currency_ids
        by_method = token.payment_method_id.supported_currency_ids
        return any(accepted and currency not in accepted for accepted in (by_provider, by_method))

    def _is_amount_not_accepted(self, decision, facts):
        currency = decision.move.currency_id
        decision.values["reason"] = ""
        try:
            minor = to_minor(decision.amount, currency.name, currency.decimal_places)
        except AmountNotRepresentable as error:
            decision.values["reason"] = str(error)
            return True
        if decision.token.provider_code != "stripe":
            return False
        return minor < minimum_minor(currency.name)
