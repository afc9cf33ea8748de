from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_reversal import ReversalCommon


@tagged("post_install", "-at_install")
class TestAutopayReversalOther(ReversalCommon):
    """Providers that cannot be asked, and what else must stay as it was."""

    def _collect_with_demo(self):
        self._enrol_at_demo()
        return self._collect(100)

    def test_refund_of_another_provider_is_booked_by_odoo_as_ever(self):
        _invoice, attempt = self._collect_with_demo()
        attempt.transaction_id.action_refund(amount_to_refund=40)
        self._run_cron("payment.cron_post_process_payment_tx")
        refund = attempt.transaction_id.child_transaction_ids
        self.assertEqual(refund.state, "done")
        self.assertEqual(refund.payment_id.amount, 40)
        self.assertEqual(refund.payment_id.payment_type, "outbound")
        self.assertEqual(attempt.payment_id.amount_available_for_refund, 60)

    def _lose_refund(self, attempt, amount):
        """Leave a refund of which nobody knows whether it was made."""
        payment = attempt.transaction_id
        refund = payment._create_child_transaction(amount, is_refund=True)
        refund._autopay_set_refund_doubt()
        refund._set_error("The provider's answer was lost.")
        return refund

    def test_billing_manager_says_that_a_lost_refund_was_made(self):
        _invoice, attempt = self._collect_with_demo()
        refund = self._lose_refund(attempt, 40)
        with self.assertRaisesRegex(UserError, "was lost"):
            attempt.transaction_id.action_refund(amount_to_refund=10)
        biller = self._create_user("biller", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            refund.with_user(biller).action_autopay_refunded()
        manager = self._create_user("manager", "account.group_account_manager")
        refund.with_user(manager).action_autopay_refunded()
        self.assertIn("was made", attempt.message_ids[0].body)
        self.assertEqual(refund.payment_id.amount, 40)
        self.assertEqual(attempt.payment_id.amount_available_for_refund, 60)
        # Said twice, it is booked once.
        refund.with_user(manager).action_autopay_refunded()
        self.assertEqual(attempt.payment_id.amount_available_for_refund, 60)
        attempt.transaction_id.action_refund(amount_to_refund=10)

    def test_other_providers_are_not_asked_for_reversals(self):
        _invoice, attempt = self._collect_with_demo()
        self._poll()
        polls = self.env["autopay.reversal.poll"].sudo()
        self.assertFalse(self._get_reversal(attempt))
        self.assertFalse(polls.search([("provider_id", "=", attempt.provider_id.id)]))

    def test_money_given_back_while_the_rest_is_collected_is_not_taken_again(self):
        for outcome in ("failed", "succeeded"):
            with self.subTest(outcome=outcome):
                self._enrol()
                invoice, attempt = self._collect(100)
                self._refund(attempt, 4000)
                self._poll()
                self._enrol("pm_usBankAccount_success")
                invoice.action_autopay_make_eligible()
                self._run_autopay()
                debit = invoice.autopay_attempt_ids - attempt
                self.assertEqual((debit.state, debit.amount), ("pending", 40))
                self._refund(attempt, 6000)
                self._poll()
                self.assertEqual(invoice.autopay_status, "in_progress")
                self.admin.settle(debit.object_ref, outcome)
                self._resolve_autopay()
                self.assertFalse(invoice.autopay_retry_date)
                self._run_autopay()
                self.assertEqual(invoice.autopay_attempt_ids, attempt | debit)

    def test_explanations_tell_what_went_back(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt, 4000)
        self._poll()
        self.assertIn("40.00", invoice.autopay_explanation)
        self.assertIn("40.00 was refunded on", attempt.explanation)

    def test_invoice_leads_to_what_went_back(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt, 4000)
        self._poll()
        self.assertEqual(invoice.autopay_reversal_count, 1)
        action = invoice.action_view_autopay_reversals()
        found = self.env["autopay.reversal"].search(action["domain"])
        self.assertEqual(found, self._get_reversal(attempt))
