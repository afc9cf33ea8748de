from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import ormcache


class AutopayOwnValues(models.AbstractModel):
    """Keeps what autopay finds out from being written by anybody else.

    A readonly field is so in forms only: whoever calls by himself, imports a file or
    copies a record may write it (``odoo/orm/models.py``, ``_check_field_access`` knows
    of groups alone). What belongs to autopay is therefore written by the engine, with
    the rights of the system, and by nobody else, whatever the rights of the user.
    """

    _name = "autopay.own.values"
    _description = "Values of Autopay's Own Fields"

    # Readonly in forms, for buttons set them, but for people to write: the model
    # checks what they write.
    _autopay_open_fields = frozenset()

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
