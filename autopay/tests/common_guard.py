"""Invoices in the hands of autopay, at each point where others could get at them."""

from unittest.mock import patch

from odoo.exceptions import UserError

from odoo.addons.payment_stripe.models.payment_provider import (
    PaymentProvider as StripeProvider,
)

from ..models.engine.autopay_run import AutopayRun
from .common import AutopayCommon

CONFIRM = "/v1/payment_intents/*/confirm"
# A payment method at the simulator whose charge ends in that state of the attempt.
METHODS = {
    "pending": "pm_usBankAccount_success",
    "action_required": "pm_card_authenticationRequired",
}


class GuardCommon(AutopayCommon):
    """Factories for invoices with a live attempt, and people who want to touch them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("account_payment.enable_portal_payment", "True")
        cls.billing = cls._create_user("guard_billing", "account.group_account_invoice")

    # === ACTS === #

    def _run_cron(self, xml_id):
        """Override: these tests write before and read after."""
        self.env.flush_all()
        res = super()._run_cron(xml_id)
        self.env.invalidate_all()
        return res

    def _press(self, button, record, user):
        """Press a button whose work is committed in steps."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr, user=user, su=False)
            getattr(record.with_env(env), button)()
        self.env.invalidate_all()

    def _assert_refused(self, pattern="has been collecting"):
        """Expect a refusal that says what goes on."""
        return self.assertRaisesRegex(UserError, pattern)

    # === FACTORIES === #

    def _leave(self, state="pending"):
        """Return an invoice and the attempt that holds it, in this state."""
        if state == "prepared":
            return self._leave_prepared()
        self._enrol(METHODS.get(state, "pm_card_visa"))
        if state == "unknown":
            self.admin.add_fault("reset_after", method="POST", path=CONFIRM)
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, state)
        self.assertTrue(attempt.line_ids.live)
        return invoice, attempt

    def _leave_prepared(self, alive=True):
        """Run up to the gate.

        :param bool alive: whether the run still lives, as far as others can see
        """
        self._enrol()
        invoice = self._create_due_invoice()
        engine = type(self.env["autopay.engine"])
        release = AutopayRun._release_lock
        with (
            patch.object(engine, "_gate", lambda engine, ctx, attempts: attempts[:0]),
            patch.object(AutopayRun, "_finish", lambda run, tally: None),
            patch.object(
                AutopayRun, "_release_lock", (lambda run: None) if alive else release
            ),
        ):
            self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "prepared")
        if alive:
            self.addCleanup(attempt.run_id.sudo()._release_lock)
        return invoice, attempt

    def _send_odoo_to_simulator(self):
        """Let Odoo's own Stripe module talk to the simulator, too."""
        address = f"{self.simulator.url}/v1/"
        self.startPatcher(
            patch.object(
                StripeProvider,
                "_build_request_url",
                lambda provider, endpoint, **kwargs: address + endpoint,
            )
        )
