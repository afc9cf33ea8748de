from odoo import Command
from odoo.tests import tagged

from .common_trigger import TriggerCommon


@tagged("post_install", "-at_install")
class TestAutopayDeposit(TriggerCommon):
    """A deposit is paid at once, told as it stands, and never charged a second time."""

    def _run(self):
        for _number in range(2):
            self._collect_orders()
            self._run_autopay()
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")
        self.env.invalidate_all()

    def _take(self, **values):
        order = self._sell(self.prints, self.paper, autopay_deposit=0.3, **values)
        self._run()
        return order

    def _credit(self, invoice, price=None):
        """Credit an invoice as a whole, or a price of it."""
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = self.env["account.move.reversal"].with_context(**context)
        action = wizard.create({"journal_id": invoice.journal_id.id}).refund_moves()
        note = invoice.browse(action["res_id"])
        if price:
            note.invoice_line_ids.filtered("is_downpayment").price_unit = price
        note.action_post()
        return note

    def _get_canceled_calls(self, order):
        return order.activity_ids.filtered(
            lambda call: call.autopay_wait == "order_canceled"
        )

    # === THE WHOLE OF IT === #

    def test_deposit_is_paid_at_once_whatever_the_terms(self):
        days = self.env["account.payment.term"].create(
            {
                "name": "30 % now, the rest in 30 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": share, "nb_days": number}
                    )
                    for share, number in ((30, 0), (70, 30))
                ],
            }
        )
        early = self.env["account.payment.term"].create(
            {
                "name": "10 % in 7 days",
                "early_discount": True,
                "discount_percentage": 10,
                "discount_days": 7,
            }
        )
        for term in (days, early):
            with self.subTest(term.name):
                order = self._take(payment_term_id=term.id)
                # Customers have read that this is charged now.
                self.assertEqual(self._get_taken(order), [6000])
                self.assertEqual(order.invoice_ids.amount_residual, 0)
                self.assertEqual(order.invoice_ids.invoice_date_due, self.today)
                self._deliver(order)
                self._collect_orders()
                balance = order.invoice_ids.sorted("id")[-1]
                self.assertEqual(balance.invoice_payment_term_id, term)

    def test_down_payment_by_hand_is_paid_at_once_where_it_is_charged(self):
        term = self.env.ref("account.account_payment_term_30days")
        for collect, days in ((True, 0), (False, 30)):
            order = self._sell(self.prints, trigger=False, payment_term_id=term.id)
            wizard = (
                self.env["sale.advance.payment.inv"]
                .sudo()
                .create(
                    {
                        "sale_order_ids": [Command.set(order.ids)],
                        "advance_payment_method": "percentage",
                        "amount": 30,
                        "autopay_collect": collect,
                    }
                )
            )
            invoice = wizard._create_invoices(order)
            invoice.filtered(lambda move: move.state == "draft").action_post()
            waits = (invoice.invoice_date_due - self.today).days
            self.assertEqual(waits, days)

    # === HOW IT STANDS === #

    def test_deposit_that_was_declined_is_not_said_to_be_paid(self):
        self._enrol({"kind": "decline", "decline_code": "insufficient_funds"})
        order = self._take()
        [invoice] = order.invoice_ids
        self.assertIn("The deposit is not paid yet", order.autopay_sentence)
        self.assertIn(f"{invoice.name} (Retry Planned: ", order.autopay_sentence)
        self.assertTrue(order.autopay_is_halted)
        labels = dict(order._fields["autopay_progress"].selection)
        self.assertEqual(labels[order.autopay_progress], "Deposit Invoiced")
        self._enrol()
        invoice.action_autopay_make_eligible()
        self._run_autopay()
        self.env.invalidate_all()
        self.assertIn("The deposit is paid", order.autopay_sentence)
        self.assertFalse(order.autopay_is_halted)

    def test_deposit_whose_invoice_was_canceled_is_said_to_be_none(self):
        order = self._sell(self.prints, self.paper, autopay_deposit=0.3)
        self._collect_orders()
        order.invoice_ids.button_draft()
        order.invoice_ids.button_cancel()
        self.env.invalidate_all()
        self.assertIn("credited, canceled or deleted", order.autopay_sentence)
        self._deliver(order)
        self._run()
        self.assertEqual(self._get_taken(order), [20000])

    # === MONEY BACK === #

    def test_rest_of_a_deposit_that_was_credited_in_part_is_not_charged_again(self):
        order = self._take()
        self._credit(order.invoice_ids, price=20)
        self._deliver(order)
        self._run()
        # Odoo would invoice 200, of which the customer has paid 40.
        self._assert_stuck(order, "was credited in part")
        self.assertEqual(self._get_taken(order), [6000])
        self.assertFalse(order.invoice_ids.filtered(lambda move: move.state == "draft"))

    def test_deposit_that_was_credited_is_charged_with_the_rest(self):
        order = self._take()
        note = self._credit(order.invoice_ids)
        self.company.autopay_credit_policy = "apply"
        self._deliver(order)
        self._run()
        balance = order.invoice_ids.sorted("id")[-1]
        self.assertEqual(balance.amount_total, 200)
        self.assertEqual(note.amount_residual, 0)
        # The deposit pays a part of it after all.
        self.assertEqual(self._get_taken(order), [6000, 14000])

    def test_credit_notes_are_not_said_to_be_collected(self):
        order = self._sell(self.prints)
        self._deliver(order)
        self._run()
        self._credit(order.invoice_ids)
        self._force(order, autopay_progress="collecting")
        self.assertNotIn("RINV", order.autopay_sentence)

    # === CANCELED === #

    def test_person_is_called_to_a_canceled_order_of_which_money_is_kept(self):
        order = self._take()
        unpaid = self._sell(self.prints, autopay_deposit=0.3)
        (order | unpaid)._action_cancel()
        call = self._get_canceled_calls(order)
        self.assertIn("$\xa060.00 was collected", call.summary)
        self.assertIn(order.invoice_ids.name, call.note)
        self.assertFalse(self._get_canceled_calls(unpaid))
        order.action_draft()
        self.assertFalse(self._get_canceled_calls(order))
        order.action_confirm()
        self._credit(order.invoice_ids)
        order._action_cancel()
        self.assertFalse(self._get_canceled_calls(order))

    def test_person_is_called_when_money_comes_after_the_order_was_canceled(self):
        self._enrol("pm_usBankAccount_success")
        order = self._take()
        invoice = order.invoice_ids
        self.assertEqual(invoice.autopay_status, "in_progress")
        order._action_cancel()
        self.assertFalse(self._get_canceled_calls(order))
        self.admin.settle(invoice.autopay_attempt_ids.sudo().object_ref, "succeeded")
        self._resolve_autopay()
        self._run()
        self.assertEqual(invoice.autopay_status, "success")
        call = self._get_canceled_calls(order)
        self.assertEqual(len(call), 1)
        self.assertIn("$\xa060.00 was collected", call.summary)
        self.assertIn(invoice.name, call.note)

    def test_nobody_is_called_where_autopay_is_off(self):
        order = self._take()
        self.company.autopay_enabled = False
        order._action_cancel()
        self.assertFalse(self._get_canceled_calls(order))

    # === WHEN IT IS INVOICED === #

    def test_order_says_how_its_invoices_stand_without_its_trigger_too(self):
        term = self.env.ref("account.account_payment_term_30days")
        order = self._sell(self.service, trigger="confirmed", payment_term_id=term.id)
        self._run()
        order.autopay_trigger = False
        [invoice] = order.invoice_ids
        words = f"Being collected: {invoice.name} (Scheduled: "
        self.assertIn(words, order.autopay_sentence)
        self._force(invoice, autopay_standing="blocked", autopay_reason="in_dispute")
        words = f"Not charged as things stand: {invoice.name} (Blocked: "
        self.assertIn(words, order.autopay_sentence)
        invoice.action_autopay_remove()
        self._run()
        self.assertIn(invoice.name, order.autopay_sentence)
        self.assertNotIn("Being collected", order.autopay_sentence)
