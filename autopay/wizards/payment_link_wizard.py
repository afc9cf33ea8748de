from odoo import api, models


class PaymentLinkWizard(models.TransientModel):
    _inherit = "payment.link.wizard"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment`: no links to what is collected or disputed."""
        wizards = super().create(vals_list)
        invoices = wizards.filtered(lambda wizard: wizard.res_model == "account.move")
        moves = self.env["account.move"].browse(invoices.mapped("res_id"))
        moves._check_autopay_free()
        moves._check_autopay_undisputed()
        return wizards
