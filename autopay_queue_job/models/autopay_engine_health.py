from odoo import api, models

from odoo.addons.autopay.words.runs.health import LEVELS, Line

from ..words.queue import get_trouble_words


class AutopayEngineHealth(models.AbstractModel):
    _inherit = "autopay.engine.health"

    @api.model
    def _get_lines(self, companies):
        """Override of `autopay`: say when nobody takes the jobs."""
        lines = super()._get_lines(companies)
        if not companies.sudo().filtered("autopay_enabled"):
            return lines
        complaint = self.env["autopay.queue"].sudo()._get_complaint()
        if complaint:
            lines.append(Line("warning", get_trouble_words(self.env, complaint)))
        return sorted(lines, key=lambda line: LEVELS.index(line.level))
