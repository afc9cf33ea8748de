from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import plaintext2html

from ...const.engine import LATE_JOB_HOURS
from ...words.runs.health import get_silence_words
from .call import Call


class AutopayEngineDeadline(models.AbstractModel):
    """Calls a person when the engine looks at no invoices any more.

    Another scheduled action finds it out, or the browser of a billing user.
    """

    _name = "autopay.engine.deadline"
    _description = "Deadlines of the Engine"

    @api.model
    def _call_about_silence(self):
        """Call people about silent companies now, once each; commits what it did."""
        self._sync("engine", self._find_silent_engines())

    @api.model
    def _find_silent_engines(self):
        """Return calls about companies in which nothing is charged any more.

        :return: None while the server has only just come back
        """
        if self._is_waking():
            return None
        silent = self.env["autopay.engine.health"]._find_silent(self._get_enabled())
        return [
            self._get_silence_call(company, since) for company, since in silent.items()
        ]

    def _is_waking(self):
        """Return whether the scheduled actions stood still, and go on just now."""
        last = self.env.context.get("lastcall")
        late = fields.Datetime.now() - timedelta(hours=LATE_JOB_HOURS)
        return bool(last) and last < late

    def _get_silence_call(self, company, since):
        env = self.env["autopay.notification"]._for_staff(company).env
        summary = env._("Autopay has been silent for two days")
        note = plaintext2html(get_silence_words(env, company, since))
        return Call(company.partner_id, company, summary, note)
