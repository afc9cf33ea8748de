from odoo import models


class SequenceMixin(models.AbstractModel):
    _inherit = "sequence.mixin"

    def _get_next_sequence_format(self):
        """Override of `account` to look up the last number once for a set of entries.

        For those that it posts together, `autopay.booking` hands in a dict through the
        context. Odoo counts on from the first by itself, under the lock it holds on it,
        and takes a number that is not free for the database to refuse.
        """
        known = self.env.context.get("autopay_sequence_formats")
        if known is None:
            return super()._get_next_sequence_format()
        key = (
            self._name,
            self[self._sequence_index],
            self[self._sequence_date_field],
        )
        if key not in known:
            known[key] = super()._get_next_sequence_format()
        format_string, values = known[key]
        # The caller takes values out of it.
        return format_string, dict(values)
