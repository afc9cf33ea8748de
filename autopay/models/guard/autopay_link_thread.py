from odoo import models

from ...rights import BILLING_GROUP


class AutopayLinkThread(models.AbstractModel):
    """Keeps mails that hold a link from those who may look and not act.

    Whoever has such a link acts for the customer. A mail that waits, or that was not
    sent, is a message on its record like any other.
    """

    _name = "autopay.link.thread"
    _description = "Records Whose Mails Hold Links"

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Override of `mail`: nobody but billing users reads these messages."""
        found = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        if message_operation != "read" or self.env.user.has_group(BILLING_GROUP):
            return found
        # A right that nobody has on them.
        return dict.fromkeys(found, "unlink")
