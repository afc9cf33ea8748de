from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_settlement import SettlementCommon


@tagged("post_install", "-at_install")
class TestAutopayUnapplied(SettlementCommon):
    """Money that was collected and does not pay its invoice is not collected again."""

    def setUp(self):
        super().setUp()
        self.biller = self._create_user("biller", "account.group_account_invoice")

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

    def test_payment_that_books_less_than_was_taken_is_not_made_up_by_a_charge(self):
        euro = self.setup_other_currency("EUR")
        for values in ({"amount": 10}, {"currency_id": euro.id}):
            with self.subTest(values=values):
                invoice, attempt = self._collect(100)
                payment = attempt.payment_id
                payment.action_draft()
                payment.write(values)
                payment.action_post()
                self._assert_not_charged(invoice, "collected_open")
                self._pay_with(payment, invoice)
                self.assertEqual(invoice.payment_state, "partial")
                self.assertIn("books less", invoice.autopay_explanation)
                self._assert_not_charged(invoice, "collected_open")
                # A person may say so nevertheless.
                invoice.with_user(self.biller).action_autopay_confirm_open()
                self.assertFalse(invoice.autopay_blocker)

    def test_entry_that_books_less_than_was_taken_is_not_made_up_by_a_charge(self):
        invoice, attempt = self._collect(100)
        payment = attempt.payment_id
        payment.action_draft()
        debit, credit = payment.move_id.line_ids.sorted("balance", reverse=True)
        payment.move_id.line_ids = [
            Command.update(debit.id, {"debit": 40.0}),
            Command.update(credit.id, {"credit": 40.0}),
        ]
        payment.action_post()
        self._pay_with(payment, invoice)
        self._assert_not_charged(invoice, "collected_open")

    def test_money_of_a_canceled_invoice_was_not_paid_twice(self):
        invoice, attempt = self._collect(100)
        invoice.button_draft()
        invoice.button_cancel()
        self.env["autopay.surplus"]._check(invoice)
        told = attempt.excess_activity_id
        self.assertIn("Not owed any more: refund", told.summary)
        self.assertIn("canceled", told.note)
        self.assertNotIn("?", told.note)

    def test_what_was_only_written_into_the_payment_is_not_given_back(self):
        invoice, attempt = self._collect(100)
        payment = attempt.payment_id
        payment.action_draft()
        payment.amount = 130
        payment.action_post()
        self._pay_with(payment, invoice)
        self.env["autopay.surplus"]._check(invoice)
        self.assertFalse(attempt.excess_amount)
        self.assertFalse(attempt.excess_activity_id)

    def test_what_has_gone_back_is_not_given_back_once_more(self):
        """The payment of a refund is taken out of the books: the money is gone."""
        for act in ("cancel", "lower", "reverse"):
            with self.subTest(act=act):
                # The money that is open then would hold other invoices of a customer.
                customer = self._create_customer(act)
                self._enrol(customer=customer)
                invoice, attempt = self._collect(100, customer=customer)
                self._refund(attempt, 3000)
                self._poll()
                refund = attempt.reversal_ids.payment_ids
                self._undo(refund, act)
                self.env["autopay.surplus"]._check(invoice)
                self.assertFalse(attempt.excess_activity_id)
                with self.assertRaisesRegex(UserError, "Nothing of this charge"):
                    attempt.action_refund_excess()
                self.assertEqual(attempt.returned_amount, 30)

    def _undo(self, payment, act):
        if act == "reverse":
            payment.move_id._reverse_moves(cancel=True)
            return
        payment.action_draft()
        if act == "cancel":
            payment.action_cancel()
        else:
            payment.amount = 10
            payment.action_post()

    def test_payment_that_pays_another_customer_is_not_made_up_by_a_charge(self):
        invoice, attempt = self._collect(100)
        payment = attempt.payment_id
        other = self._create_posted_invoice(100, self._create_customer("Other Mill"))
        invoice.line_ids.remove_move_reconcile()
        payment.action_draft()
        payment.partner_id = other.partner_id
        payment.action_post()
        self._assert_not_charged(invoice, "collected_open")
        self._pay_with(payment, other)
        self.assertIn(other.name, invoice.autopay_explanation)
        self._assert_not_charged(invoice, "collected_open")

    def test_entry_of_a_payment_that_is_reversed_is_not_collected_again(self):
        invoice, attempt = self._collect(100)
        attempt.payment_id.move_id._reverse_moves(cancel=True)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(invoice.autopay_status, "eligible")
        self._assert_not_charged(invoice, "collected_open")

    def _pay_with(self, payment, invoice):
        lines = (payment.move_id | invoice).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        lines.reconcile()

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

    # === KEPT ASIDE === #

    def _cancel_collected(self):
        """Collect an invoice and cancel it; its payment stays open."""
        invoice, attempt = self._collect(100)
        invoice.button_draft()
        invoice.button_cancel()
        return attempt

    def _assert_held(self, *invoices):
        for invoice in invoices:
            self.assertEqual(invoice.autopay_blocker, "collected_open")
            self.assertIn("keep_aside", invoice.autopay_offers)

    def test_money_kept_aside_holds_no_later_invoice(self):
        attempt = self._cancel_collected()
        first, second = (self._create_due_invoice(amount) for amount in (40, 60))
        self._assert_held(first, second)
        self.assertIn("Keep It Aside", first.autopay_explanation)
        first.with_user(self.biller).action_autopay_keep_aside()
        self.assertEqual(attempt.aside_by_id, self.biller)
        self.assertEqual(attempt.aside_amount, 100)
        self.assertTrue(attempt.aside_date)
        for record in (attempt, attempt.payment_id):
            self.assertIn("kept aside", record.message_ids[0].body)
            self.assertEqual(record.message_ids[0].author_id, self.biller.partner_id)
        later = self._create_due_invoice(20)
        self._run_autopay()
        for invoice in (first, second, later):
            self._assert_paid(invoice)
        # The payment is open as before: nothing was applied by itself.
        self.assertEqual(attempt._get_excess_amount(), 100)

    def test_word_about_money_kept_aside_can_be_taken_back(self):
        attempt = self._cancel_collected()
        invoice = self._create_due_invoice(40)
        invoice.action_autopay_keep_aside()
        self.assertFalse(invoice.autopay_blocker)
        attempt.with_user(self.biller).action_ask_again()
        invoice.invalidate_recordset()
        self._assert_not_charged(invoice, "collected_open")
        self.assertFalse(attempt.aside_by_id or attempt.aside_date)
        self.assertIn("no longer kept aside", attempt.message_ids[0].body)
        # From the charge itself it works as well.
        attempt.with_user(self.biller).action_keep_aside()
        invoice.invalidate_recordset()
        self.assertFalse(invoice.autopay_blocker)

    def test_more_money_than_was_kept_aside_is_asked_about(self):
        attempt = self._cancel_collected()
        invoice = self._create_due_invoice(40)
        invoice.action_autopay_keep_aside()
        attempt.sudo().aside_amount = 99
        invoice.invalidate_recordset()
        self._assert_held(invoice)

    def test_money_kept_aside_that_was_applied_since_is_asked_about_again(self):
        attempt = self._cancel_collected()
        invoice = self._create_due_invoice(60)
        invoice.action_autopay_keep_aside()
        self._run_cron("autopay.ir_cron_check_surplus")
        self.assertEqual(attempt.aside_amount, 100)
        entries = invoice | attempt.payment_id.move_id
        entries.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        self._assert_paid(invoice)
        self._run_cron("autopay.ir_cron_check_surplus")
        self.env.invalidate_all()
        self.assertEqual(attempt.aside_amount, 40)
        self.assertIn("40.00", attempt.message_ids[0].body)
        later = self._create_due_invoice(20)
        self.assertFalse(later.autopay_blocker)
        # The invoice is issued anew: its money is open again.
        invoice.button_draft()
        invoice.button_cancel()
        self._assert_held(self._create_due_invoice(60))
        self._run_cron("autopay.ir_cron_check_surplus")
        self.env.invalidate_all()
        self.assertEqual(attempt.aside_amount, 40)
        bodies = attempt.message_ids.mapped("body")
        self.assertEqual(sum("still kept aside" in body for body in bodies), 1)

    def test_another_payment_is_asked_about_by_itself(self):
        self._cancel_collected()
        invoice = self._create_due_invoice(40)
        invoice.action_autopay_keep_aside()
        self._run_autopay()
        self._assert_paid(invoice)
        self._cancel_collected()
        self._assert_held(self._create_due_invoice(40))

    def test_money_of_the_invoice_itself_is_not_kept_aside(self):
        invoice, attempt = self._collect(100)
        invoice.line_ids.remove_move_reconcile()
        self.assertNotIn("keep_aside", invoice.autopay_offers or "")
        with self.assertRaisesRegex(UserError, "holds this one"):
            invoice.action_autopay_keep_aside()
        attempt.action_keep_aside()
        invoice.invalidate_recordset()
        self._assert_not_charged(invoice, "collected_open")

    def test_nothing_open_is_not_kept_aside(self):
        _invoice, attempt = self._collect(100)
        with self.assertRaisesRegex(UserError, "nothing to keep"):
            attempt.action_keep_aside()

    def test_only_billing_users_keep_money_aside(self):
        attempt = self._cancel_collected()
        invoice = self._create_due_invoice(40)
        reader = self._create_user("reader", "account.group_account_readonly")
        for act in (
            invoice.with_user(reader).action_autopay_keep_aside,
            attempt.with_user(reader).action_keep_aside,
            attempt.with_user(reader).action_ask_again,
            lambda: attempt.with_user(self.biller).write({"aside_amount": 100}),
        ):
            with self.assertRaises(AccessError):
                act()
        self.assertFalse(attempt.aside_date)

    # === ISSUED ANEW BY OTHER WAYS === #

    def test_copy_of_a_reversed_invoice_waits_for_its_money(self):
        invoice, attempt = self._collect(100)
        replacement = self._modify(invoice)
        copy = invoice.copy()
        copy.action_post()
        copy.write({"autopay_status": "eligible", "autopay_date": self.today})
        # As long as it is known which one takes its place, others are charged.
        self.assertFalse(copy.autopay_blocker)
        replacement.unlink()
        copy.invalidate_recordset()
        self._assert_held(copy)
        self._assert_not_charged(copy, "collected_open")
        lines = (copy + attempt.payment_id.move_id).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self._assert_paid(copy)

    def test_copy_of_a_credited_invoice_waits_until_the_money_went_back(self):
        invoice, attempt = self._collect(100)
        invoice._reverse_moves([{"invoice_date": self.today}], cancel=True)
        self.assertEqual(invoice.payment_state, "reversed")
        copy = self._create_due_invoice(100)
        self._assert_held(copy)
        self._refund(attempt)
        self._poll()
        self.assertFalse(copy.autopay_blocker)

    def test_copy_of_a_collected_invoice_is_a_debt_of_its_own(self):
        invoice, _attempt = self._collect(100)
        copy = invoice.copy()
        copy.action_post()
        copy.write({"autopay_status": "eligible", "autopay_date": self.today})
        self.assertFalse(copy.autopay_blocker)
