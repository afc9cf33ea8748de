from odoo import models

REQUEST = "autopay.method.request"
NOTICE = "autopay.notice"
# Models whose templates write mails of notices.
NOTICE_MODELS = (NOTICE, REQUEST, "autopay.authorization")
CLAIM = "autopay_claim"


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _send(self, auto_commit=False, **kwargs):
        """Override of `mail` to say that mails are committed one by one."""
        if not auto_commit:
            return super()._send(auto_commit=auto_commit, **kwargs)
        mails = self.with_context(**{CLAIM: True})
        return super(MailMail, mails)._send(auto_commit=auto_commit, **kwargs)

    def _prepare_outgoing_list(self, *args, **kwargs):
        """Override of `mail` to commit that mails of autopay are about to be sent.

        Odoo has called them failed a moment ago, and puts that right after the mail
        server has taken them. A process that dies in between would send them twice.
        """
        found = super()._prepare_outgoing_list(*args, **kwargs)
        if self.env.context.get(CLAIM) and self._get_autopay_notices():
            self.env["autopay.stage"]._commit()
        return found

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Override of `mail` to note whether a customer who is written to was reached.

        Odoo deletes such mails, also those whose address is missing or wrong.
        """
        failure = self._get_autopay_failure(failure_reason, failure_type)
        self._get_autopay_requests()._note_mail(failure)
        notices = self._get_autopay_notices()
        reached = bool(success_pids or success_emails)
        notices._note_mails(failure, failure_type, reached)
        again = notices.filtered(lambda notice: notice.state == "due").mail_id
        res = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        # Another one is written in its place.
        again.exists().unlink()
        return res

    def _get_autopay_requests(self):
        """Return the requests that these mails ask for; calls to staff are others."""
        mails = self.filtered(
            lambda mail: (
                mail.model == REQUEST and mail.res_id and not mail.is_notification
            )
        )
        return self.env[REQUEST].sudo().browse(mails.mapped("res_id")).exists()

    def _get_autopay_notices(self):
        """Return the notices that these mails tell."""
        mails = self.filtered(lambda mail: mail.model in NOTICE_MODELS)
        notices = self.env[NOTICE].sudo()
        return notices.search([("mail_id", "in", mails.ids)]) if mails else notices

    def _get_autopay_failure(self, reason, kind):
        """Return why a mail was not sent, for staff; "" when it was."""
        if not kind:
            return ""
        labels = dict(self._fields["failure_type"]._description_selection(self.env))
        label = labels.get(kind, kind)
        reason = reason or self[:1].failure_reason
        return f"{label}: {reason}" if reason else label
