from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import AutopayCommon

INTENTS = "/v1/payment_intents"
STOCK_LOGS = (
    "odoo.addons.payment.models.payment_provider",
    "odoo.addons.autopay.models.payment_transaction",
)


@tagged("post_install", "-at_install")
class TestAutopayTransactionDoubt(AutopayCommon):
    """A customer pays online with a saved method, through Odoo's own code."""

    def setUp(self):
        super().setUp()
        # Odoo's idempotency keys go by reference, which comes back in every test.
        self.admin.reset()
        state = self.env.ref("base.state_us_5")
        self.customer.write(
            {
                "street": "1 Main Street",
                "street2": "Suite 1",
                "city": "Springfield",
                "zip": "12345",
                "state_id": state.id,
                "country_id": state.country_id.id,
            }
        )
        self.token = self._enrol()
        self.invoice = self._create_due_invoice()

    def _pay_online(self):
        transaction = (
            self.env["payment.transaction"]
            .with_user(SUPERUSER_ID)
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.token.payment_method_id.id,
                    "token_id": self.token.id,
                    "amount": self.invoice.amount_residual,
                    "currency_id": self.invoice.currency_id.id,
                    "partner_id": self.customer.id,
                    "operation": "online_token",
                    "invoice_ids": self.invoice.ids,
                }
            )
        )
        with mute_logger(*STOCK_LOGS):
            transaction._charge_with_token()
        return transaction

    def _count_taken(self):
        totals = self._get_totals().values()
        return sum(total["charged"] for total in totals)

    def _pay_with_fault(self, kind):
        """Pay while the answers to payments get lost or broken."""
        before = self._count_taken()
        self.admin.add_fault(kind, method="POST", path=INTENTS)
        transaction = self._pay_online()
        return transaction, self._count_taken() - before

    def test_invoice_is_left_alone_when_the_answer_to_a_payment_was_lost(self):
        for kind in ("reset_after", "truncate", "garbage", "error_500_after"):
            with self.subTest(kind):
                self.invoice = self._create_due_invoice()
                transaction, taken = self._pay_with_fault(kind)
                self.assertEqual(taken, 10000)
                self.assertEqual(transaction.state, "error")
                self.assertEqual(self.invoice.autopay_blocker, "payment_in_doubt")
                self._run_autopay()
                self.assertFalse(self.invoice.autopay_attempt_ids)
                self.assertIn("Perhaps paid", self.invoice.activity_ids.summary)

    def test_payment_that_was_refused_leaves_no_doubt(self):
        self.token = self._enrol("pm_card_visa_chargeDeclined")
        transaction = self._pay_online()
        self.assertFalse(transaction.autopay_doubt_date)
        self.assertFalse(self.invoice.autopay_blocker)

    def test_payment_that_is_confirmed_later_leaves_no_doubt(self):
        transaction, _taken = self._pay_with_fault("reset_after")
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertEqual(self.invoice.autopay_blocker, "nothing_due")

    def test_billing_manager_says_that_nothing_was_charged(self):
        transaction, taken = self._pay_with_fault("reset_before")
        self.assertEqual(taken, 0)
        biller = new_test_user(self.env, "biller", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            transaction.with_user(biller).action_autopay_not_charged()
        manager = new_test_user(self.env, "manager", "account.group_account_manager")
        transaction.with_user(manager).action_autopay_not_charged()
        self.assertIn("was not charged", self.invoice.message_ids[0].body)
        self._run_autopay()
        self.assertEqual(self.invoice.autopay_status, "success")
