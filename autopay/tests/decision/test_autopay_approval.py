from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import AutopayCommon

MANAGER = "account.group_account_manager"


@tagged("post_install", "-at_install")
class TestAutopayApproval(AutopayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.autopay_approval_limit = 1000.0
        cls.first = cls._create_user("first", MANAGER)
        cls.second = cls._create_user("second", MANAGER)
        cls.biller = cls._create_user("biller", "account.group_account_invoice")

    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    def _mark(self, amount, user=None):
        """Post an invoice and put it on autopay for today."""
        invoice = self._create_posted_invoice(amount)
        invoice.autopay_date = self.today
        invoice.with_user(user or self.first).action_autopay_make_eligible()
        return invoice

    def _get_open(self, invoice):
        return invoice.autopay_approval_ids.filtered(
            lambda rec: rec.state in ("waiting", "approved", "refused")
        )

    def test_charge_up_to_the_limit_needs_nobody(self):
        invoice = self._mark(1000.0)
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertFalse(invoice.autopay_approval_ids)

    def test_managers_comment_on_what_they_cannot_write(self):
        invoice = self._mark(1000.01)
        self._run_autopay()
        approval = self._get_open(invoice)
        words = "Asked the customer"
        note = approval.with_user(self.second).message_post(body=words)
        self.assertEqual(note.author_id, self.second.partner_id)

    def test_invoice_leads_to_its_approval(self):
        invoice = self._mark(5000.0)
        approval = self._get_open(invoice)
        action = invoice.with_user(self.biller).action_autopay_open_approval()
        self.assertEqual(action["res_id"], approval.id)
        approval.with_user(self.second).action_refuse()
        wizard = self.env["autopay.charge.now"].create(
            {"move_ids": [Command.set(invoice.ids)]}
        )
        self.assertEqual(wizard.offer, "open_approval")
        self.assertEqual(wizard.action_offer()["res_id"], approval.id)
        approval.with_user(self.biller).action_ask_again()
        again = self._get_open(invoice)
        again.with_user(self.second).action_approve()
        self._run_autopay()
        with self.assertRaisesRegex(UserError, "needs no approval any more"):
            invoice.with_user(self.second).action_autopay_open_approval()

    def test_charge_with_a_chosen_method_can_be_approved(self):
        other = self._create_token(payment_details="1111")
        consents = self.env["autopay.authorization"]
        consents._record(self.customer, self.company, other, "phone")
        invoice = self._mark(5000.0)
        by_rule = self._get_open(invoice)
        self.assertEqual(by_rule.token_id, self.token)
        wizard = self.env["autopay.charge.now"].with_user(self.biller)
        wizard = wizard.create({"move_ids": [Command.set(invoice.ids)]})
        wizard.token_id = other
        action = wizard.action_offer()
        asked = self._get_open(invoice)
        self.assertEqual((action["res_id"], asked.token_id), (asked.id, other))
        self.assertEqual(by_rule.state, "lapsed")
        # The run asks about nothing else, and charges what is approved.
        self._run_autopay()
        self.assertEqual(self._get_open(invoice), asked)
        asked.with_user(self.second).action_approve()
        self._run_autopay()
        self.assertEqual(asked.state, "used")
        self.assertEqual(invoice.autopay_attempt_ids.token_id, other)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_charge_that_the_engine_asked_about_can_be_approved(self):
        """The method was agreed to with the charge: nobody could ask before."""
        other = self._create_token(payment_details="1111")
        invoice = self._mark(5000.0)
        consents = self.env["autopay.authorization"]
        consents._record(self.customer, self.company, other, "staff")
        self._charge_now(invoice, {invoice.id: other}, {invoice.id: 5000.0})
        self.env.invalidate_all()
        self.assertFalse(invoice.autopay_attempt_ids)
        asked = self._get_open(invoice)
        self.assertEqual((asked.token_id, asked.state), (other, "waiting"))
        asked.with_user(self.second).action_approve()
        self.assertEqual(asked.state, "approved")
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.token_id, other)

    def test_invoice_that_nobody_was_asked_about_asks_for_its_approval(self):
        self.company.autopay_approval_limit = 0
        invoice = self._mark(5000.0)
        self.company.autopay_approval_limit = 1000.0
        self.assertFalse(self._get_open(invoice))
        # A person who only looks it up has no hand in the charge.
        action = invoice.with_user(self.second).action_autopay_open_approval()
        approval = self._get_open(invoice)
        self.assertEqual(action["res_id"], approval.id)
        approval.with_user(self.second).action_approve()
        self.assertEqual(approval.state, "approved")

    def test_invoice_of_another_amount_leads_to_a_new_question(self):
        invoice = self._mark(5000.0)
        old = self._get_open(invoice)
        old.with_user(self.second).action_approve()
        self._pay_part(invoice, 500.0)
        action = invoice.with_user(self.second).action_autopay_open_approval()
        new = self._get_open(invoice)
        self.assertEqual((action["res_id"], new.state), (new.id, "waiting"))
        self.assertEqual((new.amount, old.state), (4500.0, "lapsed"))
        new.with_user(self.second).action_refuse()
        self._pay_part(invoice, 500.0)
        action = invoice.with_user(self.second).action_autopay_open_approval()
        self.assertEqual((action["res_id"], new.state), (new.id, "refused"))

    def test_charge_of_today_by_another_rule_than_on_its_day_can_be_approved(self):
        day = self.today + timedelta(days=15)
        other = self._create_token("pm_usBankAccount_success")
        for token, operator in ((self.token, "<="), (other, ">")):
            condition = {"kind": "age", "operator": operator, "number": 5}
            self.env["autopay.configuration"].create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "token_id": token.id,
                    "condition_ids": [Command.create(condition)],
                }
            )
        invoice = self._create_posted_invoice(5000.0, invoice_date=self.today)
        invoice.autopay_date = day
        invoice.with_user(self.first).action_autopay_make_eligible()
        self.assertEqual(self._get_open(invoice).token_id, other)
        self._charge_now(invoice)
        self.env.invalidate_all()
        approval = self._get_open(invoice)
        self.assertEqual((approval.token_id, approval.state), (self.token, "waiting"))
        approval.with_user(self.second).action_approve()
        self._charge_now(invoice)
        self.env.invalidate_all()
        self.assertEqual(invoice.autopay_attempt_ids.token_id, self.token)

    def test_approval_says_what_is_asked(self):
        approval = self._get_open(self._mark(5000.0))
        words = approval._creation_message()
        self.assertIn("Approval asked for", words)
        self.assertIn("5,000.00", words)
        refusal = approval.with_user(self.biller).decide_refusal
        self.assertIn("Only billing managers", refusal)
        self.assertFalse(approval.with_user(self.second).decide_refusal)

    def test_charge_above_the_limit_waits_for_a_second_manager(self):
        invoice = self._mark(1000.01)
        self._run_autopay()
        self.assertEqual(self._get_charges(invoice), [])
        self.assertEqual(invoice.autopay_blocker, "needs_approval")
        approval = self._get_open(invoice)
        self.assertEqual(approval.state, "waiting")
        self.assertEqual(approval.requested_by_id, self.first)
        self.assertNotEqual(approval.activity_ids.user_id, self.first)

    def test_whoever_is_in_charge_hears_that_there_is_no_second_manager(self):
        group = self.env.ref(MANAGER)
        (group.all_user_ids - self.first).group_ids = [Command.unlink(group.id)]
        self.company.autopay_responsible_id = self.first
        approval = self._get_open(self._mark(5000.0))
        self.assertEqual(approval.activity_ids.user_id, self.first)

    def test_who_put_it_on_autopay_cannot_approve(self):
        approval = self._get_open(self._mark(5000.0))
        with self.assertRaisesRegex(AccessError, "yourself"):
            approval.with_user(self.first).action_approve()

    def test_marking_by_writing_the_status_names_the_writer(self):
        invoice = self._create_posted_invoice(5000.0)
        marking = invoice.with_user(self.first)
        with self.assertRaisesRegex(AccessError, "by hand"):
            marking.write({"autopay_marked_by_id": self.second.id})
        marking.write({"autopay_status": "eligible", "autopay_date": self.today})
        self._run_autopay()
        with self.assertRaises(AccessError):
            self._get_open(invoice).with_user(self.first).action_approve()

    # === WHO MADE UP THE AMOUNT === #

    def _assert_may_not(self, user, invoice):
        approval = self._get_open(invoice).with_user(user)
        self.assertFalse(approval.may_decide)
        self.assertIn("yourself", approval.decide_refusal)
        with self.assertRaisesRegex(AccessError, "yourself"):
            approval.action_approve()

    def test_who_edited_the_amount_cannot_approve(self):
        invoice = self._create_posted_invoice(10.0)
        invoice.button_draft()
        line = invoice.invoice_line_ids
        edits = {
            "line": lambda user: line.with_user(user).write({"price_unit": 5000.0}),
            "lines of the invoice": lambda user: invoice.with_user(user).write(
                {"invoice_line_ids": [Command.update(line.id, {"quantity": 2.0})]}
            ),
            "added": lambda user: invoice.with_user(user).write(
                {"invoice_line_ids": [Command.create({"name": "B", "price_unit": 1})]}
            ),
            "removed": lambda user: (
                invoice.invoice_line_ids[1].with_user(user).unlink()
            ),
            "customer": lambda user: invoice.with_user(user).write(
                {"partner_id": self.customer.id}
            ),
        }
        editors = {}
        for number, (name, edit) in enumerate(edits.items()):
            editors[name] = self._create_user(f"editor{number}", MANAGER)
            edit(editors[name])
        invoice.action_post()
        invoice.with_user(self.first).action_autopay_make_eligible()
        self.assertEqual(self._get_open(invoice).requested_by_id, self.first)
        for name, editor in editors.items():
            with self.subTest(name):
                self._assert_may_not(editor, invoice)
        self._get_open(invoice).with_user(self.second).action_approve()

    def test_who_made_or_posted_what_a_job_marks_cannot_approve(self):
        self.company.autopay_policy = "automatic"
        draft = (
            self.env["account.move"]
            .with_user(self.first)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": self.today - timedelta(days=40),
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Service", "price_unit": 5000, "tax_ids": []}
                        )
                    ],
                }
            )
        )
        draft.with_user(self.biller).action_post()
        self.biller.group_ids += self.env.ref(MANAGER)
        for user in (self.first, self.biller):
            self._assert_may_not(user, draft)
        self._get_open(draft).with_user(self.second).action_approve()

    def test_who_asked_before_cannot_approve_later(self):
        invoice = self._mark(5000.0)
        self._get_open(invoice).with_user(self.second).action_refuse()
        third = self._create_user("third", MANAGER)
        self._get_open(invoice).with_user(self.second).action_ask_again()
        invoice.with_user(third).action_autopay_make_eligible()
        self._assert_may_not(self.second, invoice)

    def test_jobs_and_companies_without_limit_note_nobody(self):
        root = self.env.ref("base.user_root")
        jobs = self._create_posted_invoice(5000.0)
        jobs.with_user(root)._set_autopay_editor()
        self.assertNotIn(root, jobs.autopay_editor_ids)
        self.company.autopay_approval_limit = 0.0
        free = self._create_posted_invoice(5000.0)
        self.assertFalse(free.autopay_editor_ids)

    def test_billing_user_cannot_approve(self):
        approval = self._get_open(self._mark(5000.0))
        with self.assertRaisesRegex(AccessError, "billing managers"):
            approval.with_user(self.biller).action_approve()

    def test_second_manager_approves_and_the_charge_is_taken_once(self):
        invoice = self._mark(5000.0)
        approval = self._get_open(invoice)
        approval.with_user(self.second).action_approve()
        self._run_autopay()
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)
        self.assertEqual(approval.state, "used")
        self.assertFalse(approval.activity_ids)

    def test_approval_lapses_with_another_amount(self):
        invoice = self._mark(5000.0)
        approval = self._get_open(invoice)
        approval.with_user(self.second).action_approve()
        self._pay_part(invoice, 1000.0)
        self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(self._get_charges(invoice), [])
        self.assertEqual(approval.state, "lapsed")
        self.assertEqual(self._get_open(invoice).amount, 4000.0)

    def test_approval_lapses_with_another_method(self):
        invoice = self._mark(5000.0)
        approval = self._get_open(invoice)
        approval.with_user(self.second).action_approve()
        invoice.autopay_token_id = self._enrol()
        self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(self._get_charges(invoice), [])
        self.assertEqual(approval.state, "lapsed")

    def test_decision_about_another_amount_is_not_taken(self):
        invoice = self._mark(5000.0)
        approval = self._get_open(invoice)
        self._pay_part(invoice, 1000.0)
        with self.assertRaisesRegex(UserError, "changed"):
            approval.with_user(self.second).action_approve()

    def test_refused_charge_is_told_and_not_taken_until_asked_again(self):
        invoice = self._mark(5000.0)
        approval = self._get_open(invoice)
        approval.with_user(self.second).action_refuse()
        self._run_autopay()
        self.assertEqual(self._get_charges(invoice), [])
        self.assertEqual(invoice.autopay_blocker, "approval_refused")
        approval.with_user(self.biller).action_ask_again()
        self.assertEqual(self._get_open(invoice).state, "waiting")

    def test_who_refuses_says_why_and_who_asked_reads_it(self):
        invoice = self._mark(5000.0)
        approval = self._get_open(invoice).with_user(self.second)
        # A record that is made and changed within one transaction is not tracked.
        self.env.cr.flush()
        action = approval.action_ask_reason()
        self.assertEqual(approval.state, "waiting")
        dialog = Form(
            self.env[action["res_model"]]
            .with_user(self.second)
            .with_context(
                **action["context"], tracking_disable=False, mail_notrack=False
            )
        )
        dialog.reason = "Two lines are disputed.\nAsk again without them."
        dialog.save().action_apply()
        self.assertEqual(approval.state, "refused")
        said = "“Two lines are disputed. Ask again without them.”"
        self.assertIn(said, invoice.with_user(self.biller).autopay_explanation)
        self.assertIn(said, invoice.message_ids[0].body)
        self.env.cr.flush()
        tracked = approval.sudo().message_ids.tracking_value_ids
        self.assertIn("refusal_reason", tracked.field_id.mapped("name"))

    def test_reason_need_not_be_given_and_strangers_are_not_asked(self):
        invoice = self._mark(5000.0)
        approval = self._get_open(invoice)
        with self.assertRaises(AccessError):
            approval.with_user(self.first).action_ask_reason()
        dialog = {"approval_ids": approval.ids}
        refuse = self.env["autopay.refuse"].with_user(self.second).create(dialog)
        refuse.action_apply()
        self.assertEqual(approval.state, "refused")
        self.assertNotIn("“", invoice.autopay_explanation)
        approval.with_user(self.biller).action_ask_again()
        self.assertFalse(self._get_open(invoice).refusal_reason)

    def test_charge_that_was_approved_before_needs_approval_once_more(self):
        invoice = self._mark(5000.0)
        self._get_open(invoice).with_user(self.second).action_approve()
        self._run_autopay()
        payment = invoice.autopay_attempt_ids.payment_id
        payment.move_id.line_ids.remove_move_reconcile()
        invoice.with_user(self.first).action_autopay_make_eligible()
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_cap_that_divides_an_invoice_does_not_get_around_the_approval(self):
        self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": self.token.id,
                "condition_ids": [Command.create({"number": 1.0})],
                "max_amount": 900.0,
                "cap_rule": "part",
            }
        )
        invoice = self._mark(5000.0)
        self._run_autopay()
        self.assertEqual(self._get_charges(invoice), [])
        approval = self._get_open(invoice)
        self.assertEqual((approval.state, approval.amount), ("waiting", 900.0))
        approval.with_user(self.second).action_approve()
        self._run_autopay()
        self.assertEqual([row["amount"] for row in self._get_charges(invoice)], [90000])

    def test_charging_now_needs_the_approval_too(self):
        invoice = self._mark(5000.0)
        self._charge_now(invoice, {invoice.id: self.token})
        self.assertEqual(self._get_charges(invoice), [])

    def test_draft_that_was_marked_is_asked_for_when_posted(self):
        invoice = self._create_posted_invoice(5000.0)
        invoice.button_draft()
        invoice.with_user(self.first).action_autopay_make_eligible()
        self.assertFalse(invoice.autopay_approval_ids)
        invoice.with_user(self.biller).action_post()
        approval = self._get_open(invoice)
        self.assertEqual(approval.requested_by_id, self.biller)
        with self.assertRaisesRegex(AccessError, "yourself"):
            approval.with_user(self.first).action_approve()

    def test_who_raises_and_posts_the_amount_cannot_approve_it(self):
        invoice = self._mark(400.0, self.biller)
        mine = invoice.with_user(self.second)
        mine.button_draft()
        mine.invoice_line_ids.price_unit = 40000.0
        mine.action_post()
        approval = self._get_open(invoice)
        self.assertEqual(approval.requested_by_id, self.second)
        with self.assertRaisesRegex(AccessError, "yourself"):
            approval.with_user(self.second).action_approve()
        approval.with_user(self.first).action_approve()
        self.assertEqual(approval.state, "approved")

    def test_limit_set_later_asks_before_the_autopay_date_comes(self):
        self.company.autopay_approval_limit = 0
        invoice = self._mark(5000.0)
        invoice.autopay_date = self.today + timedelta(days=14)
        self.company.autopay_approval_limit = 1000.0
        self.assertFalse(invoice.autopay_approval_ids)
        self._run_autopay()
        self._run_autopay()
        self.assertEqual(self._get_open(invoice).requested_by_id, self.first)

    def _pay_part(self, invoice, amount):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": amount})._create_payments()
