from odoo import models

from ...const.invoice import KNOWN_PREFETCH, OWN_PREFETCH
from .empty_values import find_own, leave_own_out


class AutopayKnownPrefetch(models.AbstractModel):
    """Reads our fields along with Odoo's only where somebody may ask for them.

    Odoo reads all fields of a group together. Apart from Odoo's they would cost a query
    of their own wherever Autopay is on; among Odoo's, each request reads dozens of
    columns that nobody needs where it never was on (of a company alone, a third more).
    """

    _name = "autopay.known.prefetch"
    _description = "Fields That Are Read Where Autopay Is Known"

    def _fetch_field(self, field):
        """Override of `base` for fields of our groups, and what is read with them."""
        if groups := self._get_autopay_prefetch_groups(field):
            # A field that may not be read is asked for all the same, and refused.
            names = [*self._get_autopay_readable_names(groups), field.name]
            return self.fetch(list(dict.fromkeys(names)))
        return super()._fetch_field(field)

    def _determine_fields_to_fetch(self, field_names=None, ignore_when_in_cache=False):
        """Override of `base`: rights to our fields are looked at once for all."""
        if not self._is_autopay_asked_for(field_names):
            return super()._determine_fields_to_fetch(field_names, ignore_when_in_cache)
        for name in self._leave_autopay_alike_out(field_names):
            self._check_field_access(self._fields[name], "read")
        found = super(AutopayKnownPrefetch, self.sudo())._determine_fields_to_fetch(
            field_names, ignore_when_in_cache
        )
        # Fields that others are computed from come along, if the user may read them.
        return [
            field
            for field in found
            if field.name in field_names or self._has_field_access(field, "read")
        ]

    def _is_autopay_asked_for(self, names):
        """Return whether a user asks for fields of ours, none of which is unknown."""
        # Odoo says which of the names is not that of a field.
        return (
            not self.env.su
            and find_own(names or ())
            and self._fields.keys() >= {*names}
        )

    def _leave_autopay_alike_out(self, names):
        """Return one name for all of our fields that the same groups may read.

        Odoo asks for the user's groups with each field; ours share a few sets of them.
        """
        fields = self._fields
        ours = {fields[name].groups: name for name in find_own(names)}
        return [*leave_own_out(dict.fromkeys(names)), *ours.values()]

    def _get_autopay_prefetch_groups(self, field):
        """Return the prefetch groups that are read with a field; none: Odoo's own."""
        if not self.env.context.get("prefetch_fields", True):
            return ()
        if field.prefetch == OWN_PREFETCH:
            return (OWN_PREFETCH,)
        return (True, KNOWN_PREFETCH) if self._is_autopay_read_along(field) else ()

    def _get_autopay_readable_names(self, groups):
        """Return the names of the fields of these prefetch groups that may be read."""
        fields = self._fields
        names = [name for name, field in fields.items() if field.prefetch in groups]
        readable = {
            name: True
            for name in self._leave_autopay_alike_out(names)
            if self._has_field_access(fields[name], "read")
        }
        alike = {fields[name].groups for name in find_own(readable)}
        ours = [name for name in find_own(names) if fields[name].groups in alike]
        return [*leave_own_out(readable), *ours]

    def _is_autopay_read_along(self, field):
        """Return whether a field is read together with both groups."""
        return (
            (field.prefetch is True or field.prefetch == KNOWN_PREFETCH)
            # Columns may be missing while add-ons are installed.
            and self.pool.ready
            and self.env["res.company"]._is_autopay_known_anywhere()
        )
