from odoo import api, models


class AutopayStatusSource(models.AbstractModel):
    """Has invoices be looked at again when a record of ours comes, changes or goes.

    The record has a company, and as *partner_id* the customer who pays.
    """

    _name = "autopay.status.source"
    _inherit = "autopay.status.change"
    _description = "Own Records That the Status of Invoices Rests on"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`, see ``write``."""
        records = super().create(vals_list)
        records._mark_autopay_status()
        return records

    @api.ondelete(at_uninstall=False)
    def _unlink_marks_autopay_status(self):
        self._mark_autopay_status()

    def _get_autopay_status_pairs(self, known_ids):
        return [
            (record.company_id.id, record.partner_id.commercial_partner_id.id)
            for record in self.filtered("partner_id")
        ]
