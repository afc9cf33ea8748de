from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ..common import AutopayCommon
from ..fault import fault


@tagged("post_install", "-at_install")
class TestNeutralize(AutopayCommon):
    def _neutralize(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["base", "autopay"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_autopay_is_off_in_every_company_of_a_copy(self):
        self._neutralize()
        companies = self.env["res.company"].sudo().search([])
        self.assertFalse(any(companies.mapped("autopay_enabled")))

    def test_scheduled_actions_are_off_in_a_copy(self):
        self._neutralize()
        for name in (
            "charge_due_invoices",
            "resolve_open_attempts",
            "send_requests",
        ):
            self.assertFalse(self.env.ref(f"autopay.ir_cron_{name}").active)

    def test_copy_receives_no_messages_of_the_provider(self):
        self.provider.sudo().write(
            {"autopay_webhook_secret": "whsec_1", "autopay_webhook_ref": "we_1"}
        )
        self.provider.autopay_webhook_secret = "whsec_2"
        self._neutralize()
        self.assertFalse(self.provider._get_autopay_webhook_secrets())
        self.assertFalse(self.provider.autopay_webhook_url)
        self.assertFalse(self.provider.autopay_webhook_ref)

    @fault(78)
    def test_copy_charges_nothing_even_when_switched_on_again(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._neutralize()
        self.company.autopay_enabled = True
        self.assertEqual(invoice.autopay_blocker, "database_neutralized")
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
