from collections import Counter
from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import float_round

from ...const.attempt import UNCOLLECTED_STATES
from ...gateways.money import get_charge_maximum

HAS_CAP = Domain("max_amount", ">", 0) | Domain("max_month_amount", ">", 0)


class AutopayConfigurationCap(models.AbstractModel):
    """Keeps charges within what may be taken from a payment method.

    Two say so: the customer's consent to the method, and the customer's configurations
    that name it, in use or not. Both hold for whatever is charged with the method,
    whichever way it was chosen, and the lowest counts.

    Checks as in ``autopay.check``: where a configuration says so, they lower the
    amount instead of refusing it.
    """

    _name = "autopay.configuration.cap"
    _description = "Limits of a Payment Method"

    # === CHECKS === #

    def _is_above_cap(self, decision, facts):
        caps = facts.caps.get(_get_key(decision), ())
        return any(
            self._is_above(cap, cap.max_amount, cap.max_amount, decision, facts)
            for cap in caps
            if cap.max_amount
        )

    def _is_month_cap_reached(self, decision, facts):
        caps = facts.caps.get(_get_key(decision), ())
        return any(
            self._is_above_month(cap, decision, facts)
            for cap in caps
            if cap.max_month_amount
        )

    def _is_above_month(self, cap, decision, facts):
        rest = self._get_rest(cap, decision, facts)
        if not self._is_above(cap, rest, cap.max_month_amount, decision, facts):
            return False
        decision.values["rest"] = cap.currency_id.format(rest)
        decision.date = _get_next_month(decision.day)
        return True

    def _is_above(self, cap, limit, told, decision, facts):
        """Return whether a limit stops the charge; lower the amount if it may be.

        :param cap: the configuration that sets it
        :param float limit: what may be charged, in the configuration's currency
        :param float told: the cap it comes from, to be told
        """
        currency = decision.move.currency_id
        allowed = self._convert_down(limit, cap.currency_id, currency, facts)
        skips = cap.cap_rule == "skip"
        # An amount that another cap lowered is still due for more than this allows.
        amount = decision.due if skips else decision.amount
        if currency.compare_amounts(amount, allowed) <= 0:
            return False
        if skips or currency.is_zero(allowed):
            decision.values["cap"] = cap.currency_id.format(told)
            decision.values["configuration"] = cap.display_name
            return True
        decision.amount = allowed
        return False

    def _is_above_authorization(self, decision, facts):
        authorization = decision.authorization
        limit = authorization.max_amount
        return bool(limit) and self._exceeds_consent(limit, limit, decision, facts)

    def _is_authorized_month_reached(self, decision, facts):
        authorization = decision.authorization
        limit = authorization.max_month_amount
        if not limit:
            return False
        rest = self._get_rest(authorization, decision, facts)
        if not self._exceeds_consent(rest, limit, decision, facts):
            return False
        decision.values["rest"] = authorization.currency_id.format(rest)
        decision.date = _get_next_month(decision.day)
        return True

    def _exceeds_consent(self, limit, told, decision, facts):
        """Return whether the amount is more than the customer has agreed to."""
        currency = decision.authorization.currency_id
        amount = decision.move.currency_id._convert(
            decision.amount, currency, facts.company, facts.today
        )
        decision.values["cap"] = currency.format(told)
        return currency.compare_amounts(amount, limit) > 0

    def _get_rest(self, source, decision, facts):
        """Return what a limit per month leaves, in the currency of who sets it.

        The month is that in which the invoice is to be charged.

        What was charged counts at the rate of its day: no later rate gives anything of
        the limit back, or takes it. The integrity check (I7) counts in the same way.

        :param source: a configuration or an authorization
        """
        spent = sum(
            currency._convert(amount, source.currency_id, facts.company, day)
            for (currency, day), amount in facts.spent.get(
                _get_key(decision), {}
            ).items()
            if (day.year, day.month) == (decision.day.year, decision.day.month)
        )
        return max(source.max_month_amount - spent, 0.0)

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

    def _get_provider_limit(self, token, currency, facts):
        """Return what the provider of a method takes at once, at most; None for any.

        It is the maximum amount that Odoo has for the provider, or the provider's own.

        :return: in the currency (major units)
        """
        provider = token.provider_id.sudo()
        kind = token.payment_method_id._get_autopay_limit_kind()
        most = get_charge_maximum(
            currency.name, currency.decimal_places, kind, provider.code
        )
        limits = [] if most is None else [float(most)]
        if limit := provider.maximum_amount:
            own = provider.company_id.currency_id
            limits.append(self._convert_down(limit, own, currency, facts))
        return min(limits, default=None)

    # === WHO SETS LIMITS === #

    @api.model
    def _get_caps(self, company, payers, tokens, trial=None):
        """Return {(payer id, token id): configurations with caps}, in use or not.

        Those that refuse come first: what others lower is still due.

        :param trial: a configuration to go by as if it were saved
        """
        found = (
            self.env["autopay.configuration"]
            .sudo()
            .search(
                Domain("company_id", "=", company.id)
                & Domain("partner_id", "in", payers._origin.ids)
                & Domain("token_id", "in", tokens._origin.ids)
                & HAS_CAP
            )
        )
        if trial:
            tried = trial.filtered(lambda rec: rec.max_amount or rec.max_month_amount)
            found = (found - trial._origin) | tried
        ordered = found.sorted(lambda rec: rec.cap_rule != "skip")
        return ordered.grouped(
            lambda rec: (rec.partner_id._origin.id, rec.token_id._origin.id)
        )

    # === WHAT WAS CHARGED === #

    @api.model
    def _get_spent(self, facts, own=(), planned=None):
        """Return {(payer id, token id): {(currency, day): amount}} charged this month.

        All charges with the method count, whichever way it was chosen; methods without
        a limit per month are left out.

        :param own: attempts that are decided once more and do not count yet
        :param dict planned: {(payer id, token id, currency): amount} that counts too
        """
        keys = self._get_limited_keys(facts)
        spent = {key: Counter() for key in keys}
        if not keys:
            return spent
        charged = Counter(
            {(*key, facts.today): amount for key, amount in (planned or {}).items()}
        )
        charged.update(self._get_charged(facts.company, keys, facts.today, own))
        for (*key, currency, day), amount in charged.items():
            if tuple(key) in keys:
                spent[tuple(key)][currency, day] += amount
        return spent

    def _get_limited_keys(self, facts):
        """Return the (payer id, token id) with a limit per month."""
        return {
            key
            for sources in (facts.caps, facts.authorizations)
            for key, limits in sources.items()
            if any(limit.max_month_amount for limit in limits)
        }

    @api.model
    def _get_charged(self, company, keys, today, own=()):
        """Return {(payer id, token id, currency, day): what was charged this month}.

        The days are those of the company's time zone.

        :param keys: (payer id, token id) of those who are asked about
        """
        attempts = self.env["autopay.attempt"]
        rows = attempts.with_context(tz=company._get_autopay_tz())._read_group(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", [payer_id for payer_id, _token_id in keys]),
                ("token_id", "in", [token_id for _payer_id, token_id in keys]),
                ("reserved_date", ">=", _get_month_start(company, today)),
                ("state", "not in", UNCOLLECTED_STATES),
                ("id", "not in", [attempt.id for attempt in own]),
            ],
            ["partner_id", "token_id", "currency_id", "reserved_date:day"],
            ["amount:sum"],
        )
        return {
            (payer.id, token.id, currency, day.date()): amount
            for payer, token, currency, day, amount in rows
        }

    @api.model
    def _add_spent(self, decision, facts):
        """Count what was just decided; the next invoice of the set sees the rest."""
        spent = facts.spent.get(_get_key(decision))
        decision.counts = spent is not None
        if spent is not None and not decision.blocker:
            spent[decision.move.currency_id, decision.day] += decision.amount

    @api.model
    def _get_rest_date(self, decision, facts):
        """Return when the rest of an invoice is charged that a cap has divided."""
        divided = decision.move.currency_id.compare_amounts(
            decision.amount, decision.due
        )
        return _get_next_month(decision.day) if divided < 0 else False


def _get_key(decision):
    """Return whose limits hold: those of a customer for one method."""
    return decision.move.commercial_partner_id.id, decision.token.id


def _get_next_month(day):
    return day + relativedelta(months=1, day=1)


def _get_month_start(company, today):
    """Return when the month began in the company's time zone, as UTC."""
    timezone = pytz.timezone(company._get_autopay_tz())
    start = timezone.localize(datetime.combine(today.replace(day=1), time()))
    return start.astimezone(pytz.utc).replace(tzinfo=None)
