"""How an invoice's amount is compared with limits in some currency."""

from bisect import bisect_right

from odoo.tools import SQL

# So much of the rounding less than a half is a half: divisions are not exact.
TOLERANCE = 1e-6


class AmountTest:
    """Compares an invoice's amount with limits, in SQL and in memory alike.

    Converted amounts are not rounded but compared with the limit less or plus half of
    the currency's rounding: the same result, and the same in both places. Limits are
    rounded, as amounts are.

    :param limits: from and to, in the currency (major units)
    """

    def __init__(self, env, path, operator, limits, currency_id):
        self.path = path
        self.operator = operator
        self.currency = env["res.currency"].browse(currency_id)
        self.low, self.high = map(self.currency.round, limits)
        rounding = self.currency.rounding or 0.01
        self.up = rounding / 2 * (1 + TOLERANCE)
        self.down = rounding / 2 * (1 - TOLERANCE)
        self.bounds = self._get_bounds()
        self.rates = {}

    def _get_bounds(self):
        """Return (lower bound, upper bound); the upper one is itself excluded."""
        from_low, after_low = self.low - self.up, self.low + self.down
        after_high = self.high + self.down
        return {
            "=": (from_low, after_low),
            "between": (from_low, after_high),
            ">=": (from_low, None),
            ">": (after_low, None),
            "<=": (None, after_high),
            "<": (None, from_low),
        }[self.operator]

    # === IN MEMORY === #

    def holds(self, move, company_id, today):
        """Return whether the invoice's amount passes."""
        lower, upper = self.bounds
        amount = self.convert(move, company_id, today)
        return (lower is None or amount >= lower) and (upper is None or amount < upper)

    def convert(self, move, company_id, today):
        """Return the amount in the limits' currency (major units, not rounded)."""
        amount = move[self.path]
        if not amount or move.currency_id == self.currency:
            return amount
        day = move.invoice_date or today
        own = self._get_rate(move.currency_id, company_id, day)
        return amount * (1.0 / (own / self._get_rate(self.currency, company_id, day)))

    def _get_rate(self, currency, company_id, day):
        """Return the rate of the day, the first one before there were any, or 1."""
        if currency.id not in self.rates:
            self.rates[currency.id] = self._get_rates(currency, company_id)
        lists = self.rates[currency.id]
        for days, rates in lists:
            if days and days[0] <= day:
                return rates[bisect_right(days, day) - 1]
        return next((rates[0] for _days, rates in lists if rates), 1.0)

    def _get_rates(self, currency, company_id):
        """Return (days, rates) of the company, and (days, rates) for all companies."""
        domain = [
            ("currency_id", "=", currency.id),
            ("company_id", "in", (False, company_id)),
        ]
        model = currency.env["res.currency.rate"].sudo()
        found = model.search_fetch(domain, ["name", "rate", "company_id"], order="name")
        own = found.filtered("company_id")
        return [
            (part.mapped("name"), part.mapped("rate")) for part in (own, found - own)
        ]

    # === IN SQL === #

    def get_sql(self, model, alias, query, company_id, today):
        """Return the same test as a condition on the table of invoices."""
        amount = self._get_amount_sql(model, alias, query, company_id, today)
        lower, upper = self.bounds
        parts = [SQL("%s >= %s", amount, lower)] if lower is not None else []
        if upper is not None:
            parts.append(SQL("%s < %s", amount, upper))
        return SQL("(%s)", SQL(" AND ").join(parts))

    def _get_amount_sql(self, model, alias, query, company_id, today):
        amount, currency, day = (
            model._field_to_sql(alias, name, query)
            for name in (self.path, "currency_id", "invoice_date")
        )
        day = SQL("COALESCE(%s, %s)", day, today)
        own = self._get_rate_sql(currency, day, company_id)
        ours = self._get_rate_sql(SQL("%s", self.currency.id), day, company_id)
        return SQL(
            "(%(amount)s::float8 * CASE WHEN %(currency)s = %(wanted)s THEN 1.0"
            " ELSE 1.0 / (%(own)s / %(ours)s) END)",
            amount=amount,
            currency=currency,
            wanted=self.currency.id,
            own=own,
            ours=ours,
        )

    def _get_rate_sql(self, currency, day, company_id):
        """Return the rate of the day, the first one before there were any, or 1."""
        rates = SQL(
            "SELECT r.rate FROM res_currency_rate r WHERE r.currency_id = %s"
            " AND (r.company_id IS NULL OR r.company_id = %s)",
            currency,
            company_id,
        )
        return SQL(
            "COALESCE((%(rates)s AND r.name <= %(day)s"
            " ORDER BY r.company_id, r.name DESC LIMIT 1),"
            " (%(rates)s ORDER BY r.company_id, r.name LIMIT 1), 1.0)::float8",
            rates=rates,
            day=day,
        )
