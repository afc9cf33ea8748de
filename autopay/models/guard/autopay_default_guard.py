from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import ormcache


class AutopayDefaultGuard(models.AbstractModel):
    """Keeps defaults that callers bring along out of what people may not write.

    Odoo takes defaults from keys of the context, which whoever calls can choose, and
    from what users have set as their own defaults (``ir.default``). Both come in after
    the checks of ``create``, and neither knows of rights
    (``odoo/orm/models.py``, ``default_get``).
    """

    _name = "autopay.default.guard"
    _description = "Defaults of Autopay's Own Fields"

    # Readonly in forms, for buttons set them, but for people to write: the model
    # checks what they write.
    _autopay_open_fields = frozenset()

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

    # === OWN VALUES === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`, see `write`."""
        self._check_autopay_own(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Override of `base`: what autopay finds out, only autopay writes.

        :raises AccessError: when somebody but the engine writes such a field
        """
        self._check_autopay_own([vals])
        return super().write(vals)

    def _check_autopay_own(self, vals_list):
        if self.env.su:
            return
        own = self._get_autopay_engine_fields()
        for vals in vals_list:
            if not own.isdisjoint(vals):
                name = next(iter(own.intersection(vals)))
                label = self._fields[name]._description_string(self.env)
                raise AccessError(
                    self.env._(
                        "Only autopay itself writes its results: “%s” cannot be set "
                        "by hand.",
                        label,
                    )
                )

    @api.model
    @ormcache()
    def _get_autopay_engine_fields(self):
        """Return the names of the fields of this model that only the engine writes."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.readonly
            and field.store
            and self._is_autopay_named(field)
            and name not in self._autopay_open_fields
            and name not in models.MAGIC_COLUMNS
        )

    def _is_autopay_named(self, field):
        """Return whether a field is autopay's, of its own or of a shared model."""
        return self._name.startswith("autopay.") or field.name.startswith("autopay_")
