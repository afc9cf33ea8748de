from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..const.invoice import UNPAID_STATES
from ..const.retry import DECLINE_DAYS, MAX_DECLINES
from ..rights import check_billing

# How far a customer is: what is missing is asked for.
METHOD_STATES = [
    ("ready", "Ready"),
    ("expiring", "Ready, method expires within 30 days"),
    ("lost", "Agreed, no method that can pay"),
    ("unasked", "Saved method, not agreed"),
    ("none", "No payment method"),
]

EXPIRY_DAYS = 30

# Methods pay by default or by an enabled rule, and need a consent in force, newer than
# what banks have refused for good. A row is known by the customer's first invoice:
# whoever comes or goes, it never becomes that of another customer, whom people did not
# select.
QUERY = """
   WITH invoiced AS (
       SELECT MIN(move.id) AS id, move.company_id,
              move.commercial_partner_id AS partner_id,
              COUNT(*) FILTER (WHERE %(is_open)s) AS open_count,
              COALESCE(SUM(move.amount_residual_signed)
                  FILTER (WHERE %(is_open)s), 0) AS open_amount
         FROM account_move move
         JOIN res_company company ON company.id = move.company_id
        WHERE move.move_type = 'out_invoice'
          AND move.state = 'posted'
          AND move.commercial_partner_id IS NOT NULL
          AND %(is_known)s
          AND (move.invoice_date >= CURRENT_DATE - 365 OR %(is_open)s)
     GROUP BY move.company_id, move.commercial_partner_id
   ), paying AS (
       SELECT invoiced.company_id, partner.id AS partner_id,
              (partner.autopay_token_id
                  ->> invoiced.company_id::text)::integer AS token_id
         FROM invoiced
         JOIN res_partner partner ON partner.id = invoiced.partner_id
        UNION
       SELECT company_id, partner_id, token_id
         FROM autopay_configuration
        WHERE enabled
   ), declined AS (
       SELECT asked.token_id,
              MAX(attempt.outcome_date) FILTER (
                  WHERE attempt.decline_class = 'never'
              ) AS refused_date,
              COUNT(*) FILTER (WHERE attempt.charging_date >= %(since)s) AS declines
         FROM (SELECT DISTINCT token_id FROM paying) asked
         JOIN payment_token own ON own.id = asked.token_id
         JOIN LATERAL (
             SELECT own.id
              UNION
             SELECT copy.id
               FROM payment_token copy
              WHERE copy.autopay_fingerprint = own.autopay_fingerprint
         ) same ON TRUE
         JOIN autopay_attempt attempt ON attempt.token_id = same.id
        WHERE attempt.state = 'declined'
     GROUP BY asked.token_id
   ), usable AS (
       SELECT paying.company_id, paying.partner_id,
              BOOL_OR(token.autopay_expiry_date IS NULL) AS has_lasting,
              MAX(token.autopay_expiry_date) AS expiry_date
         FROM paying
         JOIN payment_token token ON token.id = paying.token_id
         JOIN payment_provider provider ON provider.id = token.provider_id
    LEFT JOIN declined ON declined.token_id = token.id
        WHERE token.active
          AND token.autopay_paused_date IS NULL
          AND (token.autopay_expiry_date IS NULL
               OR token.autopay_expiry_date >= CURRENT_DATE)
          AND provider.state IN ('enabled', 'test')
          AND EXISTS (
              SELECT 1
                FROM autopay_authorization consent
               WHERE consent.token_id = token.id
                 AND consent.partner_id = paying.partner_id
                 AND consent.company_id = paying.company_id
                 AND consent.revoked_date IS NULL
                 AND (declined.refused_date IS NULL
                      OR consent.date > declined.refused_date)
          )
          AND COALESCE(declined.declines, 0) < %(most)s
     GROUP BY paying.company_id, paying.partner_id
   )
   SELECT invoiced.id, invoiced.company_id, invoiced.partner_id, company.currency_id,
          invoiced.open_count, invoiced.open_amount,
          CASE WHEN NOT usable.has_lasting THEN usable.expiry_date
          END AS expiry_date,
          CASE WHEN usable.has_lasting
                    OR usable.expiry_date > CURRENT_DATE + %(days)s
               THEN 'ready'
               WHEN usable.partner_id IS NOT NULL THEN 'expiring'
               WHEN EXISTS (
                   SELECT 1
                     FROM autopay_authorization consent
                    WHERE consent.partner_id = invoiced.partner_id
                      AND consent.company_id = invoiced.company_id
                      AND consent.revoked_date IS NULL
               ) THEN 'lost'
               WHEN EXISTS (
                   SELECT 1
                     FROM payment_token token
                     JOIN res_partner owner ON owner.id = token.partner_id
                    WHERE owner.commercial_partner_id = invoiced.partner_id
                      AND token.active
                      AND (token.autopay_expiry_date IS NULL
                           OR token.autopay_expiry_date >= CURRENT_DATE)
               ) THEN 'unasked'
               ELSE 'none'
          END AS state
     FROM invoiced
     JOIN res_company company ON company.id = invoiced.company_id
     JOIN res_partner partner ON partner.id = invoiced.partner_id
LEFT JOIN usable ON usable.company_id = invoiced.company_id
      AND usable.partner_id = invoiced.partner_id
    WHERE partner.active
"""


class AutopayReadinessReport(models.Model):
    """Customers who were invoiced within a year, and whether a method can pay.

    Whether an invoice is charged depends on more, and each invoice says it; this counts
    who is to be asked for a payment method.
    """

    _name = "autopay.readiness.report"
    _inherit = "autopay.default.guard"
    _description = "Readiness of Customers"
    _auto = False
    _order = "state, open_amount desc, partner_id"
    _rec_name = "partner_id"
    # Read here, so that changes that are not saved yet count as well.
    _depends = {
        "account.move": [
            "amount_residual_signed",
            "commercial_partner_id",
            "company_id",
            "invoice_date",
            "move_type",
            "payment_state",
            "state",
        ],
        "autopay.attempt": [
            "charging_date",
            "decline_class",
            "outcome_date",
            "state",
            "token_id",
        ],
        "autopay.authorization": [
            "company_id",
            "partner_id",
            "revoked_date",
            "token_id",
        ],
        "autopay.configuration": ["company_id", "enabled", "partner_id", "token_id"],
        "payment.provider": ["state"],
        "payment.token": [
            "active",
            "autopay_expiry_date",
            "autopay_fingerprint",
            "autopay_paused_date",
            "partner_id",
        ],
        "res.company": ["autopay_known", "currency_id"],
        "res.partner": ["active", "autopay_token_id", "commercial_partner_id"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(METHOD_STATES, string="Readiness", readonly=True)
    expiry_date = fields.Date(string="Method Expires on", readonly=True)
    open_count = fields.Integer(string="Open Invoices", readonly=True)
    open_amount = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        # Before autopay is switched on, who would be ready is asked for one company.
        prospect = self.env.context.get("autopay_prospect")
        return SQL(
            QUERY,
            is_open=SQL("move.payment_state IN %s", UNPAID_STATES),
            is_known=SQL("TRUE" if prospect else "company.autopay_known"),
            days=EXPIRY_DAYS,
            since=fields.Datetime.now() - timedelta(days=DECLINE_DAYS),
            most=MAX_DECLINES,
        )

    def action_request_method(self):
        """Show the request for a payment method to these customers."""
        check_billing(self)
        self.check_access("read")
        return self.partner_id.action_autopay_request_method()

    def action_open(self):
        """Open the customer of this row."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_records_action()
