from datetime import timedelta

from odoo import api, fields, models

from ...const.notices.outbox import BOUNCE_DAYS


class AutopayPartnerNotice(models.Model):
    """Finds those of a customer's people who get the mails of autopay."""

    _inherit = "res.partner"

    @api.model
    def _find_recipients(self, payers):
        """Return {customer: contacts with an address}, empty where there is none.

        The contacts for invoices come first, as in Odoo; without any the customer.
        A company below the customer is a customer of its own, as in Odoo.
        """
        partners = self.env["res.partner"].sudo()
        contacts = partners.search(
            [
                ("parent_id", "in", payers.ids),
                ("commercial_partner_id", "in", payers.commercial_partner_id.ids),
                ("type", "=", "invoice"),
                ("email_normalized", "!=", False),
            ],
            order="id",
        ).grouped("parent_id")
        own = payers.sudo().filtered("email_normalized")
        return {
            payer: contacts.get(payer.sudo(), own & payer.sudo()) for payer in payers
        }

    def _message_receive_bounce(self, email, partner):
        """Override of `mail` to note that a mail to a customer came back."""
        if self.env["res.company"]._is_autopay_known_anywhere():
            since = fields.Datetime.now() - timedelta(days=BOUNCE_DAYS)
            notices = self.env["autopay.notice"].sudo()
            sent = [("state", "=", "sent"), ("sent_date", ">=", since)]
            # Odoo deletes the mail itself: the newest one to the address is meant.
            found = notices.search(
                [*sent, ("email", "ilike", email)], order="sent_date desc"
            )
            # An address may be a part of another one, or look like a pattern.
            own = found.filtered(lambda rec: email in (rec.email or "").split(", "))
            own[:1]._set_returned()
        return super()._message_receive_bounce(email, partner)
