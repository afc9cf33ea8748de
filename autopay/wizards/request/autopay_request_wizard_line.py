from odoo import fields, models

from ...const.methods.request import REQUEST_MARKS


class AutopayRequestWizardLine(models.TransientModel):
    """One customer in the dialog: whether it will be asked, and at which address."""

    _name = "autopay.request.wizard.line"
    _description = "Request Payment Methods Line"
    _order = "id"

    wizard_id = fields.Many2one(
        "autopay.request.wizard", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade"
    )
    is_chosen = fields.Boolean(
        string="Ask", help="Customers without a tick are not asked."
    )
    email = fields.Char(
        readonly=True,
        help="The contact for invoices, else the customer. An address that somebody "
        "entered in the portal who may not change Autopay there is not written to: if "
        "it is right, enter it on the customer.",
    )
    readiness = fields.Selection(
        lambda self: self.env["autopay.readiness"]._get_selection(), readonly=True
    )
    asked_date = fields.Datetime(string="Last Asked on", readonly=True)
    asked_by_id = fields.Many2one("res.users", string="Last Asked by", readonly=True)
    mark = fields.Selection(REQUEST_MARKS, string="Note", readonly=True)
