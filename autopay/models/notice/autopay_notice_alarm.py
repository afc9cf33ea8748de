from odoo import api, models

from ...const.notices.before import BEFORE

ADDRESS = "notice_address"
NO_JOB = "notice_job"
SERVER = "notice_server"
TEMPLATE = "notice_template"
UNDELIVERED = "notice_before"


class AutopayNoticeAlarm(models.AbstractModel):
    """Calls a person when customers are not reached, once for each cause."""

    _name = "autopay.notice.alarm"
    _inherit = "autopay.notification"
    _description = "Alarms about Mails to Customers"

    @api.model
    def _call_address(self, notices):
        """Call once for each customer whose mails do not arrive.

        Colleagues are no customers, and have an address in their profile.
        """
        notices = notices.filtered(lambda notice: not notice._is_for_staff())
        for payer, part in notices.grouped("partner_id").items():
            summary = self.env._("Mails to this customer do not arrive")
            note = "\n".join(
                f"{notice.display_name}: {notice.failure}" for notice in part[:5]
            )
            self._alert(payer, part[0].company_id, summary, note, ADDRESS)

    @api.model
    def _call_template(self, notice):
        """Call once for each template that cannot be rendered."""
        template = self.env.ref(notice._get_kinds()[notice.kind].template, False)
        label = dict(notice._fields["kind"]._description_selection(self.env))
        summary = self.env._(
            "Mend the mail template “%s”",
            template.name if template else label[notice.kind],
        )
        wait = f"{TEMPLATE}:{notice.company_id.id}:{notice.kind}"
        self._alert(notice, notice.company_id, summary, notice.failure, wait)

    @api.model
    def _call_no_job(self, notices):
        """Call once when the job that writes mails was deleted."""
        for company, part in notices.grouped("company_id").items():
            service = self._for_staff(company)
            summary = service.env._("No mail to customers is sent: its job is missing")
            note = service.env._(
                "The scheduled action that writes them was deleted. Update the app "
                "Autopay to have it back: the mails are written then."
            )
            service._alert(part[0], company, summary, note, f"{NO_JOB}:{company.id}")

    @api.model
    def _call_server(self, notices, failure):
        """Call once when no mail server takes any mail."""
        for company, part in notices.grouped("company_id").items():
            summary = self.env._("No mail to customers is sent: no server takes it")
            wait = f"{SERVER}:{company.id}"
            self._alert(part[0], company, summary, failure, wait)

    @api.model
    def _close_calls(self, notices):
        """Close the calls about what works again, as a mail that was sent shows."""
        names = {
            name
            for notice in notices
            for name in (
                f"{NO_JOB}:{notice.company_id.id}",
                f"{SERVER}:{notice.company_id.id}",
                f"{TEMPLATE}:{notice.company_id.id}:{notice.kind}",
            )
        }
        if not names:
            return
        feedback = self.env._("A mail was sent.")
        self._close_waiting_on(notices.partner_id, ADDRESS, feedback)
        before = notices.filtered(lambda notice: notice.kind == BEFORE)
        self._close_waiting_on(before.partner_id, UNDELIVERED, feedback)
        activities = self.env["mail.activity"].sudo()
        activities.search([("autopay_wait", "in", list(names))]).action_feedback(
            feedback
        )
