from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common_reversal import ReversalCommon


@tagged("post_install", "-at_install")
class TestAutopayReversalOdoo(ReversalCommon):
    """Refunds made with Odoo's own button are booked once."""

    def _refund_in_odoo(self, attempt, amount):
        wizard = (
            self.env["payment.refund.wizard"]
            .with_context(active_id=attempt.payment_id.id)
            .create({"amount_to_refund": amount})
        )
        wizard.action_refund()
        return attempt.transaction_id.child_transaction_ids

    def _post_process(self):
        """Run Odoo's own sweep, that books confirmed transactions."""
        self._run_cron("payment.cron_post_process_payment_tx")

    def _get_payments(self):
        return self.env["account.payment"].search(
            [("partner_id", "=", self.customer.id), ("payment_type", "=", "outbound")]
        )

    def test_refund_booked_by_odoo_first_is_taken_over(self):
        invoice, attempt = self._collect(100)
        refund = self._refund_in_odoo(attempt, 40)
        self._post_process()
        self._poll()
        self.assertEqual(self._get_payments(), refund.payment_id)
        self.assertEqual(self._get_reversal(attempt).payment_ids, refund.payment_id)
        self.assertEqual(invoice.amount_residual, 40)
        self.assertEqual(self._get_customer_balance(), 40)

    def test_refund_reported_by_the_provider_first_is_not_booked_by_odoo(self):
        invoice, attempt = self._collect(100)
        refund = self._refund_in_odoo(attempt, 40)
        self._poll()
        self._post_process()
        self._poll()
        self.assertEqual(len(self._get_payments()), 1)
        self.assertEqual(refund.payment_id, self._get_payments())
        self.assertEqual(invoice.amount_residual, 40)

    def test_charge_is_refunded_with_a_button_of_its_own(self):
        invoice, attempt = self._collect(100)
        biller = new_test_user(
            self.env, "biller", "base.group_user,account.group_account_invoice"
        )
        seen = attempt.with_user(biller)
        self.assertEqual(seen.refundable_amount, 100)
        action = seen.action_refund()
        wizards = self.env[action["res_model"]].with_user(biller)
        wizard = wizards.with_context(**action["context"]).create({})
        self.assertEqual(wizard.payment_id, attempt.payment_id)
        wizard.amount_to_refund = 40
        wizard.action_refund()
        self._poll()
        self.assertEqual(invoice.amount_residual, 40)
        attempt.invalidate_recordset()
        self.assertEqual(seen.refundable_amount, 60)
        reader = new_test_user(
            self.env, "reader", "base.group_user,account.group_account_readonly"
        )
        with self.assertRaises(AccessError):
            attempt.with_user(reader).action_refund()

    def test_odoo_knows_what_was_refunded_elsewhere(self):
        _invoice, attempt = self._collect(100)
        self._refund(attempt, 3000)
        self._poll()
        self.assertEqual(attempt.payment_id.amount_available_for_refund, 70)
        self.assertEqual(attempt.payment_id.refunds_count, 1)

    def test_disputed_money_is_not_offered_for_refund(self):
        _invoice, attempt = self._collect(100)
        self.admin.open_dispute(attempt.object_ref, amount=6000)
        self._poll()
        self.assertEqual(attempt.payment_id.amount_available_for_refund, 40)

    def test_staff_who_refund_in_odoo_are_not_alarmed(self):
        _invoice, attempt = self._collect(100)
        self._refund_in_odoo(attempt, 40)
        self._poll()
        self.assertFalse(self._get_reversal(attempt).activity_ids)

    def test_odoos_own_webhook_finds_the_refund_known(self):
        _invoice, attempt = self._collect(100)
        ref = self._refund(attempt, 3000)
        self._poll()
        refund = attempt.transaction_id.child_transaction_ids
        self.assertEqual(refund.provider_reference, ref)
        self.assertEqual(refund.state, "done")
        self.assertEqual(refund.amount, -30)

    def test_failed_refund_can_be_made_again(self):
        _invoice, attempt = self._collect(100)
        ref = self._refund(attempt)
        self._poll()
        self.admin.settle_refund(ref, "failed", "declined")
        self._poll()
        self.assertEqual(attempt.payment_id.amount_available_for_refund, 100)
        self.assertEqual(attempt.transaction_id.child_transaction_ids.state, "error")

    def test_nobody_unlinks_a_payment_from_the_refund_it_books(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt, 3000)
        self._poll()
        payment = self._get_reversal(attempt).payment_ids
        user = new_test_user(
            self.env,
            "reversal_link",
            "account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            payment.with_user(user).autopay_reversal_id = False
        self._poll()
        self.assertEqual(invoice.amount_residual, 30)

    def test_refund_is_booked_although_its_method_was_archived(self):
        invoice, attempt = self._collect(100)
        self.token.active = False
        self._refund(attempt, 3000)
        self._poll()
        reversal = self._get_reversal(attempt)
        self.assertEqual(reversal.state, "booked", reversal.booking_error)
        self.assertEqual(invoice.amount_residual, 30)

    def test_archived_method_does_not_keep_staff_from_refunding(self):
        _invoice, attempt = self._collect(100)
        self.token.active = False
        self._refund_in_odoo(attempt, 30)
        self._poll()
        reversal = self._get_reversal(attempt)
        self.assertEqual((reversal.state, reversal.amount), ("booked", 30))
