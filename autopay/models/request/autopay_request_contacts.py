from odoo import api, models


class AutopayRequestContacts(models.AbstractModel):
    """Says at which address a customer is asked: whoever reads there may decide.

    Everybody at a customer may enter addresses in the portal, even a billing address.
    A link goes only to an address that staff wrote, or somebody who may change how the
    customer pays.
    """

    _name = "autopay.request.contacts"
    _description = "Addresses for Payment Method Requests"

    @api.model
    def _get_contacts(self, payers):
        """Return {customer: the contact that is asked}; empty without an address."""
        payers = payers.sudo()
        invoiced = payers.browse().search(
            [
                ("parent_id", "in", payers.ids),
                # A company below the customer is a customer of its own.
                ("commercial_partner_id", "in", payers.commercial_partner_id.ids),
                ("type", "=", "invoice"),
                ("email_normalized", "!=", False),
            ],
            order="id",
        )
        own = payers.filtered("email_normalized")
        chosen = {}
        for contact in self._filter_trusted(invoiced | own):
            # A contact for invoices stands before the customer itself.
            payer = contact if contact in payers else contact.parent_id
            chosen.setdefault(payer.id, contact)
        return {
            payer: chosen.get(payer.id, payer.browse()).with_env(self.env)
            for payer in payers.with_env(self.env)
        }

    def _filter_trusted(self, contacts):
        """Return those whose address was written by one who may write it, in order."""
        writers = self._get_writers(contacts)
        users = contacts.create_uid.union(*writers.values())
        outsiders = users.filtered("share")
        managers = outsiders.filtered(
            lambda user: user.active and user.partner_id.autopay_portal_manager
        )
        return contacts.filtered(
            lambda contact: self._is_trusted(contact, writers[contact], managers)
        )

    def _is_trusted(self, contact, writer, managers):
        """Return whether the one who wrote an address may say where links go.

        :param writer: a user, empty when it was not changed since it was entered
        :param managers: portal users who may change how their customer pays
        """
        payer = contact.commercial_partner_id
        if not writer and contact == payer:
            # Its own address, perhaps given with its first order.
            return True
        author = writer or contact.create_uid
        own = author in managers and author.partner_id.commercial_partner_id == payer
        return own or not author.share

    def _get_writers(self, contacts):
        """Return {contact: the user who changed its address last; empty: nobody}.

        What contacts change of their own is no change: staff have chosen these people.
        """
        field = self.env["ir.model.fields"]._get("res.partner", "email")
        changes = (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                [
                    ("field_id", "=", field.id),
                    ("mail_message_id.model", "=", "res.partner"),
                    ("mail_message_id.res_id", "in", contacts.ids),
                ],
                order="id desc",
            )
        )
        found = {}
        for change in changes:
            contact = contacts.browse(change.mail_message_id.res_id)
            if change.create_uid not in contact.user_ids:
                found.setdefault(contact, change.create_uid)
        nobody = contacts.env["res.users"]
        return {contact: found.get(contact, nobody) for contact in contacts}
