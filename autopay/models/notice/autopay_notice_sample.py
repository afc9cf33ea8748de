from odoo import api, models
from odoo.exceptions import UserError

from .autopay_notice_mail import LAYOUT, get_cause


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
        try:
            mail_id = setting.template_id.send_mail(
                notice.id,
                email_layout_xmlid=LAYOUT,
                email_values={"recipient_ids": [(6, 0, partner.ids)]},
            )
        except Exception as error:
            raise UserError(
                self.env._("The mail could not be written: %s", get_cause(error))
            ) from error
        # It tells of nothing: the list of what was told does not show it.
        self.env["mail.mail"].browse(mail_id).write({"model": False, "res_id": False})
        notice.unlink()
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
