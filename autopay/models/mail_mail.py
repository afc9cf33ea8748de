from odoo import models

REQUEST = "autopay.method.request"


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Override of `mail` to note whether a customer who is asked was reached.

        Odoo deletes such mails, also those whose address is missing or wrong.
        """
        asked = self.filtered(lambda mail: mail.model == REQUEST and mail.res_id)
        if asked:
            requests = self.env[REQUEST].sudo().browse(asked.mapped("res_id")).exists()
            failure = self._get_autopay_failure(failure_reason, failure_type)
            requests._note_mail(failure)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

    def _get_autopay_failure(self, reason, kind):
        """Return why a mail was not sent, for staff; "" when it was."""
        if not kind:
            return ""
        labels = dict(self._fields["failure_type"]._description_selection(self.env))
        label = labels.get(kind, kind)
        return f"{label}: {reason}" if reason else label
