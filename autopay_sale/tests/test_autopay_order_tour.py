from odoo.tests import tagged

from odoo.addons.autopay.tests.portal.common_pages import PagesCommon
from odoo.addons.autopay.tests.setup.common_setup import CommittingOverHttp, SetupCommon

from .common_trigger import TriggerCommon


class OrderTourCommon(CommittingOverHttp, SetupCommon, PagesCommon, TriggerCommon):
    is_enrolled = False

    def _offer(self, **values):
        order = self._sell(self.goods, self.service, confirm=False, **values)
        order.action_quotation_sent()
        return order

    def _visit(self, order):
        """Accept an offer as its customer does: save a card, pay the down payment."""
        self.admin.set_next_visitor("card")
        self.env.flush_all()
        self.start_tour(
            order.get_portal_url(),
            "autopay_order_tour",
            login=self.owner_user.login,
            timeout=120,
        )
        self.env.invalidate_all()

    def _walk(self):
        """Walk from the offer to the order of which everything is paid."""
        order = self._offer(
            require_signature=False, require_payment=True, prepayment_percent=0.3
        )
        self._visit(order)
        [consent] = self.customer.autopay_authorization_ids.sudo()
        self.assertEqual(consent.channel, "portal")
        self.assertEqual((order.state, order.amount_paid), ("sale", 60))
        self._collect_orders()
        self.assertFalse(order.invoice_ids)
        self._deliver(order, self.goods)
        for _number in range(2):
            self._collect_orders()
            self._run_autopay()
        [invoice] = order.invoice_ids
        self.assertEqual((invoice.amount_total, invoice.amount_residual), (200, 0))
        self.assertEqual(self._get_taken(order), [14000])
        amounts = [
            row["amount"]
            for row in self.admin.ledger()["entries"]
            if row["kind"] == "charge"
        ]
        self.assertEqual(amounts, [6000, 14000])
        self.assertEqual(order.autopay_progress, "paid")


@tagged("post_install", "-at_install")
class TestAutopayOrderTour(OrderTourCommon):
    """The print shop: deposit at acceptance, the balance when it is delivered."""

    def test_offer_is_accepted_delivered_and_paid(self):
        self._walk()


@tagged("post_install", "-at_install")
class TestAutopayOrderTourPhone(OrderTourCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_offer_is_accepted_on_a_phone(self):
        self._walk()
