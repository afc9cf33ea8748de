from odoo import api, models

from ..conditions.kinds import KINDS, PHRASES


class AutopayConditionDomain(models.AbstractModel):
    _inherit = "autopay.condition.domain"

    @api.model
    def _get_kinds(self):
        """Override of `autopay` to offer contracts."""
        return {**super()._get_kinds(), **KINDS}

    @api.model
    def _get_phrases(self):
        """Override of `autopay` to speak of contracts."""
        return {**super()._get_phrases(), **PHRASES}
