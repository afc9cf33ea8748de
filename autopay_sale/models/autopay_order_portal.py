from urllib.parse import quote

from odoo import models

from ..words.customers import get_customer_words


class AutopayOrderPortal(models.AbstractModel):
    """Words on the customer's page of an order about the charge that follows."""

    _name = "autopay.order.portal"
    _description = "Autopay on the Portal Page of a Sales Order"

    def _get_autopay_offer(self):
        """Return what a visitor of the page is told and offered; None where nothing is.

        Only the payer's own people learn with which method, and may save one.

        :return: ``words``; ``own``: whether the payer is at it; ``ready``: whether a
            method is there; ``may_save``: whether the visitor may save one
        """
        self.ensure_one()
        order = self.sudo()
        if order._is_autopay_untold():
            return None
        payer, company = order._get_autopay_payer(), order.company_id
        readiness = order._get_autopay_readiness()
        ready = readiness.value == "ready"
        own = self._is_autopay_own_page(payer)
        method = readiness.token._get_autopay_label() if own and ready else ""
        return {
            "words": get_customer_words(self.env, order, method),
            "own": own,
            "ready": ready,
            "may_save": own and not ready and self.env["autopay.portal"]._may_change(),
            "path": f"/my/autopay/method/new?company={company.id}",
            "log_in": self.env.user._is_public()
            and f"/web/login?redirect={quote(order.get_portal_url())}",
        }

    def _get_autopay_path(self):
        """Return the path of the order's page, for whoever is logged in.

        Odoo's own gives an order a token that has none, and a page that is only looked
        at writes nothing.
        """
        order = self.sudo()
        return order.get_portal_url() if order.access_token else order.access_url

    def _get_autopay_rest_words(self):
        """Return when what is left of an order is charged, for who pays it."""
        readiness = self._get_autopay_readiness()
        ready = readiness.value == "ready"
        method = readiness.token._get_autopay_label() if ready else ""
        return get_customer_words(self.env, self, method)

    def _is_autopay_own_page(self, payer):
        """Return whether the visitor is of those who pay, and no holder of a link."""
        if self.env.user._is_public():
            return False
        return self.env["autopay.portal"]._get_payer() == payer

    def _get_autopay_payer(self):
        return self.partner_invoice_id.commercial_partner_id

    def _get_autopay_readiness(self):
        """Return the ``Readiness`` of who pays the order."""
        payer = self._get_autopay_payer()._origin.sudo()
        judge = self.env["autopay.readiness"].sudo()._judge
        return judge(self.company_id.sudo(), payer)[payer]

    def _is_autopay_untold(self):
        """Return whether the page has nothing to say of autopay."""
        told = self.autopay_trigger and self.autopay_progress != "paid"
        return not told or self.state == "cancel" or not self._filter_autopay_on()
