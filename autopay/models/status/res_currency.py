from odoo import models


class ResCurrency(models.Model):
    _name = "res.currency"
    _inherit = ["autopay.status.change", "res.currency"]
    # Nothing is charged in a currency that is archived.
    _autopay_status_fields = frozenset({"active"})

    def _get_autopay_status_pairs(self, known_ids):
        return [(company_id, False) for company_id in known_ids]
