from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common_guard import GuardCommon
from ..fault import fault

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"


@tagged("post_install", "-at_install")
class TestAutopayGuard(GuardCommon):
    # === WORDS === #

    def test_refusal_says_since_when_and_what_to_do(self):
        advice = {
            "prepared": "press Withdraw on the charge",
            "action_required": "press Withdraw on the charge",
            "unknown": "press Check with Provider Now on the charge",
            "pending": "wait for its answer",
        }
        for state, words in advice.items():
            invoice, attempt = self._leave(state)
            with self.subTest(state=state), self._assert_refused() as caught:
                invoice.button_draft()
            sentence = str(caught.exception)
            self.assertIn(words, sentence)
            self.assertIn(attempt.name, sentence)
            self.assertIn(invoice.name, sentence)
            self.assertIn(str(attempt.reserved_date.year), sentence)

    # === STAFF AND THE INVOICE === #

    @fault(23)
    @fault(54)
    def test_invoice_under_collection_keeps_its_state(self):
        invoice, _attempt = self._leave()
        moves = invoice.with_user(self.billing)
        acts = {
            "draft": moves.button_draft,
            "cancel": moves.button_cancel,
            "write": lambda: moves.write({"state": "draft"}),
            "delete": lambda: moves.with_context(force_delete=True).unlink(),
        }
        for name, act in acts.items():
            with self.subTest(act=name), self._assert_refused():
                act()
        self.assertEqual(invoice.state, "posted")

    def test_invoice_under_collection_keeps_customer_and_amount(self):
        invoice, _attempt = self._leave()
        other = self._create_customer("Blue River Mill")
        moves = invoice.with_user(self.billing).with_context(skip_readonly_check=True)
        line = moves.invoice_line_ids
        acts = {
            "customer": lambda: moves.write({"partner_id": other.id}),
            "lines": lambda: moves.write(
                {"invoice_line_ids": [Command.update(line.id, {"price_unit": 1})]}
            ),
            "price": lambda: line.write({"price_unit": 1}),
            "quantity": lambda: line.write({"quantity": 9}),
        }
        for name, act in acts.items():
            with self.subTest(act=name), self._assert_refused():
                act()
        self.assertEqual(invoice.amount_total, 100)

    def test_words_of_an_invoice_may_still_be_corrected(self):
        invoice, _attempt = self._leave()
        invoice.with_user(self.billing).ref = "PO 17"
        self.assertEqual(invoice.ref, "PO 17")

    @fault(23)
    def test_credit_note_is_refused_while_money_is_on_its_way(self):
        invoice, _attempt = self._leave()
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.billing)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        for name in ("refund_moves", "modify_moves"):
            with self.subTest(button=name), self._assert_refused():
                getattr(wizard, name)()

    def test_credit_note_made_before_is_not_posted_meanwhile(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice()
        note = invoice._reverse_moves()
        # A credit note that is a draft still holds the invoice, until a person says so.
        invoice.action_autopay_charge_anyway()
        self._run_autopay()
        with self._assert_refused():
            note.action_post()
        self.assertEqual(invoice.amount_residual, 100)

    def test_invoice_that_was_tried_is_canceled_not_deleted(self):
        self._enrol("pm_card_chargeCustomerFail")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "declined")
        invoice.button_draft()
        with self.assertRaisesRegex(UserError, f"{attempt.name}.*cancel the invoice"):
            invoice.with_user(self.billing).unlink()
        invoice.with_user(self.billing).button_cancel()
        self.assertEqual(invoice.state, "cancel")

    def test_after_the_end_everything_is_allowed_again(self):
        invoice, attempt = self._leave("action_required")
        self._press("action_withdraw", attempt, self.billing)
        self.assertEqual(attempt.state, "declined")
        invoice.with_user(self.billing).button_draft()
        self.assertEqual(invoice.state, "draft")

    def test_waiting_invoice_is_not_taken_off_autopay(self):
        invoice, _attempt = self._leave("action_required")
        moves = invoice.with_user(self.billing)
        with self._assert_refused():
            moves.action_autopay_remove()
        with self._assert_refused():
            moves.write({"autopay_status": False})
        with self._assert_refused():
            moves.action_autopay_make_eligible()
        self.assertEqual(invoice.autopay_status, "error")
