from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...models.engine.autopay_stage import AutopayStage
from ..fault import fault
from ..reversal.common_reversal import ReversalCommon


@tagged("post_install", "-at_install")
class TestAutopayDoubleSuccess(ReversalCommon):
    """Two successes for one debt: both are booked, one is proposed for refund."""

    def test_second_payment_is_posted_and_left_open(self):
        invoice, attempt = self._collect_twice()
        self.assertEqual(attempt.payment_id.move_id.state, "posted")
        self.assertEqual(attempt._get_excess_amount(), 100)
        self._assert_paid(invoice)
        self.assertEqual(self._get_customer_balance(), -100)

    def test_one_activity_names_the_amount_and_both_payments(self):
        _invoice, attempt = self._collect_twice()
        activity = attempt.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertIn("Paid twice: refund", activity.summary)
        self.assertIn("100.00", activity.summary)
        other = self.env["account.payment"].search(
            [("partner_id", "=", self.customer.id), ("id", "!=", attempt.payment_id.id)]
        )
        self.assertIn(attempt.payment_id.display_name, activity.note)
        self.assertIn(other.move_id.display_name, activity.note)

    def test_part_that_was_paid_outside_is_the_excess(self):
        invoice, attempt = self._collect_twice(paid=30)
        self._assert_paid(invoice)
        self.assertEqual(attempt._get_excess_amount(), 30)
        self.assertIn("30.00", attempt.activity_ids.summary)

    def test_nothing_is_refunded_by_itself(self):
        _invoice, attempt = self._collect_twice()
        self._poll()
        self.assertFalse(self._get_reversal(attempt))
        refunds = self.stripe.v1.refunds.list({"payment_intent": attempt.object_ref})
        self.assertFalse(refunds.data)

    def test_single_success_raises_no_alarm(self):
        _invoice, attempt = self._collect(100)
        self.assertFalse(attempt.activity_ids)
        self.assertEqual(attempt._get_excess_amount(), 0)

    def test_refund_button_gives_the_excess_back_and_both_payments_meet(self):
        invoice, attempt = self._collect_twice()
        attempt.action_refund_excess()
        self._poll()
        reversal = self._get_reversal(attempt)
        self.assertEqual(reversal.state, "booked")
        self.assertEqual(attempt._get_excess_amount(), 0)
        self._assert_paid(invoice)
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(self._get_customer_balance(), 0)
        refund = attempt.transaction_id.child_transaction_ids
        self.assertEqual(refund.operation, "refund")
        self.assertEqual(refund.payment_id, reversal.payment_ids)

    def test_refund_button_gives_the_excess_back_only_once(self):
        _invoice, attempt = self._collect_twice()
        attempt.action_refund_excess()
        attempt.invalidate_recordset()
        with self.assertRaises(UserError):
            attempt.action_refund_excess()
        refunds = self.stripe.v1.refunds.list({"payment_intent": attempt.object_ref})
        self.assertEqual(len(refunds.data), 1)

    def test_who_may_not_refund_reads_whom_to_ask(self):
        _invoice, attempt = self._collect_twice()
        boss = self._create_user("refund_boss", "account.group_account_manager")
        managers = self.company._get_autopay_managers().sorted("id")
        self.assertIn(boss, managers)
        biller = self._create_user("refund_biller", "account.group_account_invoice")
        with self.assertRaisesRegex(AccessError, f"ask {managers[0].name}"):
            attempt.with_user(biller).action_refund_excess()
        note = attempt.activity_ids.note
        self.assertIn("billing manager refunds them with the button Refund at", note)
        arch = self.env["autopay.attempt"].with_user(biller).get_view()["arch"]
        self.assertNotIn("action_refund_excess", arch)
        self.assertIn("refund_by_manager", arch)
        arch = self.env["autopay.attempt"].with_user(boss).get_view()["arch"]
        self.assertIn("action_refund_excess", arch)
        self.assertNotIn("refund_by_manager", arch)

    def test_refund_that_cannot_be_made_says_what_can_be_done(self):
        _invoice, attempt = self._collect_twice()
        self.provider.state = "disabled"
        with self.assertRaisesRegex(UserError, "is disabled.*in its dashboard"):
            attempt.action_refund_excess()
        self.provider.state = "test"
        kind = attempt.token_id.payment_method_id
        (kind.primary_payment_method_id or kind).support_refund = "none"
        attempt.payment_id.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "cannot refund this charge through"):
            attempt.action_refund_excess()
        refunds = self.stripe.v1.refunds.list({"payment_intent": attempt.object_ref})
        self.assertFalse(refunds.data)

    def test_refund_button_gives_back_no_other_amount_than_was_shown(self):
        _invoice, attempt = self._collect_twice()
        stale = attempt.with_context(autopay_shown_amount=30.0)
        with self.assertRaisesRegex(UserError, "100.00 pay no invoice .* not .*30.00"):
            stale.action_refund_excess()
        self.assertFalse(attempt.transaction_id.child_transaction_ids)
        attempt.with_context(autopay_shown_amount=100.0).action_refund_excess()
        self.assertEqual(attempt.transaction_id.child_transaction_ids.amount, -100)

    def test_charge_that_pays_its_invoice_has_no_excess_to_refund(self):
        _invoice, attempt = self._collect(100)
        with self.assertRaises(UserError):
            attempt.action_refund_excess()

    def test_refund_in_the_dashboard_of_an_excess_leaves_the_invoice_paid(self):
        invoice, attempt = self._collect_twice()
        self._refund(attempt)
        self._poll()
        self._assert_paid(invoice)
        self.assertEqual(attempt._get_excess_amount(), 0)
        self.assertEqual(self._get_customer_balance(), 0)

    def test_billing_users_cannot_refund(self):
        _invoice, attempt = self._collect_twice()
        user = new_test_user(
            self.env,
            "billing_only",
            "account.group_account_invoice",
            company_id=self.company.id,
        )
        with self.assertRaises(AccessError):
            attempt.with_user(user).action_refund_excess()

    @fault(53)
    def test_invoice_that_was_canceled_meanwhile_leaves_the_payment_open(self):
        invoice = self._create_due_invoice(100)
        send = AutopayStage._send

        def cancel_first(stage, ctx, verb, attempts):
            if verb == "charge":
                # As if it was done on the database, past every guard.
                move = attempts.line_ids.move_id
                move.line_ids.remove_move_reconcile()
                stage.env.cr.execute(
                    "UPDATE account_move SET state = 'cancel' WHERE id = %s", [move.id]
                )
                stage.env.cr.execute(
                    "UPDATE account_move_line SET parent_state = 'cancel'"
                    " WHERE move_id = %s",
                    [move.id],
                )
                move.invalidate_recordset()
            return send(stage, ctx, verb, attempts)

        with patch.object(AutopayStage, "_send", cancel_first):
            self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.payment_id.move_id.state, "posted")
        self.assertIn("invoice that is gone", attempt.activity_ids.summary)
