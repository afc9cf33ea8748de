from odoo.addons.mail.tests.common import MockEmail

from ..common import AutopayCommon


class RequestCommon(AutopayCommon, MockEmail):
    """A company that asks its customers for a payment method."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_servers()
        cls.biller = cls._create_user("request_biller", "account.group_account_invoice")
        cls.requests = cls.env["autopay.method.request"]
        cls.provider.is_published = True
        cls.company.email = "accounts@orchard.example.com"

    # === ACTS === #

    def _open_wizard(self, partners, user=None):
        """Return the dialog that a billing user opens for these customers."""
        env = self.env(user=user or self.biller)
        action = partners.with_env(env).action_autopay_request_method()
        return env[action["res_model"]].browse(action["res_id"])

    def _ask(self, partners):
        """Ask customers as a billing user does; return the requests."""
        wizard = self._open_wizard(partners)
        wizard.line_ids.is_chosen = True
        with self.mock_mail_gateway(mail_unlink_sent=True):
            action = wizard.action_ask()
        requests = self.requests.search(action["domain"])
        self.assertEqual(requests.asked_by_id, self.biller)
        return requests

    def _send_mails(self):
        """Run the mail queue as its scheduled action does."""
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.env["mail.mail"].sudo().process_email_queue()
        self.env.invalidate_all()

    def _age(self, requests, days):
        """Make requests as old as that many days."""
        for name in ("asked_date", "state_date", "expiry_date"):
            self.env.cr.execute(
                f"UPDATE autopay_method_request"
                f" SET {name} = {name} - %s * interval '1 day' WHERE id IN %s",
                [days, tuple(requests.ids)],
            )
        self.env.invalidate_all()

    def _run_requests(self):
        self.env.flush_all()
        self._run_cron("autopay.ir_cron_send_requests")
        self.env.invalidate_all()

    # === FACTS === #

    def _get_marks(self, wizard):
        return {line.partner_id: line.mark for line in wizard.line_ids}

    def _get_mail(self, request):
        """Return the one mail in the queue about a request."""
        domain = [("model", "=", request._name), ("res_id", "=", request.id)]
        return self.env["mail.mail"].sudo().search(domain)
