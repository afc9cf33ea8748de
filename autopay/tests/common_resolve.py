from unittest.mock import patch

from .common import AutopayCommon

CONFIRM = "/v1/payment_intents/*/confirm"


class ResolveCommon(AutopayCommon):
    """Charges whose provider says nothing, and people who say it instead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.biller = cls._create_user("biller", "account.group_account_invoice")
        cls.manager = cls._create_user("manager", "account.group_account_manager")

    # === FACTORIES === #

    def _leave_unknown(self):
        """Charge with a provider that cannot be asked and says nothing."""
        self._enrol_at_demo()
        invoice = self._create_due_invoice()
        target = type(self.env["payment.transaction"])
        with patch.object(target, "_send_payment_request", lambda _self: None):
            self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "unknown")
        return invoice, attempt

    def _leave_stripe_unknown(self):
        """Charge with Stripe, which does not answer any more."""
        self._enrol()
        self.admin.add_fault("reset_after", method="POST", path=CONFIRM)
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "unknown")
        return invoice, attempt

    def _say(self, attempt, kind, user=None, **values):
        """Answer the wizard as a user does."""
        wizard = self._open(attempt, kind, user, **values)
        self._apply_wizard(wizard)

    def _open(self, attempt, kind, user=None, **values):
        said = {
            "paid": {
                "reference": "ref-77",
                "paid_on": self.today,
                "checked_where": "Dashboard",
            },
            "not_paid": {"checked_where": "Dashboard", "is_confirmed": True},
            "checked": {"note": "Seen"},
        }[kind]
        context = {"default_attempt_id": attempt.id, "default_kind": kind}
        model = self.env["autopay.resolve"].with_user(user or self.biller)
        return model.with_context(**context).create({**said, **values})

    def _apply_wizard(self, wizard):
        """Press the button in a database transaction that may be committed."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            wizard.with_env(wizard.env(cr=cr)).action_apply()
        self.env.invalidate_all()

    def _contradict(self, attempt):
        """Let Odoo learn of a success, as a late message of the provider does."""
        attempt.transaction_id.sudo()._set_done()
        attempt.transaction_id.sudo()._post_process()
        self._resolve_autopay()
        attempt.invalidate_recordset()
