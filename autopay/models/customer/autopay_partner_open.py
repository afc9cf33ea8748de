from odoo import api, fields, models
from odoo.tools import SQL

from ...const.invoice import UNPAID_STATES
from ...rights import STAFF_GROUPS
from ...words.readiness import get_default_words, get_open_words

LOOKED_AT = (
    "amount_residual",
    "autopay_standing",
    "commercial_partner_id",
    "company_id",
    "currency_id",
    "move_type",
    "partner_id",
    "payment_state",
    "state",
)
# A domain for the same, ``account.move._get_autopay_open_domain``, takes twenty times
# as many calls: one for every twenty of the whole form.
OPEN_QUERY = """
    SELECT commercial_partner_id, currency_id, autopay_standing,
           sum(amount_residual), count(*)
      FROM account_move
     WHERE move_type = 'out_invoice'
       AND state = 'posted'
       AND payment_state IN %(states)s
       AND company_id = %(company_id)s
       AND commercial_partner_id IN %(payer_ids)s
       -- The same once more, by a column with an index.
       AND partner_id IN (
           SELECT id FROM res_partner WHERE commercial_partner_id IN %(payer_ids)s)
  GROUP BY commercial_partner_id, currency_id, autopay_standing
  ORDER BY currency_id, autopay_standing
"""


class AutopayPartnerOpen(models.Model):
    """Shows on a customer what is open, and what holds by default."""

    _inherit = "res.partner"

    autopay_open_text = fields.Text(
        string="Open Invoices",
        compute="_compute_autopay_open_text",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="What is due or to come in this company, by how it stands with autopay.",
    )
    # A placeholder is seen by nobody who may only look.
    autopay_policy_default = fields.Char(
        compute="_compute_autopay_defaults", compute_sudo=True, groups=STAFF_GROUPS
    )
    autopay_fallback_default = fields.Char(
        compute="_compute_autopay_defaults", compute_sudo=True, groups=STAFF_GROUPS
    )
    autopay_discount_default = fields.Char(
        compute="_compute_autopay_defaults", compute_sudo=True, groups=STAFF_GROUPS
    )

    # === COMPUTE METHODS === #

    @api.depends_context("company", "lang")
    @api.depends("commercial_partner_id")
    def _compute_autopay_open_text(self):
        company = self.env.company
        self.autopay_open_text = False
        payers = self.commercial_partner_id._origin
        if not payers or not company._is_autopay_known():
            return
        rows = self._get_autopay_open_rows(company, payers)
        for partner in self:
            found = rows.get(partner.commercial_partner_id._origin, [])
            partner.autopay_open_text = get_open_words(self.env, found)

    def _get_autopay_open_rows(self, company, payers):
        """Return {payer: [(currency, standing, open amount, invoices), ...]}."""
        moves = self.env["account.move"]
        moves.flush_model(LOOKED_AT)
        self.flush_model(["commercial_partner_id"])
        currencies = self.env["res.currency"]
        rows = {}
        for payer_id, currency_id, *row in self.env.execute_query(
            SQL(
                OPEN_QUERY,
                states=tuple(UNPAID_STATES),
                company_id=company.id,
                payer_ids=tuple(payers.ids),
            )
        ):
            currency = currencies.browse(currency_id)
            rows.setdefault(payers.browse(payer_id), []).append([currency, *row])
        return rows

    @api.depends_context("company", "lang")
    def _compute_autopay_defaults(self):
        company = self.env.company
        known = company._is_autopay_known()
        words = get_default_words(self.env, company) if known else {}
        for name in ("policy", "fallback", "discount"):
            self[f"autopay_{name}_default"] = words.get(name, False)
