from odoo import models
from odoo.tools import ormcache

from ..const.retry import DEBIT_METHOD_TYPES

# Fields of methods that are kept in memory.
KEPT_FIELDS = {"code", "name", "primary_payment_method_id", "supported_currency_ids"}


class PaymentMethod(models.Model):
    _name = "payment.method"
    _inherit = ["autopay.status.change", "payment.method"]
    _autopay_status_fields = frozenset(
        {"code", "primary_payment_method_id", "supported_currency_ids"}
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `payment`: what is asked of all methods is kept in memory."""
        res = super().write(vals)
        if vals.keys() & KEPT_FIELDS:
            self.env.registry.clear_cache()
        return res

    def update_field_translations(self, field_name, translations, source_lang=""):
        """Override of `base`, see ``write``."""
        res = super().update_field_translations(field_name, translations, source_lang)
        self.env.registry.clear_cache()
        return res

    def _get_autopay_status_pairs(self, known_ids):
        return [(company_id, False) for company_id in known_ids]

    # === BUSINESS METHODS === #

    @ormcache("self.id", "self.env.lang")
    def _get_autopay_brand(self):
        """Return the name of the method as people know it: Visa, SEPA Direct Debit."""
        return self.sudo().name or ""

    @ormcache("self.id")
    def _get_autopay_currency_ids(self):
        """Return the ids of the currencies it takes; none: it takes any."""
        return frozenset(self.sudo().supported_currency_ids.ids)

    @ormcache("self.id")
    def _get_autopay_type(self):
        """Return the provider's type of method: card, us_bank_account ..."""
        method = self.sudo()
        code = (method.primary_payment_method_id or method).code
        types = self.env["payment.provider"]._get_autopay_method_types()
        return types.get(code, code)

    @ormcache("self.id")
    def _get_autopay_limit_kind(self):
        """Return the kind of method by which a charge is limited: a type, or *amex*."""
        return "amex" if self.sudo().code == "amex" else self._get_autopay_type()

    def _is_autopay_debit(self):
        """Return whether charges take days to settle (bank debits)."""
        return self._get_autopay_type() in DEBIT_METHOD_TYPES
