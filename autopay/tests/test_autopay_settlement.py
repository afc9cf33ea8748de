from datetime import timedelta
from runpy import run_path

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import file_path

from .common_reversal import ReversalCommon


@tagged("post_install", "-at_install")
class TestAutopaySettlement(ReversalCommon):
    """The status of an invoice follows what became of the money collected for it."""

    def setUp(self):
        super().setUp()
        # Whatever comes onto autopay is charged by the next run.
        self.company.write({"autopay_date_rule": "due", "autopay_date_offset": 0})

    def _reprice(self, invoice, amount, **values):
        """Reset a posted invoice, change what it comes to, post it again."""
        invoice.button_draft()
        lines = [Command.update(invoice.invoice_line_ids.id, {"price_unit": amount})]
        invoice.write({"invoice_line_ids": lines, **values})
        invoice.action_post()

    def _sum_charges(self, invoices):
        return sum(
            charge["amount"]
            for invoice in invoices
            for charge in self._get_charges(invoice)
        )

    def _modify(self, invoice):
        """Reverse an invoice and create a new one, as staff do; return the new one."""
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = self.env["account.move.reversal"].with_context(**context)
        wizard.create({"journal_id": invoice.journal_id.id}).modify_moves()
        return self.env["account.move"].search(
            [("autopay_replaced_id", "=", invoice.id)]
        )

    def _assert_not_charged(self, invoice, code):
        self.assertEqual(invoice.autopay_blocker, code)
        before = len(self._get_charges(invoice))
        self._run_autopay()
        self._charge_now(invoice)
        self.assertEqual(len(self._get_charges(invoice)), before)

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

    # === PAYMENT TAKEN OFF === #

    def test_payment_taken_off_by_hand_is_not_collected_again(self):
        invoice, attempt = self._collect(100)
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertIn(attempt.payment_id.name, invoice.autopay_explanation)
        self._assert_not_charged(invoice, "collected_open")
        lines = (invoice + attempt.payment_id.move_id).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual(invoice.autopay_status, "success")

    def test_payment_taken_out_of_the_books_is_not_collected_again(self):
        for act in ("action_draft", "action_cancel"):
            with self.subTest(act=act):
                invoice, attempt = self._collect(100)
                attempt.payment_id.action_draft()
                if act == "action_cancel":
                    attempt.payment_id.action_cancel()
                else:
                    attempt.payment_id.move_id.line_ids.remove_move_reconcile()
                self.assertEqual(invoice.autopay_status, "eligible")
                self.assertIn("post it again", invoice.autopay_explanation)
                self._assert_not_charged(invoice, "collected_open")

    def test_payment_applied_elsewhere_leaves_the_invoice_to_be_collected(self):
        invoice, attempt = self._collect(100)
        other = self._create_posted_invoice(100)
        invoice.line_ids.remove_move_reconcile()
        lines = (other + attempt.payment_id.move_id).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertFalse(invoice.autopay_blocker)
        self._run_autopay()
        self.assertEqual(self._sum_charges(invoice), 20000)

    def _assert_given_back_by_hand(self, amount):
        """Give money back without the provider: nothing is charged without a word."""
        invoice, attempt = self._collect(100)
        collected = attempt.payment_id
        repayment = self.env["account.payment"].create(
            {
                "amount": amount,
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "journal_id": collected.journal_id.id,
            }
        )
        repayment.action_post()
        invoice.line_ids.remove_move_reconcile()
        for move in (repayment.move_id, invoice):
            lines = (move + collected.move_id).line_ids
            lines.filtered(
                lambda line: (
                    line.account_type == "asset_receivable" and not line.reconciled
                )
            ).reconcile()
        self.assertEqual(invoice.amount_residual, amount)
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertIn(repayment.move_id.name, invoice.autopay_explanation)
        self._assert_not_charged(invoice, "collected_open")
        invoice.action_autopay_confirm_open()
        self._run_autopay()
        self.assertEqual(self._sum_charges(invoice), 10000 + amount * 100)

    def test_money_given_back_by_hand_is_not_collected_again(self):
        self._assert_given_back_by_hand(100)

    def test_part_given_back_by_hand_is_not_collected_again(self):
        self._assert_given_back_by_hand(30)

    def test_person_may_charge_nevertheless(self):
        invoice, _attempt = self._collect(100)
        invoice.line_ids.remove_move_reconcile()
        invoice.action_autopay_confirm_open()
        self.assertIn("Confirmed", invoice.message_ids[0].body)
        self._run_autopay()
        self.assertEqual(self._sum_charges(invoice), 20000)
        # The word holds for one charge.
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual(invoice.autopay_blocker, "collected_open")

    # === REVERSED AND CREATED ANEW === #

    def test_invoice_created_anew_is_not_collected_until_the_credit_is_applied(self):
        self.company.autopay_policy = "automatic"
        invoice, attempt = self._collect(100)
        new = self._modify(invoice)
        self.assertEqual(invoice.autopay_status, "success")
        new.invoice_line_ids.price_unit = 120
        new.action_post()
        self.assertEqual(new.autopay_status, "eligible")
        new.autopay_date = self.today
        self.assertIn(invoice.name, new.autopay_explanation)
        self._assert_not_charged(new, "collected_open")
        payment = attempt.payment_id.move_id.line_ids.filtered("account_id.reconcile")
        new.js_assign_outstanding_line(
            payment.filtered(lambda line: line.account_type == "asset_receivable").id
        )
        self.assertEqual(new.amount_residual, 20)
        self._run_autopay()
        self.assertEqual(self._sum_charges(invoice + new), 12000)

    def test_invoice_that_replaces_a_replacement_is_told_too(self):
        self.company.autopay_policy = "automatic"
        invoice, _attempt = self._collect(100)
        second = self._modify(invoice)
        second.action_post()
        second.sudo().autopay_status = False
        third = second.copy()
        third.sudo().autopay_replaced_id = second
        third.action_post()
        third.autopay_date = self.today
        self._assert_not_charged(third, "collected_open")

    def test_replacement_that_is_replaced_waits_for_the_money_of_the_first(self):
        self.company.autopay_policy = "automatic"
        invoice, _attempt = self._collect(100)
        second = self._modify(invoice)
        second.action_post()
        third = self._modify(second)
        third.action_post()
        third.write({"autopay_status": "eligible", "autopay_date": self.today})
        self._assert_not_charged(third, "collected_open")

    def test_each_of_many_replacements_knows_which_one_it_replaces(self):
        amounts = (30, 70, 50)
        charged = [self._collect(amount)[0] for amount in amounts]
        moves = self.env["account.move"].union(*charged)
        moves = moves.browse([charged[1].id, charged[0].id, charged[2].id])
        context = {"active_model": "account.move", "active_ids": moves.ids}
        wizard = self.env["account.move.reversal"].with_context(**context)
        wizard.create({"journal_id": moves.journal_id.id}).modify_moves()
        for invoice in charged:
            new = moves.search([("autopay_replaced_id", "=", invoice.id)])
            self.assertEqual(new.amount_total, invoice.amount_total)

    def test_invoice_issued_anew_for_a_cancelled_one_waits_for_its_money(self):
        invoice, attempt = self._collect(100)
        new = invoice.copy()
        invoice.button_draft()
        invoice.button_cancel()
        new.action_post()
        new.write({"autopay_status": "eligible", "autopay_date": self.today})
        self._assert_not_charged(new, "collected_open")
        self._refund(attempt)
        self._poll()
        self.assertFalse(new.autopay_blocker)

    def test_copy_of_a_collected_invoice_is_a_debt_of_its_own(self):
        invoice, _attempt = self._collect(100)
        copy = invoice.copy()
        copy.action_post()
        copy.write({"autopay_status": "eligible", "autopay_date": self.today})
        self.assertFalse(copy.autopay_blocker)

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
        line = wizard.line_ids.filtered(lambda line: line.move_id == refunded)
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
