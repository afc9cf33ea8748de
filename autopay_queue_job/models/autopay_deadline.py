from odoo import api, models
from odoo.tools import plaintext2html

from odoo.addons.autopay.models.deadline.call import Call

from ..words.queue import get_own_trouble_words, get_trouble_words


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
        """Return the calls about the jobs of companies, and about the queue of all."""
        queue = self.env["autopay.queue"]
        enabled = self._get_enabled().sorted("id")
        calls = [self._get_own_call(each) for each in enabled & queue._find_called()]
        company = enabled[:1]
        complaint = company and queue._get_trouble_date() and queue._get_complaint()
        if complaint:
            env = self.env["autopay.notification"]._for_staff(company).env
            summary = env._("Autopay: nobody takes the jobs of the queue")
            note = plaintext2html(get_trouble_words(env, complaint))
            # It takes the place of a call about the jobs of this company alone.
            calls.append(Call(company.partner_id, company, summary, note))
        return calls

    def _get_own_call(self, company):
        """Return the call about the jobs of one company, which come to nothing."""
        env = self.env["autopay.notification"]._for_staff(company).env
        summary = env._("Autopay: the jobs of %s come to nothing", company.name)
        note = plaintext2html(get_own_trouble_words(env, company))
        return Call(company.partner_id, company, summary, note)
