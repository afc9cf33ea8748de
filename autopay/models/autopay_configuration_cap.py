from collections import Counter
from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import float_round

# Attempts that took no money count for no cap.
UNCOUNTED_STATES = ("declined", "canceled")


class AutopayConfigurationCap(models.AbstractModel):
    """Keeps charges within the caps of their configuration.

    Checks as in ``autopay.check``: where the configuration says so, they lower the
    amount instead of refusing it.
    """

    _name = "autopay.configuration.cap"
    _description = "Caps of an Autopay Configuration"

    # === CHECKS === #

    def _is_above_cap(self, decision, facts):
        configuration = decision.configuration
        return bool(configuration.max_amount) and self._is_above(
            configuration.max_amount, configuration.max_amount, decision, facts
        )

    def _is_month_cap_reached(self, decision, facts):
        configuration = decision.configuration
        cap = configuration.max_month_amount
        if not cap:
            return False
        rest = max(cap - facts.spent.get(configuration, 0.0), 0.0)
        decision.values["rest"] = configuration.currency_id.format(rest)
        if not self._is_above(rest, cap, decision, facts):
            return False
        decision.date = _get_next_month(facts.today)
        return True

    def _is_above(self, limit, cap, decision, facts):
        """Return whether a limit stops the charge; lower the amount if it may be.

        :param float limit: what may be charged, in the configuration's currency
        :param float cap: the cap it comes from, to be told
        """
        configuration = decision.configuration
        currency = decision.move.currency_id
        decision.values["cap"] = configuration.currency_id.format(cap)
        allowed = self._convert_down(limit, configuration.currency_id, currency, facts)
        if currency.compare_amounts(decision.amount, allowed) <= 0:
            return False
        if configuration.cap_rule == "skip" or currency.is_zero(allowed):
            return True
        decision.amount = allowed
        return False

    def _convert_down(self, amount, from_currency, to_currency, facts):
        """Return an amount in another currency, never more than it is worth."""
        if from_currency == to_currency:
            return amount
        exact = from_currency._convert(
            amount, to_currency, facts.company, facts.today, round=False
        )
        return float_round(
            exact, precision_rounding=to_currency.rounding, rounding_method="DOWN"
        )

    # === WHAT WAS CHARGED === #

    @api.model
    def _get_spent(self, choices, company, today, own=(), planned=None):
        """Return {configuration: what it charged this month, in its currency}.

        Those without a cap per month are left out.

        :param dict choices: {move id: Choice}
        :param own: attempts that are decided once more and do not count yet
        :param dict planned: {(configuration, currency): amount} that counts as well
        """
        chosen = {choice.configuration for choice in choices.values()}
        capped = self.env["autopay.configuration"].union(*chosen)
        capped = capped.filtered("max_month_amount")
        if not capped:
            return {}
        charged = Counter(planned or {}) + self._get_charged(
            capped, _get_month_start(company, today), own
        )
        spent = dict.fromkeys(capped, 0.0)
        for (configuration, currency), amount in charged.items():
            if configuration in spent:
                spent[configuration] += currency._convert(
                    amount, configuration.currency_id, company, today
                )
        return spent

    def _get_charged(self, configurations, since, own):
        """Return what attempts have charged, a Counter by configuration and currency.

        A configuration on trial goes by what it charged as it was saved.
        """
        by_origin = {record._origin: record for record in configurations}
        rows = self.env["autopay.attempt"]._read_group(
            [
                ("configuration_id", "in", configurations.ids),
                ("reserved_date", ">=", since),
                ("state", "not in", UNCOUNTED_STATES),
                ("id", "not in", [attempt.id for attempt in own]),
            ],
            ["configuration_id", "currency_id"],
            ["amount:sum"],
        )
        return Counter(
            {(by_origin[origin], currency): amount for origin, currency, amount in rows}
        )

    @api.model
    def _note_spent(self, decision, facts):
        """Count what was just decided; the next invoice of the set sees the rest."""
        configuration = decision.configuration
        if decision.blocker or configuration not in facts.spent:
            return
        facts.spent[configuration] += decision.move.currency_id._convert(
            decision.amount, configuration.currency_id, facts.company, facts.today
        )

    @api.model
    def _hold_caps(self, configurations):
        """Let no other run charge under the same caps per month until we commit."""
        configurations.filtered("max_month_amount")._touch()

    @api.model
    def _get_rest_date(self, decision, facts):
        """Return when the rest of an invoice is charged that a cap has divided."""
        divided = decision.move.currency_id.compare_amounts(
            decision.amount, decision.due
        )
        return _get_next_month(facts.today) if divided < 0 else False


def _get_next_month(day):
    return day + relativedelta(months=1, day=1)


def _get_month_start(company, today):
    """Return when the month began in the company's time zone, as UTC."""
    timezone = pytz.timezone(company._get_autopay_tz())
    start = timezone.localize(datetime.combine(today.replace(day=1), time()))
    return start.astimezone(pytz.utc).replace(tzinfo=None)
