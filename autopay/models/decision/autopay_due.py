from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal

from odoo import api, models

from ...fields import limit_day
from ...gateways.money import get_charge_limits
from ...schedules.parts import NO_LIMITS, Due, Limits, Row, find_open, get_due


@dataclass(frozen=True, slots=True)
class Division:
    """The parts of one invoice, oldest first.

    :param rows: the :class:`Row` of each, on the day on which it is to be charged
    :param dates: the days on which the customer has to pay them
    :param total: what they divide, in the units of the rows
    :param is_plan: whether somebody has made the parts, and no payment term
    :param beyond: what is open besides a plan, in the units of the rows
    """

    rows: tuple
    dates: tuple
    total: int
    is_plan: bool = False
    beyond: int = 0


class AutopayDue(models.AbstractModel):
    """Says how much of an invoice is due on a day, and what comes after that.

    Whoever tells, plans or takes an amount asks here: the selection, the decision,
    Charge Now, dry runs, the forecast, approvals and every sentence.

    An invoice is divided by the plan that its customer has agreed to, whose parts are
    charged on the very days of the plan, or by the dates of its payment term. Of these
    each part is charged on its own day by the company's rule, and never before it has
    to be paid unless the rule counts days back from the due date.

    The autopay date of the invoice is the day of the part at hand: moved by hand, it
    moves this part, and holds the later ones back until then; the part after it has its
    own day again.
    """

    _name = "autopay.due"
    _description = "What Is Due of Invoices"

    @api.model
    def _get_dues(self, moves, today, tokens=None):
        """Return {move: Due} of these customer invoices, in their currencies.

        :param date today: in the time zone of the company that they are of
        :param dict tokens: {move id: token} that is to pay: a part is never less than
            its provider takes
        """
        divisions = self._get_divisions(moves)
        tokens = tokens or {}
        return {
            move: self._get_due(move, divisions.get(move), today, tokens.get(move.id))
            for move in moves
        }

    @api.model
    def _get_rule_dates(self, moves):
        """Return {move: its autopay date by the company's rule}.

        It is the day of the first part of which something is open.
        """
        days = self._get_part_days(moves)
        return {
            move: limit_day(days.get(move) or move._get_autopay_default_date())
            for move in moves
        }

    @api.model
    def _get_part_days(self, moves):
        """Return the same of those only that are payable in parts."""
        divisions = self._get_divisions(moves)
        divided = moves.browse().union(*divisions)
        tokens = divided._get_autopay_tokens()
        return {
            move: self._get_part_day(move, division, tokens.get(move.id))
            for move, division in divisions.items()
        }

    @api.model
    def _count_collected(self, moves):
        """Return {move: how many of its parts are paid in full} of divided invoices."""
        return {
            move: find_open(
                division.rows, division.total, self._get_open(move, division)
            )
            for move, division in self._get_divisions(moves).items()
        }

    @api.model
    def _get_due_after(self, move, amount, today):
        """Return the ``Due`` of an invoice once an amount that is under way has come.

        :param float amount: in the invoice's currency (major units)
        """
        division = self._get_divisions(move).get(move)
        if not division:
            return Due(move.currency_id.round(move._get_autopay_amount() - amount))
        return self._get_due(move, division, today, amount=amount)

    # === PARTS === #

    def _get_divisions(self, moves):
        """Return {move: Division} of the invoices that are payable in parts."""
        planned = moves.filtered("autopay_planned")
        by_term = {
            move: self._divide_by_term(move, lines)
            for move, lines in self._get_term_lines(moves - planned).items()
            if len(lines) > 1
        }
        return {**by_term, **self._get_planned(planned)}

    def _get_planned(self, moves):
        """Return {move: Division} of invoices with a payment plan, in one query."""
        divisions = {}
        for move in moves.sudo().filtered(lambda move: move.state == "posted"):
            parts = move.autopay_installment_ids.sorted(
                lambda part: (part.date, part.sequence)
            )
            if not parts:
                continue
            rows = tuple(
                Row(part.date, _to_units(part.amount, move.currency_id))
                for part in parts
            )
            dates = tuple(row.date for row in rows)
            total = sum(row.amount for row in rows)
            own = move.with_env(moves.env)
            raised = move.autopay_plan_id._get_raised(move)
            beyond = _to_units(raised, move.currency_id)
            divisions[own] = Division(rows, dates, total, True, beyond)
        return divisions

    def _get_term_lines(self, moves):
        """Return {move: its receivable lines}, oldest first, in one query.

        An invoice without a payment term has one.
        """
        termed = moves.filtered(
            lambda move: move.invoice_payment_term_id and move.state == "posted"
        )
        if not termed:
            return {}
        lines = termed.env["account.move.line"].sudo()
        found = lines.search_fetch(
            [("move_id", "in", termed.ids), ("display_type", "=", "payment_term")],
            ["move_id", "date_maturity", "amount_currency"],
            order="date_maturity, id",
        )
        by_id = defaultdict(lines.browse)
        for line in found:
            by_id[line.move_id.id] |= line
        # A form edits records that stand for those of the database.
        return {move: by_id[move._origin.id] for move in termed}

    def _divide_by_term(self, move, lines):
        dates = [line.date_maturity or move.invoice_date for line in lines]
        amounts = [_to_units(line.amount_currency, move.currency_id) for line in lines]
        days = [move._get_autopay_part_date(date) for date in dates]
        return Division(tuple(map(Row, days, amounts)), tuple(dates), sum(amounts))

    # === ONE INVOICE === #

    def _get_due(self, move, division, today, token=None, amount=0):
        """Return the ``Due`` of one invoice.

        :param float amount: what is under way, and counts as paid; the autopay date is
            that of its part
        """
        if not division:
            return Due(move._get_autopay_amount())
        currency = move.currency_id
        residual = self._get_open(move, division) - _to_units(amount, currency)
        facts = (division.rows, division.total, residual, today)
        limits = self._get_limits(currency, token)
        due = get_due(*facts, limits=limits)
        moved = not amount and move.autopay_date
        if moved and moved != due.day:
            day = self._get_moved_day(move, division, residual, moved)
            due = get_due(*facts, moved=day, limits=limits)
        return replace(
            due,
            whole=move._get_autopay_amount() if division.is_plan else 0.0,
            beyond=_to_major(division.beyond, currency),
            **{
                name: _to_major(getattr(due, name), currency)
                for name in ("amount", "next_amount", "late", "early")
            },
        )

    def _get_open(self, move, division):
        """Return what is open of what the parts divide, in the units of the rows."""
        open_units = _to_units(move._get_autopay_amount(), move.currency_id)
        return open_units - division.beyond

    def _get_moved_day(self, move, division, residual, day):
        """Return the autopay date where it is the day of the part at hand, or None.

        A date by the rule may be by an earlier rule; one before the part's own days is
        that of another part, which was paid since.
        """
        place = find_open(division.rows, division.total, residual)
        if place == len(division.rows):
            return None
        own = min(division.rows[place].date, division.dates[place])
        is_rules = move.sudo().autopay_date_source == "rule"
        return None if is_rules and day < own else day

    def _get_part_day(self, move, division, token):
        """Return the day of the part at hand; of a paid invoice, that of the last."""
        due = get_due(
            division.rows,
            division.total,
            self._get_open(move, division),
            date.min,
            limits=self._get_limits(move.currency_id, token),
        )
        return due.day or division.rows[-1].date

    def _get_limits(self, currency, token):
        if not token:
            return NO_LIMITS
        minimum, step = get_charge_limits(
            currency.name, currency.decimal_places, token.sudo().provider_code
        )
        unit = Decimal(str(currency.rounding))
        return Limits(
            max(int((minimum / unit).to_integral_value(ROUND_CEILING)), 1),
            max(int(step / unit), 1),
        )


def _to_units(amount, currency):
    """Return an amount as a whole number of the smallest amount of its currency."""
    return round(amount / currency.rounding)


def _to_major(units, currency):
    return currency.round(units * currency.rounding)
