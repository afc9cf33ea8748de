from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import MissingError, UserError
from odoo.fields import Domain
from odoo.tools import clean_context

from ...words.days import say_day
from ...words.portal.coming import (
    get_coming_words,
    get_paid_words,
    get_refusal_words,
)
from ...words.portal.pages import get_portal_sentence
from .coming import Coming

# Invoices on a page.
PAGE_SIZE = 20
# Invoices before those of a page that are looked at for its sake.
MOST_BEFORE = 400


class AutopayPortalComing(models.AbstractModel):
    """Shows customers what is charged when, and lets them skip, move and pay it."""

    _name = "autopay.portal.coming"
    _inherit = "autopay.portal"
    _description = "Coming Charges in the Customer Portal"

    # === READ === #

    @api.model
    def _count(self, company):
        """Return how many invoices of the customer are still to be collected."""
        moves = self.env["account.move"].sudo()
        return moves.search_count(self._get_coming_domain(company))

    @api.model
    def _get_page(self, company, offset=0, limit=PAGE_SIZE):
        """Return a list of ``Coming``, by date.

        Invoices before the page are looked at as well, up to a bound: what is charged
        for them counts towards limits per month, and uses up credit.
        """
        moves = self.env["account.move"].sudo().with_company(company)
        before = min(offset, MOST_BEFORE)
        found = moves.search(
            self._get_coming_domain(company),
            order="autopay_date, id",
            limit=before + limit,
            offset=offset - before,
        )
        return self._look_ahead(company, found, found[before:])

    def _look_ahead(self, company, moves, shown):
        """Return the ``Coming`` of some of these invoices, decided about with all."""
        if not shown:
            return []
        forecasts = self.env["autopay.forecast"].sudo().with_company(company)
        forecast = forecasts._forecast(company, moves, self._get_last_day(company))
        charges = {}
        for charge in forecast.charges:
            charges.setdefault(charge.decision.move, []).append(charge)
        # The amounts that the forecast has left in them are not the ones shown.
        forecasts._forget(forecast)
        rows = [
            self._build_row(company, charges.get(move, ()), forecast.blocked.get(move))
            for move in shown
            if move in charges or move in forecast.blocked
        ]
        far = forecast.last
        return sorted(rows, key=lambda row: row.day or far)

    def _build_row(self, company, charges, blocked):
        """Return the ``Coming`` of an invoice.

        :param charges: those of the forecast, in their order
        :param blocked: the ``Decision`` why it is not charged, or not any more
        """
        decision = charges[0].decision if charges else blocked
        return Coming(
            decision=decision,
            day=charges[0].day if charges else None,
            later=max(len(charges) - 1, 0),
            words="" if charges else get_coming_words(self.env, decision),
            today=company._get_autopay_today(),
            move_days=company.autopay_move_days,
        )

    # === CHANGE === #

    @api.model
    def _skip(self, company, move_id):
        """Have an invoice not be charged until the customer takes that back.

        :param int move_id: as the browser sent it
        :return: a sentence for the customer
        :raises MissingError: when it is none of the customer's coming charges
        :raises UserError: why it cannot be skipped
        """
        row = self._take(company, move_id)
        if not row.is_skipped:
            self._check(row, row.may_skip)
            row.move._set_autopay_customer_hold(True)
        return get_portal_sentence(self.env, "skipped", invoice=row.move.name)

    @api.model
    def _undo(self, company, move_id):
        """Take back that an invoice was skipped or moved; see ``_skip``."""
        row = self._take(company, move_id)
        if row.is_skipped:
            row.move._set_autopay_customer_hold(False)
        elif row.is_moved:
            row.move._move_autopay_date(None)
        return get_portal_sentence(self.env, "undone", invoice=row.move.name)

    @api.model
    def _move(self, company, move_id, day):
        """Have an invoice be charged on another day; see ``_skip``.

        :param day: a date, None when the browser sent none
        """
        row = self._take(company, move_id)
        self._check(row, bool(row.latest))
        span = {
            "earliest": say_day(self.env, row.earliest),
            "latest": say_day(self.env, row.latest),
        }
        if not day or not row.earliest <= day <= row.latest:
            raise UserError(get_portal_sentence(self.env, "bad_day", **span))
        row.move._move_autopay_date(day)
        return get_portal_sentence(
            self.env,
            "moved",
            invoice=row.move.name,
            date=say_day(self.env, day),
        )

    def _check(self, row, allowed):
        """Refuse in words what cannot be done.

        :raises UserError: why not
        """
        if not allowed:
            raise UserError(get_refusal_words(self.env, row))

    def _take(self, company, move_id):
        """Lock an invoice of the customer and return how it stands now.

        :return: the ``Coming``, as of today
        """
        self._check_may_change()
        moves = self.env["account.move"].sudo().with_company(company)
        known = self._get_coming_domain(company) & Domain("id", "=", move_id)
        move = moves.search(known)
        if not move:
            raise MissingError(self.env._("This is not one of your coming charges."))
        move._lock_autopay()
        # With the user's own rights, who is told what a customer is told.
        move.sudo(False)._check_autopay_free()
        decision = self.env["autopay.decision"].sudo()._decide(move)[move]
        return self._build_row(company, (), decision)

    # === PAY === #

    @api.model
    def _pay_now(self, company, move_id, shown):
        """Charge an invoice at once with the saved method, at the customer's wish.

        It commits: what it has begun stays, whatever becomes of the page.

        :param float shown: the amount that the customer has seen
        :return: (a sentence for the customer, the kind of message)
        :raises MissingError: when it is none of the customer's coming charges
        :raises UserError: why it cannot be paid here
        """
        row = self._take(company, move_id)
        self._check(row, row.may_pay)
        decision, tokens = self._decide_now(row)
        if decision.blocker:
            raise UserError(get_coming_words(self.env, decision))
        if row.move.currency_id.compare_amounts(decision.amount, shown):
            raise UserError(get_portal_sentence(self.env, "other_amount"))
        name = self.env.user.name
        row.move._message_log(
            body=self.env._("%s pressed Pay now in the portal.", name)
        )
        env = self.env(user=SUPERUSER_ID, context=clean_context(self.env.context))
        runs = env["autopay.engine"]._charge_now(
            env["account.move"].browse(row.move.id),
            {move_id: token.with_env(env) for move_id, token in tokens.items()},
            {row.move.id: decision.amount},
        )
        lines = runs.attempt_ids.line_ids
        attempt = lines.filtered(lambda line: line.move_id.id == move_id).attempt_id
        return self._get_paid_words(row.move, attempt.with_env(self.env))

    def _decide_now(self, row):
        """Decide about a charge at once with the method that the page names.

        By the rules of today another one may pay what is to be charged later.

        :return: the ``Decision`` and {move id: token} where the rules say otherwise
        """
        decisions = self.env["autopay.decision"].sudo()
        decision = decisions._decide(row.move, "now")[row.move]
        named = row.decision.token
        if not named or decision.token == named:
            return decision, {}
        tokens = {row.move.id: named}
        return decisions._decide(row.move, "now", tokens)[row.move], tokens

    def _get_paid_words(self, move, attempt):
        """Return what became of it: a sentence and the kind of message."""
        if attempt:
            return get_paid_words(self.env, attempt.sudo())
        decision = self.env["autopay.decision"].sudo()._decide(move, "now")[move]
        words = decision.blocker and get_coming_words(self.env, decision)
        return words or get_portal_sentence(self.env, "other_amount"), "warning"
