from odoo import Command
from odoo.tests import tagged

from ..reversal.common_reversal import ReversalCommon
from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestAutopayPartsReturned(PartsCommon, ReversalCommon):
    """Money of one part that goes back makes this part due again, on its own day."""

    def _collect_first(self):
        """Return an invoice of 100 whose first part, of 30, is collected."""
        invoice = self._create_divided((30, 0), (70, 30), amount=100.0)
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [3000])
        return invoice, invoice.autopay_attempt_ids

    def test_part_that_was_refunded_is_collected_again_at_once(self):
        invoice, attempt = self._collect_first()
        self._refund(attempt)
        self._poll()
        self.assertEqual(invoice.autopay_date, self.today)
        invoice.action_autopay_collect_again()
        self.assertIn("at the next run", self._explain(invoice))
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [3000, 3000])
        self._run_on(31)
        self.assertEqual(sorted(self._get_amounts(invoice)), [3000, 3000, 7000])
        self.assertEqual(invoice.amount_residual, 0)

    def test_refund_of_a_share_leaves_the_next_part_alone(self):
        invoice, attempt = self._collect_first()
        self._refund(attempt, 1000)
        self._poll()
        invoice.action_autopay_collect_again()
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [3000, 1000])
        self._run_on(31)
        self.assertEqual(sum(self._get_amounts(invoice)), 11000)

    def test_disputed_part_that_is_won_leaves_the_next_on_its_day(self):
        invoice, attempt = self._collect_first()
        next_day = invoice.autopay_date
        ref = self.admin.open_dispute(attempt.object_ref)["id"]
        self._poll()
        self.assertEqual(invoice.autopay_date, self.today)
        self.admin.answer_dispute(ref)
        self.admin.win_dispute(ref)
        self._poll()
        self.assertEqual(invoice.autopay_date, next_day)
        self.assertEqual(invoice.autopay_status, "eligible")
        # The method may be charged again, a person says.
        self.token.sudo().autopay_paused_date = False
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [3000])
        self._run_on(31)
        self.assertEqual(invoice.amount_residual, 0)

    def test_rest_after_a_limit_is_charged_once_the_dispute_is_won(self):
        configuration = self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "token_id": self.token.id,
                "condition_ids": [Command.create({"number": 1.0})],
                "max_month_amount": 60.0,
                "cap_rule": "part",
            }
        )
        invoice = self._create_due_invoice(100)
        self._run_autopay()
        self.assertEqual(self._get_amounts(invoice), [6000])
        ref = self.admin.open_dispute(invoice.autopay_attempt_ids.object_ref)["id"]
        self._poll()
        self.assertEqual(invoice.autopay_status, "error")
        self.admin.answer_dispute(ref)
        self.admin.win_dispute(ref)
        self._poll()
        self.assertEqual(invoice.autopay_status, "eligible")
        configuration.max_month_amount = 0.0
        self.token.sudo().autopay_paused_date = False
        self._run_on(40)
        self.assertEqual(invoice.amount_residual, 0)
