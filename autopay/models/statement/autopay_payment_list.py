from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...browser_values import is_id
from ...const.statement import MADE_STATES

RECEIPT = "account.action_report_payment_receipt"


class AutopayPaymentList(models.AbstractModel):
    """Shows customers what they have paid, and gives them receipts of it.

    Odoo has no page for that, and customers may read no payment: each method is for the
    one who is logged in, and looks among his own.
    """

    _name = "autopay.payment.list"
    _description = "Payments of a Customer"

    @api.model
    def _count_own(self, companies):
        """Return how many payments the customer has made."""
        return self._get_payments().search_count(self._get_domain(companies))

    @api.model
    def _get_own(self, companies, offset=0, limit=None):
        """Return the customer's payments, the latest first."""
        return self._get_payments().search(
            self._get_domain(companies),
            order="date desc, id desc",
            offset=offset,
            limit=limit,
        )

    @api.model
    def _get_one(self, companies, payment_id):
        """Return one of the customer's payments; none when it is not one of them."""
        payments = self._get_payments()
        if not is_id(payment_id):
            return payments
        domain = self._get_domain(companies) & Domain("id", "=", payment_id)
        return payments.search(domain, limit=1)

    @api.model
    def _get_receipt(self, payment):
        """Return the receipt of a payment, as the bytes of a PDF."""
        reports = self.env["ir.actions.report"].sudo().with_company(payment.company_id)
        return reports._render_qweb_pdf(RECEIPT, payment.ids)[0]

    @api.model
    def _get_way(self, payment):
        """Return what became of a payment.

        :return: *made*; *undone*, when its entry was reversed; for money that left us
            *back*, or *returned* when the bank took it
        """
        if payment.payment_type == "outbound":
            kind = payment.autopay_reversal_id.kind
            return "returned" if kind and kind != "refund" else "back"
        undone = payment.move_id.reversal_move_ids.filtered(
            lambda move: move.state == "posted"
        )
        return "undone" if undone else "made"

    @api.model
    def _get_reference(self, payment):
        """Return what a payment is about, for its customer.

        The memo of an online payment is the provider's: it says nothing to customers,
        who know their invoices.
        """
        paid = payment.invoice_ids if payment.payment_transaction_id else ()
        return ", ".join(move.name for move in paid if move.name) or payment.memo or ""

    def _get_payments(self):
        if self.env.user._is_public():
            raise AccessError(self.env._("Log in to see your payments."))
        return self.env["account.payment"].sudo()

    def _get_domain(self, companies):
        payer = self.env.user.partner_id.commercial_partner_id
        return (
            self.env["autopay.statement.owner"]._get_domain(payer, "partner_id")
            & Domain("partner_type", "=", "customer")
            & Domain("state", "in", MADE_STATES)
            & Domain("company_id", "in", companies.ids)
        )
