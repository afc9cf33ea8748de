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
        self._enrol()
        self.assertIn("customers", self._get_done())
        self._create_due_invoice()
        self._run_autopay()
        self.assertIn("charge", self._get_done())

    def test_everybody_sees_the_own_list_and_is_led_on(self):
        manager = self._create_user("leads", "account.group_account_manager")
        model = self.env["autopay.first.step"].with_user(manager)
        action = model.with_company(self.company).action_open_steps()
        self.assertEqual(action["res_model"], "autopay.first.step")
        rows = model.search([])
        self.assertEqual(len(rows), 8)
        model.with_company(self.company).action_open_steps()
        self.assertEqual(model.search([]), rows, "other tabs show them as well")
        self.company.autopay_responsible_id = False
        person = rows.filtered(lambda row: row.code == "person")
        self.assertFalse(person.is_done)
        self.company.autopay_responsible_id = manager
        person.invalidate_recordset()
        self.assertTrue(person.is_done, "people come back to the list")
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

    def test_app_opens_on_what_is_left_for_those_who_may_do_it(self):
        manager = self._create_user("opens", "account.group_account_manager")
        biller = self._create_user("opens_not", "account.group_account_invoice")
        self.provider.write({"state": "disabled"})
        self.assertEqual(self._open_app(manager), "autopay.first.step")
        self.assertEqual(self._open_app(biller), "autopay_overview")
        service = self.env["autopay.overview"].with_company(self.company)
        self.assertIn(": 6", service.with_user(manager).action_get_overview()["steps"])
        self.assertFalse(service.with_user(biller).action_get_overview()["steps"])
        other = self._create_company(name="Another Newcomer")
        manager.company_ids |= other
        steps = self.env["autopay.first.step"].with_company(self.company)
        with self.assertRaises(AccessError):
            steps.with_user(biller).action_put_off()
        opened = steps.with_user(manager).action_put_off()
        self.assertEqual(
            (opened["tag"], opened["target"]), ("autopay_overview", "main")
        )
        self.assertEqual(self._open_app(manager), "autopay_overview")
        self.assertEqual(self._open_app(manager, other), "autopay.first.step")
        self.assertTrue(service.with_user(manager).action_get_overview()["steps"])
        # Steps that collecting does without are not asked for twice.
        self.provider.write({"state": "test", "is_published": True})
        self.assertFalse(service.with_user(manager).action_get_overview()["steps"])
        self.company.sudo().autopay_steps_put_off = False
        self.assertTrue(service.with_user(manager).action_get_overview()["steps"])
        self.assertEqual(self._open_app(manager), "autopay_overview")

    def test_company_that_has_charged_is_no_newcomer(self):
        manager = self._create_user("charges", "account.group_account_manager")
        self._enrol()
        self._create_due_invoice()
        self._run_autopay()
        self.provider.write({"state": "disabled"})
        self.assertFalse(self.env["autopay.first.steps"]._is_done(self.company))
        self.assertEqual(self._open_app(manager), "autopay_overview")

    def _open_app(self, user, company=None):
        service = self.env["autopay.overview"].with_user(user)
        action = service.with_company(company or self.company).action_open_app()
        return action.get("res_model") or action["tag"]

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
        retried = self._create_due_invoice(2)
        self._force(retried, autopay_status="error", autopay_retry_date=self.today)
        self._create_posted_invoice(50, self._create_customer("Nobody"))
        self.env.flush_all()
        # Before autopay was ever on, as afterwards.
        for known in (True, False):
            self._force(self.company, autopay_known=known)
            ready, due = steps._get_prospect(self.company)
            self.assertIn("1 of 2 customers", ready)
            self.assertIn("(invoices: 2)", due)
            self.assertIn("42.00", due)
            self.assertNotIn("blocked", due)
        # Blocked invoices are not charged, whether Autopay is on or off.
        held = self._create_due_invoice(7)
        held.autopay_in_dispute = True
        nobody = self._create_due_invoice(9, self._create_customer("Nobody Else"))
        for enabled in (True, False):
            self._force(self.company, autopay_enabled=enabled)
            due = steps._get_prospect(self.company)[1]
            self.assertIn("(invoices: 2)", due)
            self.assertIn("42.00", due)
            self.assertIn("Due, but blocked: 2.", due)
            run = self.env["autopay.decision"]._decide(held | nobody)
            self.assertTrue(all(each.blocker for each in run.values()))
