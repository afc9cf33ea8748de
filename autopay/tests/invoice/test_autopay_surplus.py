from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..fault import fault
from ..reversal.common_reversal import ReversalCommon

SURPLUS_LOG = "odoo.addons.autopay.models.reconciliation.autopay_surplus"


@tagged("post_install", "-at_install")
class TestAutopaySurplus(ReversalCommon):
    """Invoices that were paid twice are found, by whichever way it came about."""

    # === ACTS === #

    def _charge_again(self, invoice):
        self.token.action_autopay_release()
        invoice.autopay_in_dispute = False
        invoice.action_autopay_make_eligible()
        invoice.autopay_date = self.today
        self._run_autopay()

    def _win_dispute_after_a_second_charge(self):
        invoice, attempt = self._collect(100)
        dispute = self.admin.open_dispute(attempt.charge_ref)
        self._poll()
        self._charge_again(invoice)
        self.admin.win_dispute(dispute["id"])
        self._poll()
        return invoice, attempt

    def _fail_refund_after_a_second_charge(self):
        invoice, attempt = self._collect(100)
        refund = self._refund(attempt)
        self._poll()
        self._charge_again(invoice)
        self.admin.settle_refund(refund, "failed", "lost_or_stolen_card")
        self._poll()
        return invoice, attempt

    def _begin_payment(self, invoice, amount=100):
        """Create an online payment that the customer has begun."""
        return self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "reference": f"online-{invoice.name}",
                "amount": amount,
                "currency_id": invoice.currency_id.id,
                "partner_id": invoice.partner_id.id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )

    def _confirm_voucher_after_the_charge(self):
        invoice = self._create_due_invoice(100)
        transaction = self._begin_payment(invoice)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = create_date"
            " - interval '31 minutes' WHERE id = %s",
            [transaction.id],
        )
        self.env.invalidate_all()
        self._run_autopay()
        transaction._set_done()
        transaction._post_process()
        return invoice, invoice.autopay_attempt_ids

    def _confirm_error_after_the_charge(self):
        invoice = self._create_due_invoice(100)
        transaction = self._begin_payment(invoice)
        transaction._set_error("The first card was declined.")
        self._run_autopay()
        transaction._set_done()
        transaction._post_process()
        return invoice, invoice.autopay_attempt_ids

    # === FACTS === #

    def _assert_told(self, invoice, attempt, amount=100):
        invoice.invalidate_recordset()
        attempt.invalidate_recordset()
        self._assert_paid(invoice)
        self.assertEqual(attempt._get_excess_amount(), amount)
        told = attempt.activity_ids.filtered(
            lambda activity: "Paid twice" in activity.summary
        )
        self.assertEqual(len(told), 1, attempt.activity_ids.mapped("summary"))
        self.assertIn(f"{amount}.00", told.summary)
        self.assertIn(invoice.name, told.note)
        self.assertEqual(self._get_customer_balance(), -amount)
        return told

    def _assert_refunded(self, invoice, attempt):
        """Refund the excess and check that the books are as if it never happened."""
        attempt.action_refund_excess()
        self._poll()
        invoice.invalidate_recordset()
        attempt.invalidate_recordset()
        self._assert_paid(invoice)
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(attempt._get_excess_amount(), 0)
        self.assertEqual(self._get_customer_balance(), 0)
        self.assertFalse(
            attempt.activity_ids.filtered(lambda each: "Paid twice" in each.summary)
        )
        before = len(self._get_charges(invoice))
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), before)

    # === FOUR WAYS === #

    @fault(90)
    def test_dispute_that_is_won_after_a_second_charge(self):
        invoice, attempt = self._win_dispute_after_a_second_charge()
        self._assert_told(invoice, attempt)
        self._assert_refunded(invoice, attempt)

    @fault(90)
    def test_refund_that_fails_after_a_second_charge(self):
        invoice, attempt = self._fail_refund_after_a_second_charge()
        self._assert_told(invoice, attempt)
        self._assert_refunded(invoice, attempt)

    @fault(90)
    def test_voucher_that_is_paid_after_the_charge(self):
        invoice, attempt = self._confirm_voucher_after_the_charge()
        self._assert_told(invoice, attempt)
        self._assert_refunded(invoice, attempt)

    @fault(90)
    def test_payment_that_was_an_error_before_the_charge(self):
        invoice, attempt = self._confirm_error_after_the_charge()
        self._assert_told(invoice, attempt)
        self._assert_refunded(invoice, attempt)

    # === OTHERS === #

    def test_told_once_however_often_it_is_looked_at(self):
        invoice, attempt = self._confirm_error_after_the_charge()
        self._run_cron("autopay.ir_cron_check_surplus")
        told = self._assert_told(invoice, attempt)
        told.action_feedback(feedback="Will be used for the next invoice.")
        self._run_cron("autopay.ir_cron_check_surplus")
        self.assertFalse(attempt.activity_ids)
        self.assertEqual(attempt._get_excess_amount(), 100)

    def test_alarm_is_closed_when_the_money_is_used_elsewhere(self):
        invoice, attempt = self._confirm_error_after_the_charge()
        other = self._create_posted_invoice(60)
        spare = self.env["autopay.surplus"]._get_open_lines_of_others(invoice)
        other.js_assign_outstanding_line(spare.id)
        self._run_cron("autopay.ir_cron_check_surplus")
        self._assert_told_of(attempt, 40)
        last = self._create_posted_invoice(40)
        last.js_assign_outstanding_line(spare.id)
        self._run_cron("autopay.ir_cron_check_surplus")
        self._assert_told_of(attempt, 0)

    def _assert_told_of(self, attempt, amount):
        attempt.invalidate_recordset()
        self.assertEqual(attempt._get_excess_amount(), amount)
        summaries = attempt.activity_ids.mapped("summary")
        self.assertEqual(len(summaries), 1 if amount else 0, summaries)
        for summary in summaries:
            self.assertIn(f"{amount}.00", summary)

    def test_refund_of_the_other_payment_in_odoo_ends_it(self):
        invoice, attempt = self._confirm_error_after_the_charge()
        other = invoice.transaction_ids - attempt.transaction_id
        refund = other._create_child_transaction(100, is_refund=True)
        refund._set_done()
        refund._post_process()
        self._run_cron("autopay.ir_cron_check_surplus")
        self._assert_told_of(attempt, 0)

    def test_part_that_is_paid_too_much(self):
        invoice = self._create_due_invoice(100)
        transaction = self._begin_payment(invoice, 30)
        transaction._set_error("Declined.")
        self._run_autopay()
        transaction._set_done()
        transaction._post_process()
        self._assert_told(invoice, invoice.autopay_attempt_ids, 30)

    def _pay_several_once_more(self, amount, *collected):
        """Pay invoices by one online payment that were collected meanwhile."""
        invoices = self.env["account.move"]
        for each in collected:
            invoices += self._create_due_invoice(each)
        transaction = self._begin_payment(invoices[0], amount)
        transaction.invoice_ids = invoices
        transaction._set_error("The first card was declined.")
        self._run_autopay()
        transaction._set_done()
        transaction._post_process()
        attempts = invoices.autopay_attempt_ids.sorted("id")
        self.assertEqual(attempts.mapped("amount"), list(collected))
        return invoices, attempts

    def test_a_payment_of_two_invoices_is_too_much_once(self):
        invoices, attempts = self._pay_several_once_more(150, 100, 100)
        self.assertEqual(self._get_customer_balance(), -150)
        self.assertEqual([each._get_excess_amount() for each in attempts], [100, 50])
        for attempt in attempts:
            attempt.action_refund_excess()
            self._poll()
            attempts.invalidate_recordset()
        self.assertEqual([each._get_excess_amount() for each in attempts], [0, 0])
        self.assertEqual(self._get_customer_balance(), 0)
        for invoice in invoices:
            self._assert_paid(invoice)

    def test_what_one_charge_gives_back_no_other_offers(self):
        invoices, attempts = self._pay_several_once_more(100, 100, 100)
        self.assertEqual([each._get_excess_amount() for each in attempts], [100, 0])
        self.assertEqual([len(each.activity_ids) for each in attempts], [1, 0])
        rows = self.env["autopay.invariant"].sudo()._check_one("I6").offenders or []
        self.assertFalse({row[1] for row in rows} & set(invoices.ids))
        # The other charge goes back in the provider's dashboard: nothing is left over.
        self._refund(attempts[1])
        self._poll()
        attempts.invalidate_recordset()
        self.assertEqual([each._get_excess_amount() for each in attempts], [0, 0])
        self.assertFalse(attempts.activity_ids)
        self.assertEqual(self._get_customer_balance(), 0)

    def test_a_payment_of_less_than_both_goes_back_by_the_second_in_part(self):
        _invoices, attempts = self._pay_several_once_more(130, 40, 100)
        self.assertEqual([each._get_excess_amount() for each in attempts], [40, 90])

    def test_charge_gives_back_no_more_than_it_collected(self):
        invoice, attempt = self._confirm_error_after_the_charge()
        invoice.line_ids.remove_move_reconcile()
        invoice._reverse_moves([{"invoice_date": self.today}], cancel=True)
        self.env.invalidate_all()
        # Both payments are open: the other one goes back in its own way.
        self.assertEqual(self._get_customer_balance(), -200)
        self.assertEqual(attempt._get_excess_amount(), 100)
        attempt.action_refund_excess()
        self._poll()
        self.env.invalidate_all()
        self.assertEqual(attempt._get_excess_amount(), 0)
        self.assertEqual(self._get_customer_balance(), -100)

    def test_what_a_charge_has_over_itself_leaves_less_room_for_others(self):
        invoices, attempts = self._pay_several_once_more(150, 100, 100)
        invoices[0].line_ids.remove_move_reconcile()
        invoices[0]._reverse_moves([{"invoice_date": self.today}], cancel=True)
        self.env.invalidate_all()
        self.assertEqual([each._get_excess_amount() for each in attempts], [100, 100])

    def test_transfer_that_is_used_up_leads_to_no_other_invoice(self):
        invoices, attempts = self._pay_several_once_more(100, 60, 40)
        surplus = self.env["autopay.surplus"]
        self.assertEqual(len(surplus._get_claims(attempts[0])[0]), 2)
        # The transfer is applied, and the charges are over.
        transfer = invoices.transaction_ids.payment_id - attempts.payment_id
        invoices.line_ids.remove_move_reconcile()
        entries = invoices | transfer.move_id
        entries.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.env.invalidate_all()
        for invoice in invoices:
            self._assert_paid(invoice)
        claims, left = surplus._get_claims(attempts[0])
        self.assertEqual([*claims], [attempts[0]])
        self.assertEqual(left, {transfer: 0})
        self.assertEqual([each._get_excess_amount() for each in attempts], [60, 40])

    @fault(90)
    def test_daily_check_finds_what_has_slipped_through(self):
        with (
            patch.object(
                type(self.env["autopay.surplus"]),
                "_check",
                side_effect=ZeroDivisionError,
            ),
            mute_logger(SURPLUS_LOG),
        ):
            invoice, attempt = self._confirm_error_after_the_charge()
        self.assertFalse(attempt.activity_ids)
        self.assertTrue(invoice.transaction_ids.payment_id.mapped("state"))
        invariants = self.env["autopay.invariant"].sudo()
        rows = {row[1] for row in invariants._check_one("I6").offenders}
        self.assertIn(invoice.id, rows)
        self._run_cron("autopay.ir_cron_check_surplus")
        self._assert_told(invoice, attempt)
        rows = {row[1] for row in invariants._check_one("I6").offenders or []}
        self.assertNotIn(invoice.id, rows)

    def test_invoice_that_autopay_never_collected_is_left_to_odoo(self):
        invoice = self._create_posted_invoice(100)
        self._register_payment(invoice, 100)
        transaction = self._begin_payment(invoice)
        transaction._set_done()
        transaction._post_process()
        self._run_cron("autopay.ir_cron_check_surplus")
        self.assertFalse(invoice.activity_ids)

    def test_payment_of_the_rest_is_not_too_much(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt, 3000)
        self._poll()
        self.assertEqual(invoice.amount_residual, 30)
        transaction = self._begin_payment(invoice, 30)
        transaction._set_done()
        transaction._post_process()
        self._assert_paid(invoice)
        self.assertEqual(attempt._get_excess_amount(), 0)
        self.assertEqual(self._get_customer_balance(), 0)
