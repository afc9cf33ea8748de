from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common_resolve import ResolveCommon


@tagged("post_install", "-at_install")
class TestAutopayResolveLate(ResolveCommon):
    """Later contradictions of people, their rights, and the list to resolve."""

    # === CONTRADICTIONS === #

    def test_late_success_raises_an_alarm_and_can_be_booked(self):
        invoice, attempt = self._leave_unknown()
        self._say(attempt, "not_paid")
        self._contradict(attempt)
        self.assertEqual(attempt.state, "declined")
        self.assertTrue(attempt.mismatch)
        self.assertIn("should not exist", attempt.activity_ids.summary)
        self._say(attempt, "paid")
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.amount_residual, 0)
        self.assertFalse(attempt.mismatch)

    def test_late_success_for_a_paid_invoice_is_booked_as_a_credit(self):
        invoice, attempt = self._leave_unknown()
        self._say(attempt, "not_paid")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        self._contradict(attempt)
        self._say(attempt, "paid")
        payment = attempt.transaction_id.payment_id
        self.assertEqual(payment.move_id.state, "posted")
        self.assertFalse(payment.is_reconciled)

    def test_late_success_after_an_ordinary_decline_keeps_from_charging_again(self):
        self._enrol_at_demo("error")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "declined")
        self._contradict(attempt)
        self.assertTrue(attempt.mismatch)
        invoice.sudo().autopay_retry_date = self.today
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids, attempt)
        self.assertEqual(invoice.autopay_blocker, "charge_contradicted")
        self.assertIn(attempt.name, invoice.autopay_explanation)
        self._say(attempt, "paid")
        self.assertEqual((attempt.state, invoice.amount_residual), ("succeeded", 0))

    def test_what_was_said_to_be_unpaid_and_was_paid_is_not_charged_again(self):
        invoice, attempt = self._leave_unknown()
        self._say(attempt, "not_paid")
        invoice.with_user(self.biller).action_autopay_make_eligible()
        self._contradict(attempt)
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids, attempt)
        self.assertEqual(invoice.autopay_blocker, "charge_contradicted")
        self._say(attempt, "checked", self.manager, note="Refunded at the provider")
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 2)

    def test_checked_is_for_billing_managers_and_is_noted(self):
        _invoice, attempt = self._leave_unknown()
        self._say(attempt, "not_paid")
        self._contradict(attempt)
        with self.assertRaises(AccessError):
            self._say(attempt, "checked")
        self._say(attempt, "checked", self.manager, note="Refunded at the provider")
        self.assertFalse(attempt.mismatch or attempt.activity_ids)
        self.assertIn("Refunded at the provider", attempt.message_ids[0].body)
        self._resolve_autopay()
        self.assertFalse(attempt.mismatch, "what was checked is not said again")

    # === RIGHTS === #

    def test_only_billing_users_of_the_company_decide(self):
        _invoice, attempt = self._leave_unknown()
        reader = self._create_user("reader", "account.group_account_readonly")
        foreigner = new_test_user(
            self.env, login="resolve_other", groups="account.group_account_invoice"
        )
        other = self.env["res.company"].create({"name": "Second Company"})
        foreigner.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for user in (reader, foreigner):
            with self.subTest(user.login), self.assertRaises(AccessError):
                attempt.with_user(user).action_state_paid()
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._say(attempt, "paid", user)
        self.assertEqual(attempt.state, "unknown")

    # === WORKLIST === #

    def test_worklist_is_oldest_first_and_says_why(self):
        _invoice, newer = self._leave_unknown()
        _invoice, older = self._leave_unknown()
        older.sudo().reserved_date = fields.Datetime.now() - timedelta(days=3)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "autopay.autopay_attempt_action_resolve"
        )
        view = self.env["ir.ui.view"].browse(
            dict(map(reversed, action["views"]))["list"]
        )
        self.assertIn('default_order="reserved_date, id"', view.arch)
        found = self.env["autopay.attempt"].search(
            [("to_resolve", "=", True), ("company_id", "=", self.company.id)],
            order="reserved_date, id",
        )
        self.assertEqual(found, older | newer)
        self.assertEqual(older.age, "3 days")
        self.assertIn("cannot be asked", older.attention)

    def test_what_is_settled_is_not_on_the_worklist(self):
        _invoice, attempt = self._leave_unknown()
        self.assertTrue(attempt.to_resolve)
        self._say(attempt, "paid")
        self.assertFalse(attempt.to_resolve)

    def test_other_companies_learn_nothing_from_the_wizard(self):
        _invoice, attempt = self._leave_unknown()
        other = self.env["res.company"].create({"name": "Second Company"})
        stranger = new_test_user(
            self.env,
            login="resolve_stranger",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        wizards = self.env["autopay.resolve"].with_user(stranger)
        with self.assertRaises(AccessError):
            wizards.create({"attempt_id": attempt.id, "kind": "paid"}).read(["amount"])
