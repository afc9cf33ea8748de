from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.account_payment.controllers.portal import PortalAccount

from ..browser_values import is_id

# Transactions by which somebody is paying an invoice already.
UNDER_WAY = Domain("state", "in", ("pending", "authorized")) & Domain(
    "provider_code", "not in", ("none", "custom")
)
LIVE = Domain("live", "=", True)
DISPUTED = Domain("autopay_in_dispute", "=", True)
# Nothing is hidden in companies where Autopay never was on, or is off; `any!`:
# customers may not read these companies.
UNKNOWN = Domain("company_id", "any!", [("autopay_known", "=", False)])
OFF = Domain("company_id", "any!", [("autopay_enabled", "=", False)])
ON = Domain("company_id", "any!", [("autopay_enabled", "=", True)])
# Overdue invoices that are looked at: more of them are asked for as ever.
MOST_PLANNED = 500


class AutopayPortal(PortalAccount):
    """Shows customers nothing to pay that is being paid; the models refuse it, too."""

    def _get_overdue_invoices_domain(self, partner_id=None):
        """Override of `account`: invoices that are being paid are not asked for."""
        overdue = super()._get_overdue_invoices_domain(partner_id)
        if not request.env["res.company"]._is_autopay_known_anywhere():
            return overdue
        planned = self._find_autopay_planned(overdue)
        # Customers may not read attempts, nor what staff note on an invoice.
        held = request.env["autopay.attempt.line"].sudo()._search(LIVE)
        disputed = request.env["account.move"].sudo()._search(DISPUTED)
        return (
            Domain(overdue)
            & Domain("id", "not in", planned.ids)
            & (UNKNOWN | Domain("id", "not in", held.subselect("move_id")))
            & (OFF | Domain("transaction_ids", "not any!", UNDER_WAY))
            & Domain("autopay_refunded", "=", False)
            & (UNKNOWN | Domain("id", "not in", disputed))
        )

    def _find_autopay_planned(self, overdue):
        """Return which overdue invoices are charged by themselves soon.

        :param overdue: the domain of all that are overdue
        """
        moves = request.env["account.move"].sudo()
        domain = Domain(overdue) & ON & Domain("autopay_status", "=", "eligible")
        found = moves.search(domain, order="autopay_date, id", limit=MOST_PLANNED)
        return found.filtered(lambda move: move._is_autopay_planned())

    def _count_autopay_planned(self):
        """Return how many overdue invoices the customer need not pay."""
        if not request.env["res.company"]._is_autopay_known_anywhere():
            return 0
        overdue = PortalAccount._get_overdue_invoices_domain(self)
        return len(self._find_autopay_planned(overdue))

    def _prepare_my_invoices_values(self, *args, **kwargs):
        """Override of `account` to say how many overdue ones need not be paid."""
        values = super()._prepare_my_invoices_values(*args, **kwargs)
        return {**values, "autopay_planned_count": self._count_autopay_planned()}

    def _overdue_invoices_get_page_view_values(self, overdue_invoices, **kwargs):
        """Override of `account_payment` to ask for what is due, not for the totals."""
        values = super()._overdue_invoices_get_page_view_values(
            overdue_invoices, **kwargs
        )
        values["autopay_planned_count"] = self._count_autopay_planned()
        if "payment" in values and overdue_invoices._filter_autopay_on():
            due = sum(overdue_invoices.mapped("amount_residual"))
            values["payment"]["amount"] = values["amount"] = due
        return values

    def _get_extra_payment_form_values(self, invoice_id=None, **kwargs):
        """Override of `account_payment`: nothing to pay while autopay collects."""
        values = super()._get_extra_payment_form_values(invoice_id=invoice_id, **kwargs)
        if invoice := self._cast_as_int(invoice_id):
            move = request.env["account.move"].sudo().browse(invoice).exists()
            if move and (move._is_autopay_withheld() or move._get_autopay_live_lines()):
                values["amount"] = 0.0
        return values

    @route()
    def archive_token(self, token_id):
        """Override of `payment` not to take away what is being charged; staff are told.

        :raises UserError: when a charge is under way with the method
        """
        if not request.env["res.company"]._is_autopay_known_anywhere():
            return super().archive_token(token_id)
        service = request.env["autopay.method.removal"]
        token = service._find_token(token_id if is_id(token_id) else 0)
        known = token._filter_autopay_known()
        uses = known and service._check_removable(token)
        res = super().archive_token(token_id)
        if known and not token.active:
            service._finish(token, uses)
        return res
