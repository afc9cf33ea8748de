from datetime import timedelta
from runpy import run_path

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import file_path

from .common_settlement import SettlementCommon


@tagged("post_install", "-at_install")
class TestAutopaySettlement(SettlementCommon):
    """The status of an invoice follows what became of the money collected for it."""

    # === RAISED AND LOWERED === #

    def test_rest_of_a_raised_invoice_is_collected(self):
        invoice, _attempt = self._collect(100)
        self._reprice(invoice, 150)
        self.assertEqual(invoice.amount_residual, 50)
        self.assertEqual(invoice.autopay_status, "eligible")
        self._run_autopay()
        self._assert_paid(invoice)
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(self._sum_charges(invoice), 15000)

    def test_rest_of_a_raised_invoice_waits_for_its_new_due_date(self):
        invoice, _attempt = self._collect(100)
        later = self.today + timedelta(days=20)
        invoice.sudo().autopay_date_source = "rule"
        self._reprice(
            invoice, 150, invoice_payment_term_id=False, invoice_date_due=later
        )
        self.assertEqual(invoice.autopay_date, later)
        self.assertEqual(invoice.autopay_blocker, "date_not_reached")

    def test_rest_says_what_stands_in_its_way(self):
        invoice, _attempt = self._collect(100)
        self.customer.with_company(self.company).autopay_policy = "off"
        self._reprice(invoice, 150)
        self.assertEqual(invoice.autopay_blocker, "customer_off")
        self.customer.with_company(self.company).autopay_policy = False
        self.company.autopay_approval_limit = 10
        self._reprice(invoice, 160)
        self.assertEqual(invoice.autopay_blocker, "needs_approval")

    def test_rest_of_what_a_person_charged_does_not_come_onto_autopay(self):
        invoice = self._create_posted_invoice()
        self._charge_now(invoice)
        self.assertEqual(invoice.autopay_status, "success")
        self._reprice(invoice, 150)
        self.assertFalse(invoice.autopay_status)

    def test_lowered_or_unchanged_invoice_stays_collected(self):
        invoice, _attempt = self._collect(100)
        for amount in (100, 80):
            self._reprice(invoice, amount)
            self.assertEqual(invoice.autopay_status, "success")
        self._run_autopay()
        self.assertEqual(self._sum_charges(invoice), 10000)

    def test_customer_changed_in_draft_is_not_charged_for_what_another_paid(self):
        invoice, _attempt = self._collect(100)
        other = self._create_customer("Second Payer")
        self._enrol(customer=other)
        invoice.button_draft()
        invoice.line_ids.remove_move_reconcile()
        invoice.partner_id = other
        invoice.action_post()
        self.assertEqual(invoice.amount_residual, 100)
        self._assert_not_charged(invoice, "collected_open")

    # === BLOCKED IN ODOO === #

    def _pay_by_hand(self, invoice, amount):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        payment = {"amount": amount, "payment_difference_handling": "open"}
        wizard.create(payment)._create_payments()

    def test_blocked_rest_that_is_paid_in_part_stays_on_autopay(self):
        invoice, _attempt = self._collect(100)
        self._reprice(invoice, 200)
        invoice.action_toggle_block_payment()
        self._pay_by_hand(invoice, 30)
        self.assertEqual(invoice.payment_state, "blocked")
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertEqual(invoice._group_for_eligible(), {"already": invoice})
        invoice.action_toggle_block_payment()
        self._run_autopay()
        self._assert_paid(invoice)
        self.assertEqual(self._sum_charges(invoice), 17000)

    def test_blocked_rest_that_is_paid_whole_is_settled(self):
        invoice, _attempt = self._collect(100)
        self._reprice(invoice, 200)
        invoice.action_toggle_block_payment()
        self._pay_by_hand(invoice, 100)
        self.assertEqual(invoice.autopay_status, "success")

    def test_refund_of_a_blocked_invoice_waits_for_a_word(self):
        invoice, attempt = self._collect(100)
        self._reprice(invoice, 200)
        invoice.action_toggle_block_payment()
        self._refund(attempt)
        self._poll()
        self.assertTrue(invoice.autopay_refunded)
        self._pay_by_hand(invoice, 30)
        self.assertTrue(invoice.autopay_refunded)

    # === REFUNDED === #

    def _refund_whole(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt)
        self._poll()
        return invoice

    def test_refunded_invoice_waits_for_a_person(self):
        invoice = self._refund_whole()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertTrue(invoice.autopay_refunded)
        self.assertEqual(invoice.autopay_shown_status, "refunded")
        self.assertEqual(invoice.autopay_blocker, "money_returned")
        self.assertIn("was refunded on", invoice.autopay_explanation)
        self.assertIn("credit note", invoice.autopay_explanation)
        self.assertFalse(invoice._has_to_be_paid())
        self.assertTrue(invoice.no_followup)
        self.assertIn("nothing to pay", invoice._get_online_payment_error())
        activity = invoice.activity_ids
        self.assertEqual(activity.date_deadline, self.today + timedelta(days=7))
        self._run_autopay()
        self.assertEqual(self._sum_charges(invoice), 10000)

    def test_refunded_invoice_is_collected_again_when_staff_say_so(self):
        invoice = self._refund_whole()
        invoice.action_autopay_collect_again()
        self.assertFalse(invoice.autopay_refunded or invoice.activity_ids)
        self.assertTrue(invoice._has_to_be_paid())
        self.assertFalse(invoice.no_followup)
        self._run_autopay()
        self._assert_paid(invoice)
        self.assertEqual(invoice.autopay_status, "success")

    def test_raise_after_a_refund_that_was_collected_again_is_no_refund(self):
        invoice = self._refund_whole()
        invoice.action_autopay_collect_again()
        self._run_autopay()
        self._reprice(invoice, 130)
        self.assertFalse(invoice.autopay_refunded)
        self._run_autopay()
        self._assert_paid(invoice)
        self.assertEqual(self._sum_charges(invoice), 23000)

    def test_refund_after_a_refund_that_was_collected_again_asks_again(self):
        invoice = self._refund_whole()
        invoice.action_autopay_collect_again()
        self._run_autopay()
        self._refund(invoice.autopay_attempt_ids.sorted("id")[-1])
        self._poll()
        self.assertEqual(invoice.autopay_blocker, "money_returned")
        self._run_autopay()
        self.assertEqual(self._sum_charges(invoice), 20000)

    def test_decline_after_a_refund_is_told_as_a_decline(self):
        invoice = self._refund_whole()
        self._enrol("pm_card_visa_chargeDeclined")
        invoice.autopay_token_id = self.customer.autopay_token_id
        invoice.action_autopay_collect_again()
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "error")
        invoice.sudo().autopay_retry_date = False
        self.assertEqual(invoice.autopay_blocker, "failed")
        self.assertIn(invoice, self.customer._get_autopay_failed_moves(self.company))

    def test_refunded_invoices_among_many_are_not_collected_by_one_click(self):
        refunded, other = self._refund_whole(), self._create_posted_invoice()
        answer = (refunded + other).action_autopay_make_eligible()
        self.assertTrue(refunded.autopay_refunded)
        self.assertEqual(other.autopay_status, "eligible")
        self.assertIn("still owed", answer["params"]["message"])
        wizard = self.env["autopay.charge.now"].create(
            {"move_ids": [Command.set((refunded + other).ids)]}
        )
        line = wizard._get_lines().filtered(lambda rec: rec.move_id == refunded)
        self.assertEqual(line.mark, "money_returned")

    def test_refunded_invoice_that_is_canceled_asks_nothing_more(self):
        invoice = self._refund_whole()
        invoice.button_cancel()
        self.assertFalse(invoice.autopay_refunded or invoice.activity_ids)
        invoice.button_draft()
        invoice.action_post()
        self.assertTrue(invoice.autopay_refunded)

    def test_credit_note_of_a_refund_settles_the_invoice(self):
        invoice = self._refund_whole()
        action = invoice.action_autopay_credit_note()
        self.assertIn("100.00", action["context"]["default_reason"])
        wizard = self.env["account.move.reversal"].with_context(**action["context"])
        wizard.create({"journal_id": invoice.journal_id.id}).refund_moves()
        note = invoice.reversal_move_ids
        note.action_post()
        self.assertIn(invoice.payment_state, ("paid", "reversed", "in_payment"))
        self.assertFalse(invoice.autopay_refunded or invoice.activity_ids)
        # Without it the question is open again.
        note.line_ids.remove_move_reconcile()
        self.assertTrue(invoice.autopay_refunded)

    def test_credit_note_of_a_part_is_one_of_that_part(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt, 3333)
        self._poll()
        action = invoice.action_autopay_credit_note()
        wizard = self.env["account.move.reversal"].with_context(**action["context"])
        wizard.create({"journal_id": invoice.journal_id.id}).refund_moves()
        note = invoice.reversal_move_ids
        self.assertEqual(note.amount_total, 33.33)
        note.action_post()
        self.assertFalse(invoice.autopay_refunded)
        self.assertEqual((note.amount_residual, invoice.amount_residual), (0, 0))

    def test_credit_note_of_a_part_with_taxes_and_several_lines(self):
        tax = self.env["account.tax"].create({"name": "Seven", "amount": 7.0})
        lines = [
            {"quantity": 3, "price_unit": price, "tax_ids": [Command.set(tax.ids)]}
            for price in (9.99, 0.07, 123.45)
        ]
        move = self._create_posted_invoice()
        move.button_draft()
        move.write({"invoice_line_ids": [Command.clear(), *map(Command.create, lines)]})
        move.action_post()
        wizards = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids, autopay_credit_amount=77.0
        )
        wizards.create({"journal_id": move.journal_id.id}).refund_moves()
        self.assertEqual(move.reversal_move_ids.amount_total, 77.0)

    def test_refund_of_a_part_keeps_the_rest(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt, 4000)
        self._poll()
        self.assertEqual(invoice.amount_residual, 40)
        self.assertTrue(invoice.autopay_refunded)
        self.assertIn("40.00 refunded", invoice.activity_ids.summary)
        invoice.action_autopay_collect_again()
        self._run_autopay()
        self.assertEqual(self._sum_charges(invoice), 14000)

    def test_refund_of_another_part_asks_about_both(self):
        invoice, attempt = self._collect(100)
        for minor, told in ((4000, "40.00"), (3000, "70.00")):
            self._refund(attempt, minor)
            self._poll()
            self.assertEqual(len(invoice.activity_ids), 1)
            self.assertIn(f"{told} refunded", invoice.activity_ids.summary)

    def test_dispute_that_is_won_ends_though_a_part_was_refunded(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt, 4000)
        self._poll()
        dispute = self.admin.open_dispute(attempt.charge_ref)
        self._poll()
        self.assertTrue(invoice.autopay_in_dispute)
        self.admin.win_dispute(dispute["id"])
        self._poll()
        self.assertEqual(invoice.amount_residual, 40)
        self.assertFalse(invoice.autopay_in_dispute)
        self.assertTrue(invoice.autopay_refunded)
        self.assertEqual(invoice.autopay_blocker, "money_returned")

    def test_refund_against_a_credit_note_asks_nothing(self):
        invoice, attempt = self._collect(100)
        note = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.action_post()
        self._refund(attempt)
        self._poll()
        self._assert_paid(invoice)
        self.assertFalse(invoice.autopay_refunded or invoice.activity_ids)
        self.assertEqual(invoice.autopay_status, "success")

    def test_refund_that_failed_ends_the_question(self):
        invoice, attempt = self._collect(100)
        ref = self._refund(attempt)
        self._poll()
        self.assertTrue(invoice.autopay_refunded)
        self.admin.settle_refund(ref, "failed", "declined")
        self._poll()
        self._assert_paid(invoice)
        self.assertFalse(invoice.autopay_refunded or invoice.activity_ids)
        self.assertEqual(invoice.autopay_status, "success")

    def test_dispute_is_no_refund(self):
        invoice, attempt = self._collect(100)
        self.admin.open_dispute(attempt.object_ref)
        self._poll()
        self.assertEqual(invoice.autopay_status, "error")
        self.assertFalse(invoice.autopay_refunded)
        self.assertIn("was charged back on", attempt.explanation)

    def test_follow_ups_that_staff_have_stopped_stay_stopped(self):
        invoice, attempt = self._collect(100)
        invoice.no_followup = True
        self._refund(attempt)
        self._poll()
        invoice.action_autopay_collect_again()
        self.assertTrue(invoice.no_followup)

    def test_refunds_of_databases_that_are_updated_wait_for_a_person(self):
        refunded, disputed = self._refund_whole(), self._collect(100)
        self.admin.open_dispute(disputed[1].object_ref)
        self._poll()
        # As it was before.
        refunded.sudo().write({"autopay_refunded": False, "autopay_status": "error"})
        script = file_path("autopay/migrations/19.0.1.1.0/post-autopay_refunds.py")
        run_path(script)["migrate"](self.env.cr, "19.0.1.0.0")
        self.assertTrue(refunded.autopay_refunded)
        self.assertEqual(refunded.autopay_status, "success")
        self.assertEqual(disputed[0].autopay_status, "error")
