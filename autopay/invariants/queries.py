"""Each invariant as a query that gives what breaches it: model, id, what is wrong.

All of them look at whole tables at once. Times in the database are UTC. A few seconds'
difference between two clocks, or between a snapshot and its commit, breaches nothing.
"""

from .queries_conduct import CONDUCT_QUERIES
from .queries_credit import CREDIT_QUERIES
from .queries_money import MONEY_QUERIES, SURPLUS_QUERY

# The day of a charge ``a`` in the time zone of its company.
DAY = """(a.reserved_date AT TIME ZONE 'UTC' AT TIME ZONE (
        %(time_zones)s::jsonb ->> a.company_id::text))::date"""


def _get_rate(currency, known=""):
    """Return SQL for the rate of a currency on the day of a charge ``a``, as Odoo's.

    See ``res.currency._get_rates``.

    :param str currency: SQL for its id
    :param str known: a condition on the rates, ``r``
    """
    rates = f"""SELECT r.rate FROM res_currency_rate r JOIN res_company o
                    ON o.id = a.company_id AND (r.company_id IS NULL OR
                       r.company_id = split_part(o.parent_path, '/', 1)::int)
                 WHERE r.currency_id = {currency} {known}"""  # noqa: S608
    return f"""coalesce(
        ({rates} AND r.name <= {DAY} ORDER BY r.company_id, r.name DESC LIMIT 1),
        ({rates} ORDER BY r.company_id, r.name LIMIT 1), 1.0)"""


def _get_worth(known=""):
    """Return SQL for the amount of a charge in the currency of its authorization."""
    to_rate = _get_rate("u.currency_id", known)
    return f"a.amount * {to_rate} / {_get_rate('a.currency_id', known)}"


# Parts that stand in the queries under a name in braces.
PARTS = {
    "SURPLUS": SURPLUS_QUERY,
    "DAY": DAY,
    # A charge ``a`` in the currency of the authorization ``u``, at the rate of its day;
    # a rate that was entered after the charge breaches nothing.
    "WORTH": f"""CASE WHEN a.currency_id = u.currency_id THEN a.amount ELSE least(
        {_get_worth()}, {_get_worth("AND r.create_date <= a.reserved_date")}) END""",
    # Amounts are rounded when they are converted.
    "SLACK": """CASE WHEN a.currency_id = u.currency_id THEN 0.001 ELSE (
        SELECT u_currency.rounding FROM res_currency u_currency
         WHERE u_currency.id = u.currency_id) END""",
    # Alarms that a person got, open or done.
    "ALARMED": """EXISTS (
        SELECT FROM mail_activity x
          JOIN ir_model_data d ON d.model = 'mail.activity.type'
           AND d.module = 'autopay' AND d.name = 'mail_activity_type_attention'
           AND d.res_id = x.activity_type_id
         WHERE x.res_model = 'autopay.attempt' AND x.res_id = a.id)""",
    "NOW": "(now() AT TIME ZONE 'UTC')",
    # The money that a charge ``a`` keeps for the invoice of its line ``l``. Of one of
    # several invoices any may be the one that money went back for.
    "KEPT": """greatest(0, (l.amount + coalesce(l.discount_amount, 0)) * (1 - least(1,
        coalesce(g.minor, 0) / nullif(a.amount_minor * CASE WHEN l.amount < a.amount
            THEN l.amount / a.amount ELSE 1 END, 0)::numeric)))""",
    # The same of all charges for the invoices of ``c``, which were charged together. Of
    # a charge for others as well, all that went back may have been theirs.
    "KEPT_TOGETHER": """(
        SELECT sum(kept) AS kept
          FROM (SELECT greatest(0, sum(l.amount + coalesce(l.discount_amount, 0))
                       * (1 - coalesce(g.minor, 0) * a.amount
                          / nullif(a.amount_minor * sum(l.amount), 0))) AS kept
                  FROM autopay_attempt_line l
                  JOIN autopay_attempt a ON a.id = l.attempt_id
             LEFT JOIN {GONE} g ON g.attempt_id = a.id
                 WHERE a.state IN ('succeeded', 'pending') AND l.move_id IN (
                       SELECT o.move_id FROM autopay_attempt_line o
                        WHERE o.attempt_id = c.attempt_id)
              GROUP BY a.id, g.minor) each)""",
    "GONE": """(
        SELECT attempt_id, sum(amount_minor) AS minor FROM autopay_reversal
         WHERE finding IN ('gone', 'lost') GROUP BY attempt_id)""",
    "POSTED": """(
        SELECT p.payment_transaction_id AS transaction_id, count(*) AS number,
               min(p.amount) AS low, max(p.amount) AS high,
               min(p.currency_id) AS currency_id, max(p.id) AS id
          FROM account_payment p
     LEFT JOIN account_move m ON m.id = p.move_id
         WHERE p.payment_transaction_id IS NOT NULL
           AND p.payment_type = 'inbound' AND p.autopay_reversal_id IS NULL
           AND p.state IN ('in_process', 'paid')
           AND (m.id IS NULL OR m.state = 'posted')
      GROUP BY p.payment_transaction_id)""",
    # Providers that count in no units of their own count as Odoo does.
    "DECIMALS": """coalesce(
        (%(units)s::jsonb -> v.code ->> c.name)::int,
        (%(units)s::jsonb -> v.code ->> '')::int,
        c.decimal_places)""",
    "SECRET_TEXT": (
        "((sk|rk)_(live|test)_[0-9A-Za-z]{8,}|whsec_[0-9A-Za-z]{8,}"
        "|(pi|seti)_[0-9A-Za-z]+_secret_[0-9A-Za-z]{8,})"
    ),
    "CARD_NUMBER": "(^|[^0-9A-Za-z_])([0-9][ -]?){12,18}[0-9]([^0-9A-Za-z_]|$)",
}


def _complete(query):
    """Return a query with its parts in place."""
    for name, part in PARTS.items():
        query = query.replace("{" + name + "}", part)
    return query


QUERIES = {
    code: _complete(query)
    for code, query in {**MONEY_QUERIES, **CONDUCT_QUERIES, **CREDIT_QUERIES}.items()
}
