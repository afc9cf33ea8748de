from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayPolicy(AutopayCommon):
    def _open_form(self, user):
        return Form(self.env["autopay.policy"].with_user(user))

    def test_billing_managers_configure_their_company(self):
        manager = self._create_user("policy", "account.group_account_manager")
        form = self._open_form(manager)
        self.assertTrue(form.autopay_enabled)
        form.autopay_enabled = False
        form.autopay_policy = "automatic"
        form.autopay_date_rule = "invoice"
        form.autopay_date_offset = -2
        form.autopay_responsible_id = manager
        form.save().action_apply()
        self.assertRecordValues(
            self.company,
            [
                {
                    "autopay_enabled": False,
                    "autopay_policy": "automatic",
                    "autopay_date_rule": "invoice",
                    "autopay_date_offset": -2,
                    "autopay_responsible_id": manager.id,
                }
            ],
        )

    def test_finance_sets_what_follows_a_decline_and_who_hears_of_it(self):
        manager = self._create_user("policy", "account.group_account_manager")
        reader = self._create_user("reads", "account.group_account_readonly")
        form = self._open_form(manager)
        form.autopay_retry_card = "2, 5"
        form.autopay_fallback = True
        form.autopay_quiet_days = 21
        form.autopay_notice_days_debit = 4
        form.autopay_reporter_ids.add(reader)
        form.autopay_reporter_ids.add(manager)
        form.autopay_summary = "always"
        wizard = form.save()
        self.assertIn("next run", wizard.autopay_due_words)
        wizard.action_apply()
        self.assertRecordValues(
            self.company,
            [
                {
                    "autopay_retry_card": "2, 5",
                    "autopay_fallback": True,
                    "autopay_quiet_days": 21,
                    "autopay_notice_days_debit": 4,
                    "autopay_reporter_ids": (manager | reader).ids,
                    "autopay_summary": "always",
                }
            ],
        )
        form = self._open_form(manager)
        self.assertEqual(form.autopay_reporter_ids.ids, (manager | reader).ids)
        form.autopay_reporter_ids.clear()
        form.save().action_apply()
        self.assertFalse(self.company.autopay_reporter_ids)

    def test_days_that_are_none_are_refused_in_words(self):
        manager = self._create_user("policy", "account.group_account_manager")
        form = self._open_form(manager)
        form.autopay_retry_card = "3,x"
        with self.assertRaises(ValidationError) as refused:
            form.save().action_apply()
        self.assertIn("declined cards", str(refused.exception))
        self.assertEqual(self.company.autopay_retry_card, "3, 4, 7")

    def test_impossible_day_of_the_month_is_refused(self):
        form = self._open_form(
            self._create_user("policy", "account.group_account_manager")
        )
        form.autopay_date_rule = "month_day"
        form.autopay_month_day = 32
        with self.assertRaises(ValidationError):
            form.save().action_apply()

    def test_billing_users_do_not_configure(self):
        with self.assertRaises(AccessError):
            self.env["autopay.policy"].with_user(
                self._create_user("policy", "account.group_account_invoice")
            ).create({})

    # === A COPY OF THE DATABASE === #

    def _copy_database(self):
        uuids = self.env["ir.config_parameter"].sudo()
        uuids.set_param("database.uuid", "of the copy")
        self.assertTrue(self.company._is_autopay_copied())

    def test_saving_the_configuration_in_a_copy_does_not_make_the_copy_charge(self):
        self._copy_database()
        manager = self._create_user("policy", "account.group_account_manager")
        self._open_form(manager).save().action_apply()
        form = self._open_form(manager)
        form.autopay_policy = "automatic"
        form.save().action_apply()
        self.assertEqual(self.company.autopay_policy, "automatic")
        self.assertTrue(self.company.autopay_enabled)
        self.assertTrue(self.company._is_autopay_copied())

    def test_only_what_was_changed_is_written(self):
        form = self._open_form(
            self._create_user("policy", "account.group_account_manager")
        )
        form.autopay_policy = "automatic"
        wizard = form.save()
        companies = self.env.registry["res.company"]
        with patch.object(companies, "write", autospec=True) as write:
            wizard.action_apply()
        write.assert_called_once_with(self.company, {"autopay_policy": "automatic"})

    def test_switching_on_what_is_on_does_not_make_a_copy_charge(self):
        other = self._create_company(name="Other")
        self._copy_database()
        (self.company | other).write({"autopay_enabled": True})
        self.assertTrue(self.company._is_autopay_copied())
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        self.assertEqual(other.autopay_database_uuid, uuid)

    def test_switching_off_and_on_makes_a_copy_charge(self):
        self._copy_database()
        manager = self._create_user("policy", "account.group_account_manager")
        for enabled in (False, True):
            form = self._open_form(manager)
            form.autopay_enabled = enabled
            form.save().action_apply()
        self.assertFalse(self.company._is_autopay_copied())

    def test_company_that_is_created_with_autopay_on_is_at_home_here(self):
        self._copy_database()
        company = self.env["res.company"].create(
            {"name": "Other", "autopay_enabled": True}
        )
        self.assertFalse(company._is_autopay_copied())
