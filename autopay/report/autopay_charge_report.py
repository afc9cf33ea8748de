from odoo import api, fields, models
from odoo.tools import SQL

from ..const.attempt import ATTEMPT_STATES
from ..const.engine import RUN_TRIGGERS
from ..const.retry import DECLINE_CLASSES
from ..words.declines.advice import DECLINE_SENTENCES

# The outcomes of a charge, as reports count them.
OUTCOMES = [
    ("collected", "Collected"),
    ("failed", "Failed"),
    ("open", "Under way"),
    ("canceled", "Canceled before charging"),
]

# Reasons that no sentence is known for.
OTHER = "other"

# The tries of an invoice are counted anew after each that collected.
QUERY = """
    WITH tries AS (
        SELECT line.id, line.attempt_id, line.move_id, line.amount,
               attempt.state,
               COUNT(*) FILTER (WHERE attempt.state = 'succeeded') OVER (
                   PARTITION BY line.move_id ORDER BY line.attempt_id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
               ) AS debt
          FROM autopay_attempt_line line
          JOIN autopay_attempt attempt ON attempt.id = line.attempt_id
    ), counted AS (
        SELECT tries.*,
               COUNT(*) FILTER (WHERE state IN ('succeeded', 'declined')) OVER (
                   PARTITION BY move_id, debt ORDER BY attempt_id
               ) AS answers,
               BOOL_OR(state = 'succeeded') OVER (
                   PARTITION BY move_id, debt
               ) AS is_collected,
               BOOL_OR(state = 'declined') OVER (
                   PARTITION BY move_id, debt
               ) AS has_failed
          FROM tries
    )
    SELECT counted.id, counted.attempt_id, counted.move_id,
           attempt.partner_id, attempt.company_id, company.currency_id,
           attempt.provider_id, attempt.token_id, token.payment_method_id,
           attempt.run_id, attempt.reserved_date AS date, attempt.trigger,
           attempt.state, attempt.decline_class,
           CASE WHEN attempt.state = 'succeeded' THEN 'collected'
                WHEN attempt.state = 'declined' THEN 'failed'
                WHEN attempt.state = 'canceled' THEN 'canceled'
                ELSE 'open'
           END AS outcome,
           CASE WHEN attempt.state != 'declined' THEN NULL
                WHEN attempt.decline_code = ANY(%(codes)s)
                THEN attempt.decline_code
                ELSE %(other)s
           END AS reason,
           GREATEST(counted.answers, 1) AS number,
           counted.is_collected AND counted.has_failed
               AND attempt.state IN ('succeeded', 'declined') AS is_recovered,
           share.amount,
           CASE WHEN attempt.state = 'succeeded' THEN share.amount ELSE 0
           END AS collected_amount,
           CASE WHEN attempt.state = 'declined' THEN share.amount ELSE 0
           END AS failed_amount,
           CASE WHEN attempt.state = 'succeeded' AND counted.has_failed
                THEN share.amount ELSE 0
           END AS recovered_amount,
           CASE WHEN attempt.state = 'succeeded' THEN 100.0
                WHEN attempt.state = 'declined' THEN 0.0
           END AS success_rate,
           CASE WHEN attempt.state = 'declined' AND counted.answers = 1
                THEN CASE WHEN counted.is_collected THEN 100.0 ELSE 0.0 END
           END AS recovery_rate
      FROM counted
      JOIN autopay_attempt attempt ON attempt.id = counted.attempt_id
      JOIN payment_token token ON token.id = attempt.token_id
      JOIN res_company company ON company.id = attempt.company_id
      JOIN account_move move ON move.id = counted.move_id
CROSS JOIN LATERAL (
        SELECT counted.amount / COALESCE(
                   NULLIF(move.invoice_currency_rate, 0), 1
               ) AS amount
    ) share
"""


class AutopayChargeReport(models.Model):
    """Each charge of each invoice: what was collected, what failed and why.

    The tries of an invoice until one collects it belong together: a failure is
    recovered when a later try of them collects. Amounts are in the currency of the
    company, at the rate of the invoice.
    """

    _name = "autopay.charge.report"
    _inherit = "autopay.default.guard"
    _description = "Autopay Report"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "attempt_id"
    # Read here, so that changes that are not saved yet count as well.
    _depends = {
        "account.move": ["invoice_currency_rate"],
        "autopay.attempt": [
            "company_id",
            "decline_class",
            "decline_code",
            "partner_id",
            "provider_id",
            "reserved_date",
            "run_id",
            "state",
            "token_id",
            "trigger",
        ],
        "autopay.attempt.line": ["amount", "attempt_id", "move_id"],
        "payment.token": ["payment_method_id"],
        "res.company": ["currency_id"],
    }

    attempt_id = fields.Many2one("autopay.attempt", string="Charge", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    provider_id = fields.Many2one("payment.provider", readonly=True)
    payment_method_id = fields.Many2one(
        "payment.method", string="Kind of Method", readonly=True
    )
    token_id = fields.Many2one("payment.token", string="Payment Method", readonly=True)
    run_id = fields.Many2one("autopay.run", string="Collection Run", readonly=True)
    date = fields.Datetime(readonly=True)
    trigger = fields.Selection(RUN_TRIGGERS, string="Charged", readonly=True)
    state = fields.Selection(ATTEMPT_STATES, readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    decline_class = fields.Selection(
        DECLINE_CLASSES, string="What It Takes", readonly=True
    )
    reason = fields.Selection(lambda self: self._get_reasons(), readonly=True)
    number = fields.Integer(
        string="Try",
        readonly=True,
        aggregator=None,
        help="1: the first try, higher: a retry.",
    )
    is_recovered = fields.Boolean(
        string="Recovered",
        readonly=True,
        help="A charge that failed and whose invoice a retry collected, or that retry.",
    )
    amount = fields.Monetary(readonly=True)
    collected_amount = fields.Monetary(string="Collected", readonly=True)
    failed_amount = fields.Monetary(string="Failed", readonly=True)
    recovered_amount = fields.Monetary(
        string="Recovered by Retries", readonly=True, help="Collected by a retry."
    )
    success_rate = fields.Float(
        string="Success Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Of a hundred charges that were answered, so many collected.",
    )
    recovery_rate = fields.Float(
        string="Recovery Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Of a hundred debts whose first charge failed, so many were collected by "
        "a retry.",
    )

    @api.model
    def _get_reasons(self):
        """Return why charges fail: each known code with its sentence."""
        return [
            *((code, self.env._(text)) for code, text in DECLINE_SENTENCES.items()),
            (OTHER, self.env._("Another reason")),
        ]

    @property
    def _table_query(self):
        return SQL(
            QUERY,
            codes=list(DECLINE_SENTENCES),
            other=OTHER,
        )

    def action_open(self):
        """Open the charge of this row."""
        self.ensure_one()
        self.check_access("read")
        return self.attempt_id._get_records_action()
