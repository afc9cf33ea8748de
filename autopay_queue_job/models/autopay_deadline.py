from odoo import api, models
from odoo.tools import plaintext2html

from odoo.addons.autopay.models.deadline.call import Call

from ..words.queue import get_trouble_words


class AutopayDeadline(models.AbstractModel):
    _inherit = "autopay.deadline"

    @api.model
    def _call_people(self):
        """Override of `autopay`: call a person when nobody takes the jobs."""
        done = super()._call_people()
        if self.env["res.company"]._is_autopay_known_anywhere():
            self._sync("queue", self._find_trouble_of_queue())
        return done

    def _find_trouble_of_queue(self):
        """Return the call about the queue, which all companies share."""
        queue = self.env["autopay.queue"]
        company = self._get_enabled().sorted("id")[:1]
        complaint = company and queue._get_trouble_date() and queue._get_complaint()
        if not complaint:
            return []
        env = self.env["autopay.notification"]._for_staff(company).env
        summary = env._("Autopay: nobody takes the jobs of the queue")
        note = plaintext2html(get_trouble_words(env, complaint))
        return [Call(company.partner_id, company, summary, note)]
