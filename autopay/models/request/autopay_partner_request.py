from odoo import api, fields, models

from ...rights import STAFF_GROUPS
from ...words.days import say_day
from ...words.methods.requests import get_request_words


class AutopayPartnerRequest(models.Model):
    """Lets staff ask customers for a payment method, and says what came of it."""

    _inherit = "res.partner"

    autopay_request_text = fields.Char(
        string="Payment Method Request",
        compute="_compute_autopay_request_text",
        compute_sudo=True,
        groups=STAFF_GROUPS,
        help="When this customer was last asked for a payment method, by whom, and "
        "what came of it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_autopay_request_text(self):
        company = self.env.company
        self.autopay_request_text = False
        if not company._is_autopay_known():
            return
        payers = self.commercial_partner_id
        seen = self.env["autopay.payer.glance"]._get_known(company, payers)
        if seen and not seen.asked:
            return
        last = payers._get_autopay_last_requests(company)
        for partner in self:
            request = last.get(partner.commercial_partner_id._origin)
            if request:
                partner.autopay_request_text = get_request_words(
                    self.env, request, say_day(self.env, request.asked_date)
                )

    # === ACTION METHODS === #

    def action_autopay_request_method(self):
        """Show which of these customers would be asked for a payment method."""
        return self.env["autopay.request.wizard"]._open(self)

    def action_autopay_request_all(self):
        """Show all customers that could pay by autopay with another method.

        The button calls it on whatever is selected, mostly on nothing.
        """
        return self.env["autopay.request.wizard"]._open_all()

    def action_view_autopay_requests(self):
        """Open the requests that were sent to this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_method_request_action"
        )
        domain = [("partner_id", "=", self.commercial_partner_id.id)]
        return {**action, "domain": domain, "context": {}}

    # === BUSINESS METHODS === #

    def _get_autopay_last_requests(self, company):
        """Return {customer: its last request} of those of these that were asked."""
        requests = self.env["autopay.method.request"].sudo()
        groups = requests._read_group(
            [("partner_id", "in", self._origin.ids), ("company_id", "=", company.id)],
            ["partner_id"],
            ["id:max"],
        )
        return {
            payer.with_env(self.env): requests.browse(last) for payer, last in groups
        }
