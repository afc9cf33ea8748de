from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import AutopayCommon


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
