from odoo import api, fields, models
from odoo.fields import Domain

from ...rights import STAFF_GROUPS
from ...words.readiness import get_default_words, get_open_words


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
        domain = moves._get_autopay_open_domain() & Domain(
            [
                ("commercial_partner_id", "in", payers.ids),
                # The same once more, by a column with an index.
                ("partner_id.commercial_partner_id", "in", payers.ids),
                ("company_id", "=", company.id),
            ]
        )
        rows = {}
        for payer, *row in moves._read_group(
            domain,
            ["commercial_partner_id", "currency_id", "autopay_standing"],
            ["amount_residual:sum", "__count"],
        ):
            rows.setdefault(payer, []).append(row)
        return rows

    @api.depends_context("company", "lang")
    def _compute_autopay_defaults(self):
        company = self.env.company
        known = company._is_autopay_known()
        words = get_default_words(self.env, company) if known else {}
        for name in ("policy", "fallback", "discount"):
            self[f"autopay_{name}_default"] = words.get(name, False)
