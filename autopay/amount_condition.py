"""How an invoice's amount is compared with limits in some currency."""

from odoo.tools import SQL


class AmountTest:
    """Compares an invoice's amount with limits, in SQL and in memory alike.

    Converted amounts are not rounded but compared with the limit less or plus half of
    the currency's rounding: the same result, and the same in both places.

    :param limits: from and to, in the currency (major units)
    """

    def __init__(self, env, path, operator, limits, currency_id):
        self.path = path
        self.operator = operator
        self.low, self.high = limits
        self.currency = env["res.currency"].browse(currency_id)
        self.half = (self.currency.rounding or 0.01) / 2
        self.rates = {}

    def get_bounds(self):
        """Return (lower bound, upper bound); the upper one is itself excluded."""
        above, below = self.low - self.half, self.high + self.half
        return {
            "=": (above, below),
            "between": (above, below),
            ">=": (above, None),
            ">": (self.low + self.half, None),
            "<=": (None, below),
            "<": (None, self.low - self.half),
        }[self.operator]

    # === IN MEMORY === #

    def holds(self, move, company_id, today):
        """Return whether the invoice's amount passes."""
        lower, upper = self.get_bounds()
        amount = self.convert(move, company_id, today)
        return (lower is None or amount >= lower) and (upper is None or amount < upper)

    def convert(self, move, company_id, today):
        """Return the amount in the limits' currency (major units, not rounded)."""
        amount = move[self.path]
        if not amount or move.currency_id == self.currency:
            return amount
        day = move.invoice_date or today
        key = (move.currency_id.id, day)
        if key not in self.rates:
            self.rates[key] = self._get_rate(move.currency_id, company_id, day)
        return amount * self.rates[key]

    def _get_rate(self, currency, company_id, day):
        company = currency.env["res.company"].browse(company_id)
        rates = (currency | self.currency)._get_rates(company, day)
        return 1.0 / (rates[currency.id] / rates[self.currency.id])

    # === IN SQL === #

    def get_sql(self, model, alias, query, company_id, today):
        """Return the same test as a condition on the table of invoices."""
        amount = self._get_amount_sql(model, alias, query, company_id, today)
        lower, upper = self.get_bounds()
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
