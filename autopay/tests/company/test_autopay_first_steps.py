from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayFirstSteps(AutopayCommon):
    """A newcomer sees what is left to do, and what switching on comes to."""

    def _get_done(self):
        steps = self.env["autopay.first.steps"]._get_steps(self.company)
        return {step["code"] for step in steps if step["is_done"]}

    def test_steps_are_ticked_off(self):
        self.provider.write({"state": "disabled"})
        self.company.write({"autopay_enabled": False})
        steps = self.env["autopay.first.steps"]
        self.assertEqual(self._get_done() & {"provider", "saving", "policy"}, set())
        self.assertFalse(steps._is_done(self.company))
        self.provider.write(
            {"state": "test", "is_published": True, "allow_tokenization": True}
        )
        self.company.write(
            {"autopay_enabled": True, "autopay_responsible_id": self.env.uid}
        )
        self.provider.autopay_webhook_secret = "whsec_test"
        preview = self.env["autopay.dry.run"].with_company(self.company).create({})
        self.assertNotIn("preview", self._get_done())
        preview.action_run()
        self.assertEqual(
            self._get_done(),
            {"provider", "saving", "webhook", "policy", "person", "preview"},
        )
        self.assertTrue(steps._is_done(self.company))

    def test_everybody_sees_the_own_list_and_is_led_on(self):
        manager = self._create_user("leads", "account.group_account_manager")
        model = self.env["autopay.first.step"].with_user(manager)
        action = model.with_company(self.company).action_open_steps()
        self.assertEqual(action["res_model"], "autopay.first.step")
        rows = model.search([])
        self.assertEqual(len(rows), 6)
        model.with_company(self.company).action_open_steps()
        self.assertEqual(len(model.search([])), 6, "the list is made anew")
        other = self._create_user("other", "account.group_account_manager")
        self.assertFalse(self.env["autopay.first.step"].with_user(other).search([]))
        by_code = {row.code: row for row in model.search([])}
        opened = by_code["policy"].action_do()
        self.assertEqual(opened["res_model"], "autopay.policy")
        with self.assertRaisesRegex(UserError, "administrator"):
            by_code["provider"].action_do()
        biller = self._create_user("bills", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.env["autopay.first.step"].with_user(biller).action_open_steps()

    def test_provider_says_whether_autopay_can_use_it(self):
        self.assertEqual(self.provider.autopay_verdict, "test")
        for name, value, verdict in (
            ("capture_manually", True, "manual"),
            ("allow_tokenization", False, "not_saving"),
            ("state", "disabled", "disabled"),
        ):
            self._force(self.provider, **{name: value})
            self.assertEqual(self.provider.autopay_verdict, verdict)

    def test_settings_say_what_switching_on_comes_to(self):
        self._enrol()
        steps = self.env["autopay.first.steps"]
        self.assertIn("No invoice is due", steps._get_prospect(self.company)[1])
        self._create_due_invoice(40)
        self._create_posted_invoice(50, self._create_customer("Nobody"))
        self.env.flush_all()
        ready, due = steps._get_prospect(self.company)
        self.assertIn("1 of 2 customers", ready)
        self.assertIn("at most 1 invoices, $", due)
        self.assertIn("40.00", due)
