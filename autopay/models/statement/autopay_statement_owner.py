from odoo import api, models
from odoo.fields import Domain


class AutopayStatementOwner(models.AbstractModel):
    """Says whose payments are, and the items of their entries.

    When a contact is moved to another customer, Odoo writes that one on the entries of
    the contact's payments. The people there have nothing to do with these, and what was
    paid stayed behind: the customer of then keeps them.
    """

    _name = "autopay.statement.owner"
    _description = "Customer of a Payment"

    @api.model
    def _get_domain(self, payer, contact):
        """Return the domain of what is a customer's, of items or payments.

        :param payer: a commercial partner
        :param str contact: the field with the contact who paid
        """
        came, left = self._get_moved(payer)
        own = Domain("partner_id.commercial_partner_id", "=", payer.id)
        own &= ~self._get_before(came, contact)
        return own | self._get_before(left, contact)

    def _get_before(self, moved, contact):
        """Return the domain of what there was when contacts were moved.

        :param dict moved: {id of a contact: when it was moved}
        """
        return Domain.OR(
            Domain(contact, "=", contact_id) & Domain("create_date", "<", moment)
            for contact_id, moment in moved.items()
        )

    def _get_moved(self, payer):
        """Return contacts that came to a customer and those that left it.

        :return: ({id: when it came last}, {id: when it left last})
        """
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        family = partners.search([("commercial_partner_id", "=", payer.id)])
        field = self.env["ir.model.fields"]._get("res.partner", "parent_id")
        here = Domain("mail_message_id.res_id", "in", family.ids)
        before = Domain("old_value_integer", "in", family.ids)
        domain = Domain("field_id", "=", field.id) & (here | before)
        domain &= Domain("mail_message_id.model", "=", "res.partner")
        came, left = {}, {}
        changes = self.env["mail.tracking.value"].sudo()
        for change in changes.search(domain, order="id"):
            contact_id = change.mail_message_id.res_id
            moved = came if contact_id in family._ids else left
            moved[contact_id] = change.create_date
        return came, left
