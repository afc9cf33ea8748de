from odoo import api, models

from ..const.blockers import ORDER_CANCELLED, TOLD_AFTER


class AutopayDecision(models.AbstractModel):
    _inherit = "autopay.decision"

    @api.model
    def _get_blockers(self):
        """Override of `autopay` to ask about sales orders that were cancelled."""
        rows = super()._get_blockers()
        place = [row.code for row in rows].index(TOLD_AFTER) + 1
        return [*rows[:place], ORDER_CANCELLED, *rows[place:]]
