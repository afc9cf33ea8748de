from ast import literal_eval
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import AutopayCommon


def _spaced(text):
    """Return a text with plain spaces: amounts are written with others."""
    return text.replace("\xa0", " ").replace("&nbsp;", " ")


@tagged("post_install", "-at_install")
class OpenCreditCommon(AutopayCommon):
    """Factories for what can be open in a customer's favour."""

    def setUp(self):
        super().setUp()
        self._enrol()

    def _pay(self, amount, customer=None, **values):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (customer or self.customer).id,
                "amount": amount,
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": self.today,
                **values,
            }
        )
        payment.action_post()
        return payment

    def _credit(self, amount, customer=None, **values):
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": (customer or self.customer).id,
                "invoice_date": fields.Date.to_string(self.today),
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goodwill", "price_unit": amount, "tax_ids": []}
                    )
                ],
                **values,
            }
        )
        note.action_post()
        return note

    def _enter(self, amount, customer=None):
        """Post an entry by hand in the customer's favour."""
        receivable = self.company_data["default_account_receivable"]
        other = self.company_data["default_account_revenue"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": self.today,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "partner_id": (customer or self.customer).id,
                            "credit": amount,
                        }
                    ),
                    Command.create({"account_id": other.id, "debit": amount}),
                ],
            }
        )
        entry.action_post()
        return entry

    def _assert_held(self, invoice, *texts):
        """Expect that the invoice is held in words, and that nothing is charged."""
        invoice.invalidate_recordset()
        self.assertEqual(invoice.autopay_blocker, "open_credit")
        for text in texts:
            self.assertIn(text, _spaced(invoice.autopay_explanation))
        self._run_autopay()
        self.assertFalse(self._get_charges(invoice))
        self.assertEqual(invoice.autopay_status, "eligible")

    def _get_charged(self, invoice):
        return sum(entry["amount"] for entry in self._get_charges(invoice)) / 100


