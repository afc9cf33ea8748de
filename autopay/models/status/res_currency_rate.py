from odoo import api, models


class ResCurrencyRate(models.Model):
    _name = "res.currency.rate"
    _inherit = ["autopay.status.change", "res.currency.rate"]
    # Limits are compared with amounts of other currencies at these rates.
    _autopay_status_fields = frozenset({"rate", "company_id", "currency_id", "name"})

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: limits may allow other amounts by now."""
        rates = super().create(vals_list)
        rates._mark_autopay_status()
        return rates

    @api.ondelete(at_uninstall=False)
    def _unlink_marks_autopay_status(self):
        self._mark_autopay_status()

    def _get_autopay_status_pairs(self, known_ids):
        # Those of a company hold for its branches as well.
        return [(company_id, False) for company_id in known_ids]
