from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .common_settlement import SettlementCommon


@tagged("post_install", "-at_install")
class TestAutopaySettledByHand(SettlementCommon):
    """Failed invoices that are settled without autopay are no failures any more."""

    def _fail(self, code="merchant_blacklist"):
        self._enrol({"kind": "decline", "decline_code": code})
        invoice = self._create_due_invoice(100.0)
        self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_status, "error")
        return invoice

    def _get_calls(self):
        calls = self.customer.activity_ids
        return calls.filtered(lambda call: call.summary.startswith("Look into"))

    def _assert_settled(self, invoice):
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertEqual(invoice.autopay_blocker, "nothing_due")
        self.assertFalse(invoice.activity_ids)
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    def test_payment_by_hand_ends_the_failure_and_what_called_a_person(self):
        invoice = self._fail()
        self.assertEqual(len(self._get_calls()), 1)
        self._register_payment(invoice, 60)
        self.assertEqual(invoice.autopay_status, "error")
        self.assertTrue(self._get_calls())
        self._register_payment(invoice, 40)
        self._assert_settled(invoice)
        self.assertFalse(self._get_calls())
        failed = self.customer._get_autopay_failed_moves(self.company)
        self.assertFalse(failed)

    def test_call_about_another_invoice_stays_open(self):
        invoice = self._fail()
        token = self._create_token({"kind": "decline", "decline_code": "mystery"})
        self.customer.with_company(self.company).autopay_token_id = token
        other = self._create_due_invoice(50.0)
        self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(len(self._get_calls()), 2)
        self._register_payment(other, 50)
        self.assertIn(invoice.name, self._get_calls().note)

    def test_credit_note_ends_the_failure(self):
        invoice = self._fail()
        invoice._reverse_moves([{"invoice_date": self.today}], cancel=True)
        self._assert_settled(invoice)

    def test_payment_that_is_taken_off_again_leaves_a_failure_and_charges_nothing(self):
        invoice = self._fail()
        self._register_payment(invoice, 100)
        self._assert_settled(invoice)
        invoice.line_ids.remove_move_reconcile()
        self.env.invalidate_all()
        self.assertEqual(
            (invoice.autopay_status, invoice.amount_residual), ("error", 100)
        )
        self.assertEqual(invoice.autopay_blocker, "failed")
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    def test_planned_retry_goes_on_when_the_payment_is_taken_off_again(self):
        invoice = self._fail("insufficient_funds")
        planned = invoice.autopay_retry_date
        self.assertGreater(planned, self.today)
        self._register_payment(invoice, 100)
        self._assert_settled(invoice)
        invoice.line_ids.remove_move_reconcile()
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_status, "error")
        self.assertEqual(invoice.autopay_retry_date, planned)
        # The money that was paid by hand is the customer's still.
        self.assertEqual(invoice.autopay_blocker, "open_credit")
        invoice.action_autopay_charge_anyway()
        self.assertEqual(invoice.autopay_blocker, "retry_not_due")

    def test_failed_rest_of_a_divided_invoice_is_not_charged_when_it_is_open_again(
        self,
    ):
        limit = self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": self.token.id,
                "max_amount": 60,
                "cap_rule": "part",
                "condition_ids": [Command.create({"number": 1.0})],
            }
        )
        invoice, attempt = self._collect(100.0)
        self.assertEqual(attempt.amount, 60)
        limit.unlink()
        self._enrol({"kind": "decline", "decline_code": "merchant_blacklist"})
        invoice.autopay_date = self.today
        self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_status, "error")
        self._register_payment(invoice, 40)
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_status, "success")
        self._enrol()
        by_hand = invoice.reconciled_payment_ids - attempt.payment_id
        by_hand.move_id.line_ids.remove_move_reconcile()
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_status, "error")
        self.assertEqual(invoice.autopay_blocker, "failed")
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 2)

    def test_failure_is_forgotten_once_autopay_has_collected(self):
        invoice = self._fail("insufficient_funds")
        self._register_payment(invoice, 100)
        self._enrol()
        with patch.object(type(invoice), "_update_autopay_settlement"):
            invoice.line_ids.remove_move_reconcile()
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_status, "eligible")
        invoice.action_autopay_charge_anyway()
        self._charge_now(invoice)
        self.env.invalidate_all()
        self._assert_paid(invoice)
        self._reprice(invoice, 150)
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertNotEqual(invoice.autopay_blocker, "failed")

    def test_payment_without_entry_is_found_by_the_daily_check(self):
        invoice = self._fail()
        self._pay_without_entry(invoice)
        self.assertEqual(invoice.autopay_status, "error")
        self._run_cron("autopay.ir_cron_check_surplus")
        self._assert_settled(invoice)
        # When its state is taken back no hook sees it: nothing is charged either.
        invoice.matched_payment_ids.action_reject()
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(invoice.autopay_blocker, "failed")
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    def _pay_without_entry(self, invoice):
        """Pay as with Odoo's Accounting and a journal without outstanding account."""
        moves = type(self.env["account.move"])
        self.startPatcher(
            patch.object(
                moves, "_get_invoice_in_payment_state", lambda _self: "in_payment"
            )
        )
        journal = self.company_data["default_journal_bank"]
        journal.inbound_payment_method_line_ids.payment_account_id = False
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = self.env["account.payment.register"].with_context(**context)
        wizard.create({"journal_id": journal.id})._create_payments()
        self.assertFalse(invoice.matched_payment_ids.move_id)
        self.assertIn(invoice.payment_state, ("in_payment", "paid"))

    def test_returned_debit_that_is_paid_by_hand_is_settled(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice(100.0)
        self._run_autopay()
        self.admin.settle(invoice.autopay_attempt_ids.object_ref)
        self._resolve_autopay()
        self.env.invalidate_all()
        attempt = invoice.autopay_attempt_ids
        self.assertTrue(attempt.booked_date)
        self.admin.return_debit(attempt.object_ref, "insufficient_funds", "R01")
        self._poll()
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_status, "error")
        self.assertTrue(attempt.reversal_ids.activity_ids)
        self._register_payment(invoice, 100)
        self._assert_settled(invoice)
        self.assertFalse(attempt.reversal_ids.activity_ids)
        invoice.autopay_date = self.today - timedelta(days=3)
        invoice.line_ids.remove_move_reconcile()
        self.env.invalidate_all()
        self._assert_not_charged_now(invoice)

    def _assert_not_charged_now(self, invoice):
        self.assertEqual(invoice.autopay_status, "error")
        self.assertEqual(invoice.autopay_blocker, "money_returned")
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)
