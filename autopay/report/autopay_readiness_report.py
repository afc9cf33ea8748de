from odoo import fields, models
from odoo.tools import SQL

from ..rights import check_billing

# How far a customer is: what is missing is asked for.
METHOD_STATES = [
    ("ready", "Ready"),
    ("expiring", "Ready, method expires within 30 days"),
    ("lost", "Agreed, but no method that can pay"),
    ("unasked", "Saved method, not agreed to autopay"),
    ("none", "No payment method"),
]

EXPIRY_DAYS = 30

# Methods pay by default or by an enabled rule, and need a consent in force. A row is
# known by the customer's first invoice: whoever comes or goes, it never becomes that of
# another customer, whom people did not select.
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
          AND company.autopay_known
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
   ), usable AS (
       SELECT paying.company_id, paying.partner_id,
              BOOL_OR(token.autopay_expiry_date IS NULL) AS has_lasting,
              MAX(token.autopay_expiry_date) AS expiry_date
         FROM paying
         JOIN payment_token token ON token.id = paying.token_id
         JOIN payment_provider provider ON provider.id = token.provider_id
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
          )
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

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(METHOD_STATES, string="Readiness", readonly=True)
    expiry_date = fields.Date(string="Method Expires on", readonly=True)
    open_count = fields.Integer(string="Open Invoices", readonly=True)
    open_amount = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            QUERY,
            is_open=SQL("move.payment_state IN ('not_paid', 'partial')"),
            days=EXPIRY_DAYS,
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
