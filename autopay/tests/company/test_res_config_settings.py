from ast import literal_eval

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestResConfigSettings(AutopayCommon):
    def _get_settings(self):
        admin = self.env.ref("base.user_admin")
        admin.sudo().write(
            {
                "company_ids": [Command.link(self.company.id)],
                "company_id": self.company.id,
            }
        )
        return self.env["res.config.settings"].with_user(admin)

    def test_autopay_is_off_in_a_new_company(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertFalse(company.autopay_enabled)
        self.assertEqual(company.autopay_policy, "manual")

    def test_switch_is_the_companys_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        with Form(self._get_settings()) as form:
            self.assertTrue(form.autopay_enabled)
            form.autopay_policy = "automatic"
        form.record.execute()
        self.assertEqual(self.company.autopay_policy, "automatic")
        self.assertEqual(other.autopay_policy, "manual")
        self.assertFalse(other.autopay_enabled)

    def test_saving_the_settings_in_a_copy_does_not_make_the_copy_charge(self):
        uuids = self.env["ir.config_parameter"].sudo()
        uuids.set_param("database.uuid", "of the copy")
        with Form(self._get_settings()) as form:
            form.autopay_policy = "automatic"
        form.record.execute()
        self.assertEqual(self.company.autopay_policy, "automatic")
        self.assertTrue(self.company._is_autopay_copied())

    def test_days_beyond_the_calendar_are_refused(self):
        for days in (366, -366, 10**9):
            with self.assertRaises(ValidationError):
                self.company.autopay_date_offset = days

    def test_negative_limits_are_refused(self):
        for field in ("autopay_approval_limit", "autopay_confirm_limit"):
            with self.assertRaises(ValidationError):
                self.company[field] = -5

    def test_due_invoices_are_those_of_the_next_run(self):
        due, later = self._create_due_invoice(), self._create_posted_invoice()
        action = self._get_settings().action_view_autopay_due()
        self.assertTrue(action["context"]["search_default_autopay_due"])
        view = self.env.ref("autopay.account_move_view_search")
        [condition] = view._get_combined_arch().xpath("//filter[@name='autopay_due']")
        found = self.env["account.move"].search(literal_eval(condition.get("domain")))
        self.assertIn(due, found)
        self.assertNotIn(later, found)

    def test_scheduled_action_is_opened_for_its_interval(self):
        action = self._get_settings().action_open_autopay_cron()
        cron = self.env["ir.cron"].browse(action["res_id"])
        self.assertEqual(cron, self.env.ref("autopay.ir_cron_charge_due_invoices"))
        self.assertEqual(
            (action["res_model"], action["views"]), ("ir.cron", [(False, "form")])
        )
