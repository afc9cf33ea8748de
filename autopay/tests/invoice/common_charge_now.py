from odoo import Command
from odoo.tests import Form, new_test_user

from ..common import AutopayCommon


class ChargeNowCommon(AutopayCommon):
    """A billing user, who charges invoices now."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            "autopay_billing",
            "account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _open_form(self, moves):
        action = moves.with_user(self.user).action_autopay_charge_now()
        wizards = self.env[action["res_model"]].with_user(self.user)
        return Form(wizards.with_context(**action["context"]))

    def _charge(self, wizard):
        """Click on Charge: the engine commits, so it gets a cursor of its own."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            wizard.with_env(self.env(cr=cr, user=self.user)).action_charge()
        self.env.invalidate_all()
