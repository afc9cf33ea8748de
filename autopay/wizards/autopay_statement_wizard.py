from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.statement.period import Period, get_default_period
from ..rights import check_billing
from ..words.days import say_day
from ..words.statements.documents import get_file_name

REPORT = "autopay.action_report_statement"


class AutopayStatementWizard(models.TransientModel):
    """Shows staff the statement of a customer, prints it and mails it."""

    _name = "autopay.statement.wizard"
    _description = "Statement of a Customer"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        domain="[('id', 'in', allowed_company_ids)]",
    )
    date_from = fields.Date(
        string="From", default=lambda self: self._get_default_period().first
    )
    date_to = fields.Date(
        string="To", default=lambda self: self._get_default_period().last
    )
    known_currency_ids = fields.Many2many(
        "res.currency", compute="_compute_known_currency_ids", compute_sudo=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        ondelete="cascade",
        domain="[('id', 'in', known_currency_ids)]",
        help="Empty: an account for each currency.",
    )
    issue = fields.Text(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    email = fields.Char(
        string="Billing Address",
        compute="_compute_email",
        help="Where the statement is sent to: the invoice address of the customer.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_default_period(self):
        return get_default_period(self.env.company._get_autopay_today())

    @api.depends("partner_id", "company_id")
    def _compute_known_currency_ids(self):
        for wizard in self:
            wizard.known_currency_ids = self.env["autopay.statement"]._get_currencies(
                wizard.partner_id.commercial_partner_id, wizard.company_id
            )

    @api.depends("partner_id", "company_id", "date_from", "date_to", "currency_id")
    def _compute_preview(self):
        """Show the statement, or say why there is none: what was typed is kept."""
        for wizard in self:
            wizard.issue = wizard.preview = False
            if not wizard.partner_id or not wizard.company_id:
                continue
            try:
                statement = wizard._get_statement()
            except UserError as error:
                wizard.issue = str(error)
                continue
            wizard.preview = self.env["ir.qweb"]._render(
                "autopay.statement_accounts", {"statement": statement}
            )

    @api.depends("partner_id")
    def _compute_email(self):
        for wizard in self:
            wizard.email = wizard._get_recipient().email_normalized

    # === ACTION METHODS === #

    def action_print(self):
        """Download the statement as a PDF.

        :raises UserError: when there is no such statement
        """
        self.ensure_one()
        self.env["autopay.statement"]._check_paper(self._get_statement())
        report = self.env.ref(REPORT)
        return report.report_action([], data=self._get_report_data(), config=False)

    def action_send(self):
        """Mail the statement to the customer, and note it where mails are noted.

        :raises UserError: when there is no such statement, or nowhere to send it
        """
        self.ensure_one()
        check_billing(self)
        statement = self._get_statement()
        recipient = self._get_recipient()
        if not recipient.email_normalized:
            raise UserError(
                self.env._(
                    "%s has no email address that works. Enter one on the customer, "
                    "or print the statement.",
                    statement.payer.name,
                )
            )
        self._send(statement, recipient)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The statement is being sent to %s.", recipient.email_normalized
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === BUSINESS METHODS === #

    def _get_statement(self):
        """Return the ``Statement`` that is asked for.

        :raises AccessError: when the user may not read it
        :raises UserError: when there is none
        """
        if not self.date_from or not self.date_to:
            raise UserError(self.env._("Enter the first and the last day."))
        period = Period(self.date_from, self.date_to)
        return self.env["autopay.statement"]._get_for_staff(
            self.partner_id, self.company_id, period, self.currency_id
        )

    def _get_report_data(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "date_from": fields.Date.to_string(self.date_from),
            "date_to": fields.Date.to_string(self.date_to),
            "currency_id": self.currency_id.id,
        }

    def _get_recipient(self):
        """Return whom invoices are sent to, with the rights of the system."""
        payer = self.partner_id.commercial_partner_id.sudo()
        invoiced = payer.browse(payer.address_get(["invoice"])["invoice"])
        return invoiced if invoiced.email_normalized else payer

    def _send(self, statement, recipient):
        """Put the mail into the queue, and have the queue emptied soon.

        Neither the mail nor the paper hangs on the contact, which every employee reads;
        there is only a note that it was sent.
        """
        mail = self._create_mail(statement, recipient)
        reports = self.env["ir.actions.report"].with_company(statement.company)
        content, _kind = reports._render_qweb_pdf(REPORT, data=self._get_report_data())
        name = get_file_name(self.with_context(lang=recipient.lang).env, statement)
        paper = {
            "name": f"{name}.pdf",
            "raw": content,
            "res_model": mail._name,
            "res_id": mail.id,
        }
        mail.attachment_ids = [Command.create(paper)]
        period = statement.period
        statement.payer._message_log(
            body=self.env._(
                "The statement of %(company)s from %(first)s to %(last)s was sent to "
                "%(email)s.",
                company=statement.company.name,
                first=say_day(self.env, period.first),
                last=say_day(self.env, period.last),
                email=recipient.email_normalized,
            )
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _create_mail(self, statement, recipient):
        company, period = statement.company, statement.period
        template = self.env.ref("autopay.mail_template_statement").sudo()
        template = template.with_company(company).with_context(
            autopay_company=company.name,
            autopay_first=period.first,
            autopay_last=period.last,
        )
        sender = company.email_formatted or self.env.user.email_formatted
        mail_id = template.send_mail(
            statement.payer.id,
            email_layout_xmlid="mail.mail_notification_light",
            email_values={
                "model": False,
                "res_id": False,
                "email_from": sender,
                "author_id": self.env.user.partner_id.id,
                "recipient_ids": [Command.set(recipient.ids)],
            },
        )
        return self.env["mail.mail"].sudo().browse(mail_id)
