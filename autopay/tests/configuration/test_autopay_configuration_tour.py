from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common_configuration import ConfigurationCommon


@tagged("post_install", "-at_install")
class TestAutopayConfigurationTour(ConfigurationCommon, HttpCase):
    """People build configurations by clicks, and the engine does as they say."""

    def _run_cron(self, xml_id):
        """Override: a test over HTTP is in registry test mode from the start."""
        self.env.flush_all()
        self.env.ref(xml_id).method_direct_trigger()
        self.env.invalidate_all()

    def _create_old_invoice(self, amount, days):
        """Create a due invoice of this age."""
        day = fields.Date.to_string(self.today - timedelta(days=days))
        return self._create_due_invoice(amount, invoice_date=day, invoice_date_due=day)

    def test_engine_obeys_what_was_built_ordered_locked_and_disabled_by_clicks(self):
        other = self._configure(self.bank, [{"number": 1.0}])
        manager = new_test_user(
            self.env,
            "configuration_manager",
            "account.group_account_manager,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}",
            "autopay_configuration_tour",
            login=manager.login,
        )
        built = self.customer.autopay_configuration_ids - other
        self.assertEqual(built.locked_by_id, manager)
        self.assertEqual(built.lock_reason, "Agreed in the contract")
        self.assertFalse(other.enabled)
        self.assertEqual((other | built)._get_ordered(), built | other)
        young, old = (
            self._create_old_invoice(280.0, 10),
            self._create_old_invoice(280.0, 15),
        )
        small = self._create_old_invoice(99.0, 15)
        self._run_autopay()
        self.assertEqual(old.autopay_attempt_ids.configuration_id, built)
        self.assertEqual(old.payment_state, "paid")
        self.assertFalse((young | small).autopay_attempt_ids)
