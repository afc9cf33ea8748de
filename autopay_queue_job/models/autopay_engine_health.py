from odoo import api, models

from odoo.addons.autopay.words.runs.health import LEVELS, Line

from ..words.queue import get_own_trouble_words, get_trouble_words


class AutopayEngineHealth(models.AbstractModel):
    _inherit = "autopay.engine.health"

    @api.model
    def _get_lines(self, companies):
        """Override of `autopay`: say when nobody takes the jobs."""
        lines = super()._get_lines(companies)
        enabled = companies.sudo().filtered("autopay_enabled")
        if not enabled:
            return lines
        queue = self.env["autopay.queue"].sudo()
        if complaint := queue._get_complaint():
            texts = [get_trouble_words(self.env, complaint)]
        else:
            doubted = queue._find_doubted()
            texts = [
                get_own_trouble_words(self.env, company)
                for company in enabled
                if company in doubted
            ]
        lines += [Line("warning", text) for text in texts]
        return sorted(lines, key=lambda line: LEVELS.index(line.level))
