from odoo.tests import tagged

from ...const.engine import MISSING_BEFORE_STOP
from ..common import AutopayCommon

ALARM = "Autopay lost a payment method"


@tagged("post_install", "-at_install")
class TestAutopayMethodRefusal(AutopayCommon):
    """Methods that were removed at the provider, of which no event tells."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    def _get_alarms(self, partners):
        activities = partners.activity_ids
        return activities.filtered(lambda activity: activity.summary == ALARM)

    def _enrol_stranger(self, name):
        """Enrol a customer with a method that the account at hand does not know."""
        customer = self._create_customer(name)
        values = {"provider_ref": f"cus_{name}", "stripe_payment_method": f"pm_{name}"}
        token = self._enrol(customer=customer)
        token.write(values)
        return customer, token

    def _assert_lost(self):
        """Run twice: one try, one call, and nothing of the kind ever after."""
        first = self._create_due_invoice()
        self._run_autopay()
        attempt = first.autopay_attempt_ids
        self.assertEqual((attempt.state, attempt.decline_class), ("declined", "method"))
        self.assertIn("removed", attempt.explanation)
        self.assertIn("removed", " ".join(first.message_ids.mapped("body")))
        self.assertFalse(first.autopay_retry_date)
        customer = self.customer.with_company(self.company)
        self.assertNotEqual(customer.autopay_readiness, "ready")
        second = self._create_due_invoice(101.0)
        self._run_autopay()
        self.assertFalse(second.autopay_attempt_ids)
        self.assertEqual(len(self._get_alarms(self.customer)), 1)
        self.assertFalse(self._get_totals().get("usd", {}).get("charged"))
        return second

    def test_detached_method_is_tried_once_and_told_once(self):
        self.admin.detach_payment_method(self.token.stripe_payment_method)
        second = self._assert_lost()
        self.assertFalse(self.token.active)
        self.assertEqual(second.autopay_blocker, "method_archived")

    def test_method_of_a_deleted_customer_is_tried_once_and_told_once(self):
        self.admin.delete_customer(self.token.provider_ref)
        self._assert_lost()
        self.assertFalse(self.token.active)

    def test_method_that_the_account_does_not_know_is_paused_and_can_be_released(self):
        self.token.write(
            {"provider_ref": "cus_else", "stripe_payment_method": "pm_else"}
        )
        second = self._assert_lost()
        self.assertTrue(self.token.active)
        self.assertEqual(second.autopay_blocker, "method_paused")
        self.assertIn("does not know it", second.autopay_explanation)
        self.token.action_autopay_release()
        second.invalidate_recordset()
        self.assertFalse(second.autopay_blocker)

    def test_several_invoices_of_one_customer_are_no_fault_of_the_account(self):
        self.admin.delete_customer(self.token.provider_ref)
        invoices = self.env["account.move"].union(
            *(self._create_due_invoice() for _each in range(MISSING_BEFORE_STOP + 1))
        )
        other = self._create_customer("Sound Bakery")
        self._enrol(customer=other)
        sound = self._create_due_invoice(customer=other)
        self._run_autopay()
        self.assertFalse(self._get_last_run().stopped_text)
        # The first one finds out, the others are not tried any more.
        self.assertEqual(len(invoices.autopay_attempt_ids), 1)
        self.assertEqual(invoices[1].autopay_blocker, "method_archived")
        self.assertEqual(sound.autopay_status, "success")
        self.assertEqual(len(self._get_alarms(self.customer)), 1)

    def test_methods_are_left_alone_when_the_account_is_another_one(self):
        pairs = [self._enrol_stranger(f"s{number}") for number in range(8)]
        for customer, _token in pairs:
            self._create_due_invoice(customer=customer)
        self._run_autopay()
        self.assertIn("does not know several", self._get_last_run().stopped_text)
        for customer, token in pairs:
            self.assertFalse(token.autopay_paused_date)
            self.assertTrue(token.active)
            self.assertFalse(self._get_alarms(customer))

    def test_refusal_of_a_method_that_is_there_retires_nothing(self):
        self.admin.change_payment_method(
            self.token.stripe_payment_method,
            behaviour={"kind": "decline", "decline_code": "lost_card"},
        )
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.decline_code, "lost_card")
        self.assertTrue(self.token.active)
        self.assertFalse(self._get_alarms(self.customer))
