from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rights import STAFF_GROUPS, check_billing


class AutopayPartnerRetry(models.AbstractModel):
    """A customer's invoices that failed, and are tried again by a person only."""

    _name = "autopay.partner.retry"
    _description = "Retry of a Customer's Failed Invoices"

    autopay_failed_count = fields.Integer(
        compute="_compute_autopay_failed_count",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="Invoices whose last charge failed and that are not tried again by "
        "themselves.",
    )

    @api.depends_context("company")
    def _compute_autopay_failed_count(self):
        company = self.env.company
        self.autopay_failed_count = 0
        if not company.autopay_known:
            return
        payers = self.commercial_partner_id
        seen = self.env["autopay.payer.glance"]._get_known(company, payers)
        if seen and not seen.failed:
            return
        moves = payers._get_autopay_failed_moves(company)
        by_payer = moves.grouped("commercial_partner_id")
        for partner in self:
            payer = partner.commercial_partner_id._origin
            partner.autopay_failed_count = len(by_payer.get(payer, ()))

    def _get_autopay_failed_moves(self, company):
        """Return the invoices of these payers that only a person tries again.

        Where money went back, or the customer disputes, it is another matter.
        """
        moves = self.env["account.move"].sudo()
        found = moves.search(
            moves._get_autopay_open_domain()
            & Domain(
                [
                    ("commercial_partner_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("autopay_status", "=", "error"),
                    ("autopay_retry_date", "=", False),
                    ("autopay_in_dispute", "=", False),
                ]
            )
            & Domain("autopay_attempt_line_ids", "not any", [("live", "=", True)]),
            order="invoice_date_due, id",
        )
        returned = self.env["autopay.reversal"].sudo()._get_returned_attempts(found)
        return found.filtered(lambda move: move.id not in returned)

    def action_autopay_retry_failed(self):
        """Show what charging the failed invoices again would do, for a person's word.

        :raises UserError: when none has failed
        """
        self.ensure_one()
        check_billing(self)
        self.check_access("read")
        payer = self.commercial_partner_id
        moves = payer._get_autopay_failed_moves(self.env.company)
        if not moves:
            raise UserError(self.env._("No invoice of this customer has failed."))
        return moves.sudo(False).action_autopay_charge_now()
