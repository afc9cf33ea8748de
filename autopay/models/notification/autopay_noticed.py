from odoo import models
from odoo.fields import Domain


class AutopayNoticed(models.AbstractModel):
    """Opens the mails that customers got about a record."""

    _name = "autopay.noticed"
    _description = "What Customers Are Told of"

    def action_view_autopay_notices(self):
        """Open the mails to customers that tell of these records."""
        self.check_access("read")
        actions = self.env["ir.actions.act_window"]
        action = actions._for_xml_id("autopay.autopay_notice_action")
        domain = Domain.OR(
            Domain("res_model", "=", records._name)
            & Domain("res_id", "in", records.ids)
            for records in self.sudo()._get_autopay_noticed()
        )
        return {**action, "domain": list(domain), "context": {}}

    def _get_autopay_noticed(self):
        """Return what mails are written about, as a list of recordsets."""
        return [self]
