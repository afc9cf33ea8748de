from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Override of `web` to tell billing users that the engine is silent.

        Scheduled actions that do not run can tell nobody.
        """
        info = super().session_info()
        health = self.env["autopay.engine.health"]
        if health._is_watched():
            info["autopay_silence"] = health._get_silence()
        return info
