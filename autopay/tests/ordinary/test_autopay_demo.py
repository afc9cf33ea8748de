from odoo.tests import tagged
from odoo.tools import convert_file

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayDemo(AutopayCommon):
    def _load(self):
        """Load the demonstration data into the test company; return its invoices."""
        self.env = self.env(su=True)
        convert_file(
            self.env, "autopay", "demo/res_partner_demo.xml", {}, noupdate=True
        )
        self.env["autopay.demo"]._load(self.company.id)
        return self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id.name", "like", "(demo)"),
                ("move_type", "=", "out_invoice"),
            ]
        )

    def test_invoices_are_in_every_state(self):
        invoices = self._load()
        self.assertEqual(
            set(invoices.mapped("autopay_status")),
            {False, "eligible", "in_progress", "success", "error"},
        )
        self.assertEqual(
            set(invoices.autopay_attempt_ids.mapped("state")),
            {"succeeded", "declined", "pending", "unknown"},
        )

    def test_collected_invoice_is_paid_and_reconciled(self):
        [collected] = self._load().filtered(
            lambda move: move.autopay_status == "success"
        )
        self.assertFalse(collected.amount_residual)
        payment = collected.autopay_attempt_ids.payment_id
        self.assertEqual(payment.amount, collected.amount_total)

    def test_one_configuration_is_locked_one_disabled_and_one_needs_attention(self):
        customers = self._load().partner_id
        found = self.env["autopay.configuration"].search(
            [("partner_id", "in", customers.ids)]
        )
        self.assertEqual(found.mapped("locked").count(True), 1)
        self.assertEqual(found.mapped("enabled").count(False), 1)
        self.assertEqual(
            found.filtered("issue_code").mapped("issue_code"),
            ["authorization_revoked"],
        )

    def test_everything_but_the_attempts_is_there_without_the_demo_provider(self):
        self.env.ref("payment.payment_provider_demo").sudo().write(
            {"code": "none", "state": "disabled"}
        )
        invoices = self._load()
        self.assertFalse(invoices.autopay_attempt_ids)
        self.assertIn("provider_disabled", invoices.mapped("autopay_blocker"))

    def test_nothing_is_made_without_a_chart_of_accounts(self):
        bare = self.env["res.company"].create({"name": "Bare"})
        self.env["autopay.demo"]._load(bare.id)
        self.assertFalse(bare.autopay_enabled)
