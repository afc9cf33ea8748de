from collections import defaultdict

from odoo import api, models

from ...schedules.days import shift
from ..decision.facts import get_trial_consent


class AutopayForecastDays(models.AbstractModel):
    """Finds the days on which the choice of an invoice's method can change.

    Dates that a decision itself names (autopay date, hold, retry, next month) need not
    be found: they are followed as they come.
    """

    _name = "autopay.forecast.days"
    _description = "Days of a Forecast of Charges"

    @api.model
    def _get_days(self, company, moves, trial=None):
        """Return {move id: days on which it is to be decided anew}, in any order.

        :param trial: a configuration to decide with as if it were saved
        """
        payers = moves.commercial_partner_id
        lists = self.env["autopay.configuration.choice"]._get_lists(
            company, payers, trial
        )
        offsets = {payer: self._get_offsets(found) for payer, found in lists.items()}
        expiries = self._get_expiries(company, payers, lists)
        rates = self._get_rate_days(company)
        nothing = {}
        return {
            move.id: {
                *self._get_condition_days(
                    move, offsets.get(move.commercial_partner_id, nothing)
                ),
                *expiries[move.commercial_partner_id],
                *self._get_days_after(move.autopay_token_id),
                *self.env["autopay.discount"]._get_turns(move),
                *rates,
            }
            for move in moves
        }

    # === CONDITIONS === #

    def _get_offsets(self, configurations):
        """Return {path of a date: days from it on which a condition turns}."""
        offsets = defaultdict(set)
        for condition in configurations.condition_ids:
            kind = condition._get_kind()
            if not kind or kind.value != "days":
                continue
            for number in {int(condition.number), int(condition.number_to)}:
                turn = kind.days * number
                # "At least" turns on the day, "more than" on the next one.
                offsets[kind.path].update((turn, turn + 1))
        return offsets

    def _get_condition_days(self, move, offsets):
        return {
            shift(day, offset)
            for path, found in offsets.items()
            for day in move.mapped(path)
            if day
            for offset in found
        }

    # === METHODS AND RATES === #

    def _get_expiries(self, company, payers, lists):
        """Return {payer: days on which one of its methods is valid no more}."""
        trial = get_trial_consent(self.env, company)
        tried = trial.token if trial else self.env["payment.token"]
        return {
            payer: self._get_days_after(
                payer.with_company(company).autopay_token_id
                | tried
                | lists.get(payer, self.env["autopay.configuration"]).token_id
            )
            for payer in payers
        }

    def _get_days_after(self, tokens):
        return {
            shift(token.autopay_expiry_date, 1)
            for token in tokens
            if token.autopay_expiry_date
        }

    def _get_rate_days(self, company):
        """Return the days from which other rates hold that are known already."""
        rates = self.env["res.currency.rate"].search(
            [
                ("name", ">", company._get_autopay_today()),
                ("company_id", "in", (company.root_id.id, False)),
            ]
        )
        return set(rates.mapped("name"))
