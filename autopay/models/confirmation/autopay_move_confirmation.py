from odoo import models


class AutopayMoveConfirmation(models.Model):
    """Leads the customer of an invoice to the charge that waits to be confirmed."""

    _inherit = "account.move"

    def _get_autopay_confirm_path(self, reader=None):
        """Return the path at which a customer confirms what holds this invoice.

        :param reader: the user of the browser: holders of an invoice's link, and
            contacts who may only look, get none
        :return: "" when there is nothing to confirm
        """
        self.ensure_one()
        if not self._filter_autopay_busy():
            return ""
        contact = (reader or self.env.user).partner_id.sudo()
        own = contact.commercial_partner_id == self.sudo().commercial_partner_id
        if not (own and contact.autopay_portal_manager):
            return ""
        waiting = self.sudo()._get_autopay_waiting_attempt()
        return self.env["autopay.confirmation"]._get_path(waiting) if waiting else ""

    def _get_autopay_waiting_attempt(self):
        """Return the attempt that waits for the customer, if one holds the invoice."""
        live = self.autopay_attempt_line_ids.filtered("live").attempt_id
        return live.filtered(lambda attempt: attempt._is_awaiting_customer())
