from odoo import api, models


class AutopayDefaultGuard(models.AbstractModel):
    """Keeps defaults that callers bring along out of what people may not write.

    Odoo takes defaults from keys of the context, which whoever calls can choose, and
    from what users have set as their own defaults (``ir.default``). Both come in after
    the checks of ``create``, and neither knows of rights
    (``odoo/orm/models.py``, ``default_get``).
    """

    _name = "autopay.default.guard"
    _inherit = "autopay.own.values"
    _description = "Defaults of Autopay's Own Fields"

    @api.model
    def default_get(self, fields):
        """Override of `base`: own fields take the defaults of the code, no others."""
        defaults = super().default_get(fields)
        for name in list(defaults):
            field = self._fields.get(name)
            if not field or not self._is_autopay_own(field):
                continue
            del defaults[name]
            if field.default:
                defaults[name] = self._get_coded_default(field)
        return defaults

    def _is_autopay_own(self, field):
        """Return whether a field is set by autopay, or by people it has checked."""
        if self._name.startswith("autopay."):
            return field.readonly
        return self._is_autopay_named(field)

    def _get_coded_default(self, field):
        """Return the default of a field in the form that ``default_get`` returns."""
        cached = field.convert_to_cache(field.default(self), self, validate=False)
        return field.convert_to_write(field.convert_to_record(cached, self), self)
