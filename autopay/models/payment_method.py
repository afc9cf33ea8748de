from odoo import models
from odoo.tools import ormcache


class PaymentMethod(models.Model):
    _inherit = "payment.method"

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `payment`: names and currencies of methods are kept in memory."""
        res = super().write(vals)
        if vals.keys() & {"name", "supported_currency_ids"}:
            self.env.registry.clear_cache()
        return res

    def update_field_translations(self, field_name, translations, source_lang=""):
        """Override of `base`, see ``write``."""
        res = super().update_field_translations(field_name, translations, source_lang)
        self.env.registry.clear_cache()
        return res

    # === BUSINESS METHODS === #

    @ormcache("self.id", "self.env.lang")
    def _get_autopay_brand(self):
        """Return the name of the method as people know it: Visa, SEPA Direct Debit."""
        return self.sudo().name or ""

    @ormcache("self.id")
    def _get_autopay_currency_ids(self):
        """Return the ids of the currencies it takes; none: it takes any."""
        return frozenset(self.sudo().supported_currency_ids.ids)
