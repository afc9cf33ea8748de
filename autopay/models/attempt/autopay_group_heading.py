from odoo import models


class AutopayGroupHeading(models.AbstractModel):
    """Heads lists that are grouped by codes with sentences.

    A model names the field in ``_autopay_heading_field``, and says what its codes mean.
    """

    _name = "autopay.group.heading"
    _description = "Headings of Grouped Lists"

    _autopay_heading_field = None

    def _get_autopay_headings(self, codes):
        """Return {code: sentence} for the codes that are known.

        :param codes: the values of the field in a list
        """
        return {}

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        """Override of `web`: groups are named by sentences, not by codes."""
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        if groupby_spec != self._autopay_heading_field:
            return formatter
        labels = self._get_autopay_headings(values)
        return lambda code: (labels.get(code, code), formatter(code)[1])
