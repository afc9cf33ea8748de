from odoo import models
from odoo.tools import plaintext2html

# The name of the alarms, by which they are found again.
WAIT = "completion"


class AutopayCompletionPerson(models.AbstractModel):
    """Calls a person about completed work that cannot be collected, once."""

    _name = "autopay.completion.person"
    _description = "Asking about Completed Work"

    def _ask_person(self, words, is_over=False):
        """Note what keeps it from being collected, and have a person look at it.

        :param bool is_over: whether it is that nothing is left of what was invoiced
        """
        self.write({"state": "asked", "problem": words, "is_over": is_over})
        self._call_person(words)

    def _call_person(self, words):
        """Have one person look at it; a call that is open says the latest reason."""
        work = self._get_work()
        note = plaintext2html(words)
        if call := self._get_calls():
            call.note = note
            return
        user = self._get_person()
        lang = {"lang": user.lang}
        work.sudo().activity_schedule(
            "autopay.mail_activity_type_attention",
            summary=self.with_context(**lang).env._("Done, but not collected"),
            note=note,
            user_id=user.id,
            autopay_wait=WAIT,
        )

    def _get_calls(self):
        calls = self._get_work().sudo().activity_ids
        return calls.filtered(lambda call: call.autopay_wait == WAIT)

    def _close_calls(self, words=""):
        """Close what people were asked, as it was collected or taken back since."""
        for completion in self:
            calls = completion._get_calls()
            feedback = words or self.env._("It is being collected now.")
            calls.action_feedback(feedback)

    def _get_person(self):
        """Return who is asked: who does the work, who leads it, who is in charge."""
        work, company = self._get_work(), self.company_id
        people = work._get_autopay_people().filtered(
            lambda user: (
                user.active
                and not user.share
                and company in user.company_ids
                and work.with_user(user).has_access("read")
            )
        )
        return people[:1] or company._get_autopay_called()
