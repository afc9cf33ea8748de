from datetime import date

from odoo import api, models

from ..decision.facts import Question
from .plan import Forecast

# The reasons by which a limit per month puts charges off.
MONTH_LIMITS = ("month_cap_reached", "authorized_month_reached")


class AutopayForecast(models.AbstractModel):
    """Tells what the engine will charge on the days to come, and charges nothing.

    It asks the same ``autopay.decision`` as the engine does, for the days on which an
    invoice's decision can change, and assumes that every charge succeeds. What a cap
    or a payment term has divided is changed in this transaction's cache only, and never
    written.
    """

    _name = "autopay.forecast"
    _description = "Forecast of Charges"

    @api.model
    def _forecast(self, company, moves, last, trial=None):
        """Return the ``Forecast`` for invoices of one company, from today on.

        :param date last: the last day to look at
        :param trial: a configuration, perhaps not saved, to decide with as if it were
            saved and enabled
        """
        forecast = Forecast(company._get_autopay_today(), last)
        self._plan_days(forecast, company, moves, trial)
        day, move_ids = forecast.take_day()
        while day:
            due = self._sort_as_engine(moves.browse(move_ids))
            self._live_day(forecast, day, due, trial)
            day, move_ids = forecast.take_day()
        return forecast

    def _plan_days(self, forecast, company, moves, trial):
        """Note when each invoice is to be decided."""
        forecast.note_day(forecast.today, moves.ids)
        # The rest is told about as of the last day.
        forecast.note_day(forecast.last, moves.ids)
        days_of = self.env["autopay.forecast.days"]._get_days(company, moves, trial)
        for move_id, days in days_of.items():
            for day in days:
                forecast.note_day(day, [move_id])

    def _sort_as_engine(self, moves):
        """Return invoices in the order in which the engine takes them."""
        return moves.sorted(lambda move: (move.autopay_date or date.max, move.id))

    def _live_day(self, forecast, day, moves, trial):
        """Decide about invoices as the engine does on that day."""
        divided = self._decide_day(forecast, day, moves, trial)
        # Why the rest waits, and till when, is decided right away.
        self._decide_day(forecast, day, divided, trial)

    def _decide_day(self, forecast, day, moves, trial):
        """Take in what is decided on a day; return what is divided."""
        company = moves.company_id
        divided = moves.browse()
        question = Question(
            today=day,
            trial=trial,
            planned=forecast.get_spent(day),
            credited=forecast.credited,
        )
        decisions = self.env["autopay.decision"]._answer(moves, question)
        charged = [each for each in decisions.values() if not each.blocker]
        self.env["autopay.combination"]._foresee(company, charged)
        for move, decision in decisions.items():
            if _is_limited(decision):
                # The month of its charge, which is to come perhaps.
                forecast.note_limit(decision.day, decision)
            if decision.blocker:
                forecast.blocked[move] = decision
                forecast.note_day(decision.date, move.ids)
                continue
            forecast.note_charge(day, decision)
            if decision.next_date:
                self._leave_rest(decision)
                divided |= move
        return divided

    # === WHAT IS LEFT === #

    def _leave_rest(self, decision):
        """Show the invoice with what is left of it, in the cache only."""
        move = decision.move
        rest = move.currency_id.round(move._get_autopay_amount() - decision.amount)
        shown = {
            "amount_residual": rest,
            "autopay_status": "eligible",
            "autopay_date": decision.next_date,
            "autopay_date_source": "rest" if decision.rest_date else "rule",
        }
        for name, value in shown.items():
            move._fields[name]._update_cache(move, value)

    @api.model
    def _forget(self, forecast):
        """Let invoices be read from the database again, as they are."""
        moves = self.env["account.move"].union(
            *(each.decision.move for each in forecast.charges)
        )
        moves.invalidate_recordset(
            [
                "amount_residual",
                "autopay_status",
                "autopay_date",
                "autopay_date_source",
            ],
            flush=False,
        )


def _is_limited(decision):
    """Return whether a limit divides an invoice, or puts it off to the next month."""
    currency = decision.move.currency_id
    cut = currency.compare_amounts(decision.amount, decision.due) < 0
    return cut or bool(decision.rest_date) or decision.blocker in MONTH_LIMITS
