from odoo import models

from ...const.invoice import KNOWN_PREFETCH


class AutopayKnownPrefetch(models.AbstractModel):
    """Reads our fields along with Odoo's only where somebody may ask for them.

    Odoo reads all fields of a group together. Apart from Odoo's they would cost a query
    of their own wherever Autopay is on; among Odoo's, each request reads dozens of
    columns that nobody needs where it never was on (of a company alone, a third more).
    """

    _name = "autopay.known.prefetch"
    _description = "Fields That Are Read Where Autopay Is Known"

    def _fetch_field(self, field):
        """Override of `base` for fields of the group ``KNOWN_PREFETCH``."""
        if not self._is_autopay_read_along(field):
            return super()._fetch_field(field)
        groups = (True, KNOWN_PREFETCH)
        return self.fetch(
            [
                name
                for name, other in self._fields.items()
                if other.prefetch in groups and self._has_field_access(other, "read")
            ]
        )

    def _is_autopay_read_along(self, field):
        """Return whether a field is read together with both groups."""
        return (
            (field.prefetch is True or field.prefetch == KNOWN_PREFETCH)
            and self.env.context.get("prefetch_fields", True)
            # Columns may be missing while add-ons are installed.
            and self.pool.ready
            and self.env["res.company"]._is_autopay_known_anywhere()
        )
