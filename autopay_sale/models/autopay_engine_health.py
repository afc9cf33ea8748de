from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

JOB_NAMES = {
    "autopay_sale.ir_cron_collect_orders": _lt(
        "Autopay: collect sales orders that are done"
    ),
}


class AutopayEngineHealth(models.AbstractModel):
    _inherit = "autopay.engine.health"

    @api.model
    def _get_watched_jobs(self):
        """Override of `autopay` to watch the job of this add-on as well."""
        return {**super()._get_watched_jobs(), **JOB_NAMES}