class TestAutopayOpenCredit(OpenCreditCommon):
    """By the policy *hold*, whatever is open holds an invoice till a person decides."""

    # === WHAT COUNTS === #

    def test_unapplied_payment_and_credit_note_hold_an_invoice(self):
        payment, note = self._pay(100), self._credit(30)
        invoice = self._create_due_invoice(100)
        self._assert_held(
            invoice, "$ 130.00", payment.move_id.name, note.name, "Charge Anyway"
        )
        self.assertIn("apply_credit", invoice.autopay_offers)

    def test_nothing_open_holds_nothing(self):
        paid = self._create_posted_invoice(100)
        payment = self._pay(100)
        (paid | payment.move_id).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        invoice = self._create_due_invoice(100)
        self._run_autopay()
        self.assertEqual(self._get_charged(invoice), 100)

    def test_entry_by_hand_holds_an_invoice(self):
        entry = self._enter(20)
        self._assert_held(self._create_due_invoice(100), "$ 20.00", entry.name)

    def test_credit_of_a_contact_counts_for_its_company_and_the_other_way_round(self):
        contact = self._create_customer("Kim Reed", parent_id=self.customer.id)
        self._enter(20, contact)
        self._assert_held(self._create_due_invoice(100))
        self._assert_held(self._create_due_invoice(100, contact))

    def test_credit_of_another_customer_holds_nothing(self):
        self._pay(100, self._create_customer("Blue Harbour Fish"))
        invoice = self._create_due_invoice(100)
        self.assertFalse(invoice.autopay_blocker)

    def test_credit_in_another_currency_is_said_in_its_own(self):
        euro = self.setup_other_currency("EUR")
        self._pay(40, currency_id=euro.id)
        self._assert_held(self._create_due_invoice(100), "40.00")
        self.assertIn("€", self._create_due_invoice(100).autopay_explanation)

    def test_draft_credit_note_holds_its_invoice_and_no_other(self):
        invoice, other = self._create_due_invoice(100), self._create_due_invoice(50)
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": invoice.journal_id.id}).refund_moves()
        self.assertEqual(invoice.reversal_move_ids.state, "draft")
        self._assert_held(invoice, "draft credit note")
        self.assertNotIn("apply_credit", invoice.autopay_offers or "")
        self.assertEqual(self._get_charged(other), 50)
        invoice.reversal_move_ids.unlink()
        self._run_autopay()
        self.assertEqual(self._get_charged(invoice), 100)

    def test_payment_without_journal_entry_holds_an_invoice(self):
        payment = self._pay_without_entry(25)
        self._assert_held(self._create_due_invoice(100), "$ 25.00")
        payment.action_validate()
        self.assertEqual(payment.state, "paid")
        self._assert_held(self._create_due_invoice(100), "$ 25.00")

    def test_payment_without_journal_entry_of_another_invoice_is_spoken_for(self):
        paid = self._create_posted_invoice(25)
        self._pay_without_entry(25, invoice_ids=[Command.set(paid.ids)])
        self.assertFalse(self._create_due_invoice(100).autopay_blocker)

    def _pay_without_entry(self, amount, **values):
        """Pay as with Odoo's Accounting and a journal without outstanding account."""
        moves = self.env.registry["account.move"]
        state = "_get_invoice_in_payment_state"
        self.startPatcher(patch.object(moves, state, lambda _self: "in_payment"))
        journal = self.company_data["default_journal_bank"]
        journal.inbound_payment_method_line_ids.payment_account_id = False
        payment = self._pay(amount, **values)
        self.assertFalse(payment.move_id)
        return payment

    def test_invoice_that_was_reset_corrected_and_posted_again(self):
        invoice = self._create_due_invoice(100)
        payment = self._pay(100)
        invoice.js_assign_outstanding_line(
            payment.move_id.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            ).id
        )
        self.assertNotIn(invoice.payment_state, ("not_paid", "partial"))
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 120
        invoice.action_post()
        self.assertEqual(invoice.amount_residual, 120)
        self._assert_held(invoice, "$ 100.00", payment.move_id.name)

    def test_credit_of_a_branch_is_credit_with_the_company(self):
        branch = self.env["res.company"].create(
            {"name": "Harbour Branch", "parent_id": self.company.id}
        )
        self.env.user.company_ids += branch
        invoice = self._create_due_invoice(100)
        entry = self._enter(30)
        self._force(entry, company_id=branch.id)
        for line in entry.line_ids:
            self._force(line, company_id=branch.id)
        self._assert_held(invoice, "$ 30.00")

    def test_credit_with_another_company_holds_nothing(self):
        other = self._create_company(name="Far Away Trading")
        note = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_refund",
                    "company_id": other.id,
                    "partner_id": self.customer.id,
                    "invoice_date": fields.Date.to_string(self.today),
                    "invoice_line_ids": [
                        Command.create({"name": "Goodwill", "price_unit": 30})
                    ],
                }
            )
        )
        note.action_post()
        self.assertFalse(self._create_due_invoice(100).autopay_blocker)

    # === WHAT A PERSON DECIDES === #

    def test_person_applies_it_and_the_rest_is_charged(self):
        payment, _note = self._pay(20), self._credit(30)
        invoice = self._create_due_invoice(100)
        invoice.action_autopay_apply_credit()
        self.assertEqual(invoice.amount_residual, 50)
        self.assertIn(payment.move_id.name, invoice.message_ids[0].body)
        self._run_autopay()
        self.assertEqual(self._get_charged(invoice), 50)
        self.assertEqual(invoice.amount_residual, 0)

    def test_two_credits_beyond_the_debt_pay_it_and_the_rest_stays(self):
        old = self._pay(80, date=fields.Date.subtract(self.today, days=5))
        new = self._pay(70)
        invoice = self._create_due_invoice(100)
        invoice.action_autopay_apply_credit()
        self.assertEqual(invoice.amount_residual, 0)
        self._run_autopay()
        self.assertFalse(self._get_charges(invoice))
        residuals = (old | new).move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(residuals.mapped("amount_residual"), [0.0, -50.0])

    def test_person_charges_anyway_and_new_credit_asks_again(self):
        self._pay(30)
        invoice = self._create_due_invoice(100)
        invoice.action_autopay_charge_anyway()
        self.assertFalse(invoice.autopay_blocker)
        self.assertEqual(invoice.sudo().autopay_credit_waived_by_id, self.env.user)
        self.assertIn("$ 30.00", _spaced(invoice.message_ids[0].body))
        note = self._credit(10)
        self._assert_held(invoice, "$ 10.00", note.name)
        self.assertNotIn("40.00", invoice.autopay_explanation)
        invoice.action_autopay_charge_anyway()
        self._run_autopay()
        self.assertEqual(self._get_charged(invoice), 100)

    def test_word_holds_for_the_amount_only(self):
        other = self._create_posted_invoice(30)
        payment = self._pay(50)
        line = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        other.js_assign_outstanding_line(line.id)
        invoice = self._create_due_invoice(100)
        invoice.action_autopay_charge_anyway()
        self.assertFalse(invoice.autopay_blocker)
        line.remove_move_reconcile()
        self._assert_held(invoice, "$ 50.00")

    def test_copy_of_an_invoice_does_not_take_the_word_along(self):
        self._pay(30)
        invoice = self._create_due_invoice(100)
        invoice.action_autopay_charge_anyway()
        self.assertFalse(invoice.copy().sudo().autopay_waived_credit)

    def _look(self, changed=()):
        """Run the job that looks at invoices, once all is committed.

        A test has one moment only: what it has changed was not looked at since.
        """
        for move in changed:
            self._force(move, autopay_standing_date=None)
        self.env.cr.flush()
        self._run_cron("autopay.ir_cron_refresh_status")
        self.env.invalidate_all()

    def test_list_of_what_credit_holds_is_settled_in_bulk(self):
        neighbour = self._create_customer("Blue Harbour Fish")
        self._enrol(customer=neighbour)
        self._pay(30)
        first, second = self._create_due_invoice(20), self._create_due_invoice(100)
        other = self._create_due_invoice(50, neighbour)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.account_move_action_autopay_credit"
        )
        domain = literal_eval(action["domain"])
        biller = self._create_user("bulk_biller", "account.group_account_invoice")
        self._look()
        listed = self.env["account.move"].with_user(biller).search(domain)
        self.assertEqual(listed & (first | second | other), first | second)
        told = (listed | other.with_user(biller)).action_autopay_apply_credit()
        self.assertEqual((first | second).mapped("amount_residual"), [0.0, 90.0])
        self.assertIn("Paid with open credit: 2", told["params"]["message"])
        self.assertIn("No open credit for that: 1", told["params"]["message"])
        self._pay(30)
        self._pay(40, neighbour)
        self._look()
        held = self.env["account.move"].with_user(biller).search(domain)
        self.assertEqual(held & (first | second | other), second | other)
        told = held.action_autopay_charge_anyway()
        self.assertIn("although credit is open: 2", told["params"]["message"])
        self._look(held)
        self.assertFalse(self.env["account.move"].search(domain) & held)
        self._run_autopay()
        charged = [self._get_charged(move) for move in (first, second, other)]
        self.assertEqual(charged, [0, 90, 50])
        stranger = self._create_user("bulk_stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self.env["account.move"].with_user(stranger).search(domain)

    def test_strangers_decide_nothing(self):
        self._pay(30)
        invoice = self._create_due_invoice(100)
        clerk = self._create_user("clerk", "base.group_user")
        reader = self._create_user("reader", "account.group_account_readonly")
        for user in (clerk, reader):
            for act in ("action_autopay_apply_credit", "action_autopay_charge_anyway"):
                with self.assertRaises(AccessError):
                    getattr(invoice.with_user(user), act)()
        biller = self._create_user("biller", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            invoice.with_user(biller).autopay_waived_credit = {}
        invoice.with_user(biller).action_autopay_apply_credit()
        self.assertEqual(invoice.amount_residual, 70)

    def test_buttons_of_a_page_that_is_out_of_date_say_so(self):
        payment = self._pay(30)
        invoice = self._create_due_invoice(100)
        payment.action_draft()
        for act in ("action_autopay_apply_credit", "action_autopay_charge_anyway"):
            with self.assertRaises(UserError):
                getattr(invoice, act)()

    def test_charge_now_says_the_same(self):
        self._pay(30)
        invoice = self._create_due_invoice(100)
        wizard = self.env["autopay.charge.now"].create({"move_ids": invoice.ids})
        self.assertEqual(wizard.skipped_ids.blocker, "open_credit")
        self.assertEqual(wizard.skipped_ids.explanation, invoice.autopay_explanation)
        self._charge_now(invoice)
        self.assertFalse(self._get_charges(invoice))

    def test_person_is_called(self):
        self._pay(30)
        invoice = self._create_due_invoice(100)
        yesterday = fields.Date.subtract(self.today, days=1)
        invoice.autopay_date = yesterday
        self._resolve_autopay()
        activity = self.customer.activity_ids.filtered("autopay_wait")
        self.assertIn(invoice.name, activity.summary)
        self.assertIn("Charge Anyway", activity.note)

    # === WHERE NOTHING IS TO FIND === #

    def test_off_is_off(self):
        self._pay(30)
        self.company.autopay_enabled = False
        invoice = self._create_due_invoice(100)
        self.assertEqual(invoice.autopay_blocker, "company_off")

    def test_batch_takes_no_query_more_for_more_invoices(self):
        self._pay(30)
        few = self._create_due_invoice(10) | self._create_due_invoice(10)
        many = few.browse()
        for _number in range(8):
            many |= self._create_due_invoice(10)
        self.env.flush_all()
        counts = []
        for moves in (few, few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            decisions = self.env["autopay.decision"]._decide(moves)
            counts.append(self.env.cr.sql_log_count - before)
            blockers = {decision.blocker for decision in decisions.values()}
            self.assertEqual(blockers, {"open_credit"})
        # The first one reads what later ones know.
        self.assertEqual(counts[1], counts[2])
