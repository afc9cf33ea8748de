from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..reversal.common_reversal import ReversalCommon

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"


@tagged("post_install", "-at_install")
class TestAutopayCreditNote(ReversalCommon):
    """Credit notes of collected invoices, refunded at the provider in any way."""

    def _credit(self, invoice, amount):
        """Post a credit note of so much for an invoice."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "reason": "Goods came back"})
        )
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        note.invoice_line_ids.price_unit = amount
        note.action_post()
        return note

    def _refund_and_poll(self, attempt, amount_minor):
        self._refund(attempt, amount_minor)
        self._poll()

    def _assert_settled(self, invoice, *notes):
        """Check that nothing is open, and that nothing is charged again."""
        moves = invoice.union(*notes)
        moves.invalidate_recordset()
        self.assertEqual(moves.mapped("amount_residual"), [0.0] * len(moves))
        self.assertEqual(self._get_customer_balance(), 0)
        states = set(self._get_reversal(invoice.autopay_attempt_ids).mapped("state"))
        self.assertEqual(states, {"booked"})
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_credit_note_that_is_refunded_in_parts(self):
        invoice, attempt = self._collect(100)
        note = self._credit(invoice, 100)
        self._refund_and_poll(attempt, 3000)
        self._assert_paid(invoice)
        self.assertEqual(note.amount_residual, 70)
        self.assertEqual(invoice.autopay_status, "success")
        self._refund_and_poll(attempt, 3000)
        self._refund_and_poll(attempt, 4000)
        self._assert_settled(invoice, note)
        self._assert_paid(invoice)

    def test_part_of_the_invoice_is_credited_and_refunded_in_parts(self):
        invoice, attempt = self._collect(100)
        note = self._credit(invoice, 50)
        self._refund_and_poll(attempt, 2000)
        self._refund_and_poll(attempt, 3000)
        self._assert_settled(invoice, note)

    def test_two_credit_notes_are_refunded_at_once(self):
        invoice, attempt = self._collect(100)
        notes = [self._credit(invoice, 30), self._credit(invoice, 20)]
        self._refund_and_poll(attempt, 5000)
        self._assert_settled(invoice, *notes)

    def test_of_two_credit_notes_the_one_of_the_amount_is_paid(self):
        invoice, attempt = self._collect(100)
        first, second = self._credit(invoice, 30), self._credit(invoice, 20)
        self._refund_and_poll(attempt, 2000)
        self.assertEqual((first.amount_residual, second.amount_residual), (30, 0))
        self._refund_and_poll(attempt, 3000)
        self._assert_settled(invoice, first, second)

    def test_refund_comes_before_its_credit_note(self):
        invoice, attempt = self._collect(100)
        self._refund_and_poll(attempt, 10000)
        self.assertEqual(invoice.amount_residual, 100)
        note = self._credit(invoice, 100)
        self._assert_settled(invoice, note)

    def test_part_of_the_refund_comes_before_the_credit_note(self):
        invoice, attempt = self._collect(100)
        self._refund_and_poll(attempt, 3000)
        note = self._credit(invoice, 100)
        self.assertEqual(note.amount_residual, 70)
        self._refund_and_poll(attempt, 7000)
        self._assert_settled(invoice, note)

    def test_more_is_refunded_than_credited(self):
        invoice, attempt = self._collect(100)
        note = self._credit(invoice, 40)
        self._refund_and_poll(attempt, 6000)
        note.invalidate_recordset()
        self.assertEqual(note.amount_residual, 0)
        self.assertEqual(invoice.amount_residual, 20)
        self.assertEqual(self._get_customer_balance(), 20)

    def test_part_of_the_refunds_fails_later(self):
        invoice, attempt = self._collect(100)
        note = self._credit(invoice, 100)
        self._refund_and_poll(attempt, 3000)
        refund = self._refund(attempt, 7000)
        self._poll()
        self.admin.settle_refund(refund, "failed", "lost_or_stolen_card")
        self._poll()
        note.invalidate_recordset()
        self._assert_paid(invoice)
        self.assertEqual(note.amount_residual, 70)
        self.assertEqual(self._get_customer_balance(), -70)
        self._refund_and_poll(attempt, 7000)
        note.invalidate_recordset()
        self.assertEqual(note.amount_residual, 0)
        self.assertEqual(self._get_customer_balance(), 0)

    def test_refund_beyond_its_credit_note_that_fails_pays_the_invoice_again(self):
        invoice, attempt = self._collect(100)
        note = self._credit(invoice, 40)
        refund = self._refund(attempt, 6000)
        self._poll()
        self.admin.settle_refund(refund, "failed", "lost_or_stolen_card")
        self._poll()
        note.invalidate_recordset()
        self._assert_paid(invoice)
        self.assertEqual(note.amount_residual, 40)
        self.assertEqual(self._get_customer_balance(), -40)

    # === PAYMENTS WITHOUT JOURNAL ENTRY === #

    def _book_as_with_accounting(self):
        """Have Odoo book as with its Accounting, and no outstanding account."""
        moves = type(self.env["account.move"])
        self.startPatcher(
            patch.object(
                moves, "_get_invoice_in_payment_state", lambda _self: "in_payment"
            )
        )
        line = self.env["autopay.booking"]._get_method_line(self.provider)
        line.payment_account_id = False

    def test_provider_without_outstanding_account_is_booked_with_an_entry(self):
        self._book_as_with_accounting()
        invoice, attempt = self._collect(100)
        self.assertEqual(attempt.payment_id.move_id.state, "posted")
        self.assertEqual(invoice.amount_residual, 0)
        self._refund_and_poll(attempt, 3000)
        self.assertEqual(self._get_reversal(attempt).state, "booked")
        self.assertEqual(invoice.amount_residual, 30)
        account = attempt.payment_id.outstanding_account_id
        back = self._get_reversal(attempt).payment_ids
        self.assertEqual(back.outstanding_account_id, account)

    @mute_logger(STAGE_LOG)
    def test_payment_booked_without_entry_before_gets_one_for_its_refund(self):
        self._book_as_with_accounting()
        with patch.object(type(self.env["autopay.booking"]), "_require_entry"):
            invoice, attempt = self._collect(100)
        self.assertFalse(attempt.payment_id.move_id)
        self._refund_and_poll(attempt, 3000)
        self.assertEqual(self._get_reversal(attempt).state, "booked")
        self.assertEqual(attempt.payment_id.move_id.state, "posted")
        self.assertEqual(invoice.amount_residual, 30)
