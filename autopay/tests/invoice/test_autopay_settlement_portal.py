from odoo.tests import tagged

from ..common_portal import PortalCommon


@tagged("post_install", "-at_install")
class TestAutopaySettlementPortal(PortalCommon):
    """Customers are not asked for what was refunded until a person has decided."""

    def test_refunded_invoice_is_not_asked_for(self):
        refunded, other = (
            self._create_posted_invoice(70),
            self._create_posted_invoice(5),
        )
        refunded.sudo()._show_autopay_returned("refund")
        for user in (None, self.owner_user):
            self._log_in(user)
            page = self.url_open(refunded.get_portal_url() + "&payment=True").text
            self.assertIn("There is nothing to pay", page)
            self.assertNotIn("Pay Now", page)
            self.assertNotIn("o_payment_form", page)
        page = self.url_open("/my/invoices/overdue").text
        self.assertIn(other.name, page)
        self.assertNotIn(refunded.name, page)
        refunded.action_autopay_collect_again()
        page = self.url_open(refunded.get_portal_url()).text
        self.assertIn("Pay Now", page)
