from odoo import api, models
from odoo.exceptions import UserError

from ...const.notices.outbox import LAYOUT
from .autopay_notice_mail import get_cause


class AutopayNoticeSample(models.AbstractModel):
    """Shows people the mails that their customers get."""

    _name = "autopay.notice.sample"
    _description = "Samples of Mails to Customers"

    @api.model
    def _send(self, setting, partner):
        """Send one mail of a kind to a partner, about a charge that never was.

        :param setting: an ``autopay.notice.setting``
        :raises UserError: when its template cannot be rendered
        """
        notices = self.env["autopay.notice"].with_context(lang=partner.lang)
        setting = setting.sudo()
        company = setting.company_id
        if setting.template_id and setting.template_id.model != notices._name:
            self._send_like(setting, partner)
            return
        notice = notices.create(
            {
                "kind": setting.kind,
                "event_key": f"sample:{setting.id}:{self.env.cr.now()}",
                "partner_id": partner.id,
                "company_id": company.id,
                "amount": 100,
                "currency_id": company.currency_id.id,
                "state": "skipped",
            }
        )
        mail_id = self._render(setting, notice, partner)
        self._hand_over(mail_id)
        notice.unlink()

    def _send_like(self, setting, partner):
        """Send the mail of a kind that is about a record of its own: its last one.

        :raises UserError: when there is none, or the template cannot be rendered
        """
        model, company = setting.template_id.model, setting.company_id
        last = self.env[model].search(
            [("company_id", "=", company.id)], order="id desc", limit=1
        )
        if not last:
            raise UserError(
                self.env._("There is nothing yet that such a mail could tell of.")
            )
        self._hand_over(self._render(setting, last, partner))

    def _hand_over(self, mail_id):
        """Put a test into the queue: what becomes of it is nobody's event."""
        # It tells of nothing: the list of what was told does not show it.
        self.env["mail.mail"].browse(mail_id).write({"model": False, "res_id": False})
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _render(self, setting, record, partner):
        """Return the id of the mail of a template about a record.

        :raises UserError: when it cannot be rendered
        """
        try:
            return setting.template_id.send_mail(
                record.id,
                email_layout_xmlid=LAYOUT,
                email_values={"recipient_ids": [(6, 0, partner.ids)]},
            )
        except Exception as error:
            raise UserError(
                self.env._("The mail could not be written: %s", get_cause(error))
            ) from error
