from odoo.tools import email_normalize

from odoo.addons.mail.tests.common import MockEmail

from ...const.notices.kinds import STAFF_KINDS
from ..reversal.common_reversal import ReversalCommon


class NoticeCommon(ReversalCommon, MockEmail):
    """A company whose customers are told what became of their charges."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_servers()
        cls.notices = cls.env["autopay.notice"]
        cls.settings = cls.env["autopay.notice.setting"]
        cls.biller = cls._create_user("notice_biller", "account.group_account_invoice")
        cls.manager = cls._create_user("notice_boss", "account.group_account_manager")
        cls.company.email = "accounts@orchard.example.com"

    # === ACTS === #

    def _fail(self, code="insufficient_funds", customer=None):
        """Have a charge declined; return its invoice."""
        behaviour = {"kind": "decline", "decline_code": code}
        self._enrol(behaviour, customer=customer)
        invoice = self._create_due_invoice(customer=customer)
        self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_attempt_ids.state, "declined")
        return invoice

    def _write_mails(self):
        """Run the scheduled action that writes mails."""
        self.env.flush_all()
        self._run_cron("autopay.ir_cron_send_notices")
        self.env.invalidate_all()

    def _run_queue(self):
        """Run the mail queue as its scheduled action does."""
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.env["mail.mail"].sudo().process_email_queue()
        self.env.invalidate_all()

    def _send_mails(self):
        self._write_mails()
        self._run_queue()

    # === FACTS === #

    def _get_notices(self, records=None):
        """Return the notices of the company to customers, or those about records."""
        domain = [("company_id", "=", self.company.id)]
        domain += [("kind", "not in", STAFF_KINDS)]
        if records is not None:
            domain += [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        return self.notices.search(domain, order="id")

    def _get_told(self):
        """Return the mails that customers got: the queue holds those to staff, too."""
        users = self.env["res.users"].sudo().search([("share", "=", False)])
        staff = set(users.mapped("email_normalized"))
        return [
            mail
            for mail in self._mails
            if not staff.intersection(map(email_normalize, mail["email_to"]))
        ]

    def _get_mail(self, notice):
        return notice.sudo().mail_id

    def _get_calls(self, wait):
        """Return the calls to staff of a name."""
        return self.env["mail.activity"].search([("autopay_wait", "=like", f"{wait}%")])
