from odoo import Command
from odoo.tests import tagged

from ..common_discount import DiscountCommon
from .common_reversal import ReversalCommon


@tagged("post_install", "-at_install")
class TestAutopayDiscountReturned(DiscountCommon, ReversalCommon):
    """A customer who has all of the money back has paid nothing in time."""

    def _collect_discounted(self, **values):
        values.setdefault("invoice_line_ids", [self._prepare_taxed_row()])
        invoice = self._create_discounted(**values)
        self._run_autopay()
        self.assertEqual(invoice.amount_residual, 0)
        return invoice, invoice.autopay_attempt_ids

    def _prepare_taxed_row(self):
        taxes = self.env["account.tax"].create(
            [
                {"name": f"{rate} %", "amount": rate, "company_id": self.company.id}
                for rate in (21, 5.5)
            ]
        )
        return Command.create(
            {"name": "Service", "price_unit": 100, "tax_ids": taxes.ids}
        )

    def _get_tax_balance(self, invoice):
        """Return what the books say of tax, of the invoice and of its payments."""
        items = self.env["account.move.line"].search(
            [
                ("tax_line_id.company_id", "=", self.company.id),
                ("partner_id", "=", self.customer.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return sum(items.mapped("balance"))

    def test_full_refund_takes_the_discount_back(self):
        invoice, attempt = self._collect_discounted()
        self.assertEqual(attempt.amount, 123.97)
        self._refund(attempt)
        self._poll()
        self.assertEqual(invoice.amount_residual, 126.5)
        self.assertEqual(self._get_customer_balance(), 126.5)
        self.assertEqual(self._get_provider_balance(), 0)
        self.assertAlmostEqual(self._get_tax_balance(invoice), -26.5)
        self.assertEqual(invoice._get_autopay_refunded_amount(), 126.5)

    def test_dispute_takes_it_back_and_gives_it_again_when_we_win(self):
        invoice, attempt = self._collect_discounted()
        reduced = self._get_tax_balance(invoice)
        ref = self.admin.open_dispute(attempt.object_ref)["id"]
        self._poll()
        self.assertEqual(invoice.amount_residual, 126.5)
        self.admin.answer_dispute(ref)
        self.admin.win_dispute(ref)
        self._poll()
        self._assert_paid(invoice)
        self.assertEqual(self._get_customer_balance(), 0)
        self.assertAlmostEqual(self._get_tax_balance(invoice), reduced)

    def test_refund_of_a_part_leaves_the_discount_and_the_last_part_takes_it(self):
        invoice, attempt = self._collect_discounted()
        self._refund(attempt, 4000)
        self._poll()
        self.assertEqual(invoice.amount_residual, 40)
        self._refund(attempt, 8397)
        self._poll()
        self.assertEqual(invoice.amount_residual, 126.5)
        self.assertEqual(self._get_provider_balance(), 0)

    def test_two_parts_that_are_read_at_once_take_it_back_once(self):
        invoice, attempt = self._collect_discounted()
        self._refund(attempt, 4000)
        self._refund(attempt, 8397)
        self._poll()
        self.assertEqual(invoice.amount_residual, 126.5)
        self.assertEqual(self._get_customer_balance(), 126.5)

    def test_refund_that_odoo_books_first_takes_it_back(self):
        invoice, attempt = self._collect_discounted()
        wizard = self.env["payment.refund.wizard"].with_context(
            active_id=attempt.payment_id.id
        )
        wizard.create({"amount_to_refund": 123.97}).action_refund()
        self._run_cron("payment.cron_post_process_payment_tx")
        self._poll()
        self.assertEqual(invoice.amount_residual, 126.5)
        self.assertEqual(self._get_customer_balance(), 126.5)

    def test_credit_note_of_the_whole_invoice_leaves_nothing(self):
        invoice, attempt = self._collect_discounted()
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        reversal.create(
            {"journal_id": invoice.journal_id.id, "date": self.today}
        ).refund_moves()
        invoice.reversal_move_ids.action_post()
        self._refund(attempt)
        self._poll()
        self.assertEqual(self._get_customer_balance(), 0)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(invoice.reversal_move_ids.amount_residual, 0)

    def _cancel_collected(self):
        """Cancel an invoice that was charged with a discount; return its attempt."""
        invoice, attempt = self._collect_discounted()
        invoice.button_draft()
        invoice.button_cancel()
        return attempt

    def test_money_of_a_canceled_invoice_is_what_was_charged(self):
        attempt = self._cancel_collected()
        self.assertEqual(attempt._get_excess_amount(), 123.97)
        shown = attempt.with_context(autopay_shown_amount=123.97)
        shown.action_refund_excess()
        self._run_cron("payment.cron_post_process_payment_tx")
        self._poll()
        self.assertEqual(attempt._get_excess_amount(), 0)
        self.assertEqual(self._get_customer_balance(), 0)
        self.assertEqual(self._get_provider_balance(), 0)

    def test_money_of_a_canceled_invoice_can_be_kept_aside(self):
        attempt = self._cancel_collected()
        anew = self._create_due_invoice(60)
        self.assertEqual(anew.autopay_blocker, "collected_open")
        attempt.action_keep_aside()
        self.assertEqual(attempt.aside_amount, 123.97)
        self._run_autopay()
        self._assert_paid(anew)
        found = self.env["autopay.invariant"].sudo()._check_one("I21")
        self.assertNotEqual(found.verdict, "breach")

    def _fail(self, ref):
        """Have a refund come back that had been made."""
        self.admin.settle_refund(ref, "failed", "expired_or_canceled_card")
        self._poll()

    def _assert_given_again(self, place, left):
        """Check what is open once the refund at this place has come back.

        :param float left: what is open then
        """
        invoice, attempt = self._collect_discounted()
        reduced = self._get_tax_balance(invoice)
        refs = [self._refund(attempt, 4000), self._refund(attempt, 8397)]
        self._poll()
        self.assertEqual(invoice.amount_residual, 126.5)
        self._fail(refs[place])
        self.assertEqual(invoice.amount_residual, left)
        self.assertEqual(invoice._get_autopay_refunded_amount(), left)
        self._fail(refs[1 - place])
        self._assert_paid(invoice)
        self.assertAlmostEqual(self._get_tax_balance(invoice), reduced)

    def test_discount_holds_again_when_the_first_part_comes_back(self):
        self._assert_given_again(0, 83.97)

    def test_discount_holds_again_when_the_last_part_comes_back(self):
        self._assert_given_again(1, 40)

    def test_second_refund_takes_back_what_a_failed_one_has_given_again(self):
        invoice, attempt = self._collect_discounted()
        ref = self._refund(attempt)
        self._poll()
        self._fail(ref)
        self._assert_paid(invoice)
        self._refund(attempt)
        self._poll()
        self.assertEqual(invoice.amount_residual, 126.5)
        self.assertEqual(self._get_provider_balance(), 0)
        self.assertEqual(invoice._get_autopay_refunded_amount(), 126.5)
