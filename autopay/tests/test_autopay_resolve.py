from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import AutopayCommon

CONFIRM = "/v1/payment_intents/*/confirm"


@tagged("post_install", "-at_install")
class TestAutopayResolve(AutopayCommon):
    """People say what became of charges whose provider does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls._create_provider("demo")
        cls.biller = cls._create_user("biller", "account.group_account_invoice")
        cls.manager = cls._create_user("manager", "account.group_account_manager")

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(
            cls.env,
            login=f"resolve_{login}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    # === FACTORIES === #

    def _leave_unknown(self):
        """Charge with a provider that cannot be asked and says nothing."""
        token = self.env["payment.token"].create(
            {
                "provider_id": self.demo.id,
                "payment_method_id": self.demo.payment_method_ids[:1].id,
                "partner_id": self.customer.id,
                "provider_ref": "demo",
                "payment_details": "0001",
            }
        )
        self.customer.with_company(self.company).autopay_token_id = token
        invoice = self._create_due_invoice()
        target = type(self.env["payment.transaction"])
        with patch.object(target, "_send_payment_request", lambda _self: None):
            self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "unknown")
        return invoice, attempt

    def _leave_stripe_unknown(self):
        """Charge with Stripe, which does not answer any more."""
        self._enrol()
        self.admin.add_fault("reset_after", method="POST", path=CONFIRM)
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "unknown")
        return invoice, attempt

    def _say(self, attempt, kind, user=None, **values):
        """Answer the wizard as a user does."""
        wizard = self._open(attempt, kind, user, **values)
        self._apply_wizard(wizard)

    def _open(self, attempt, kind, user=None, **values):
        said = {
            "paid": {"reference": "ref-77", "paid_on": self.today},
            "not_paid": {"checked_where": "Dashboard", "is_confirmed": True},
            "checked": {"note": "Seen"},
        }[kind]
        context = {"default_attempt_id": attempt.id, "default_kind": kind}
        model = self.env["autopay.resolve"].with_user(user or self.biller)
        return model.with_context(**context).create({**said, **values})

    def _apply_wizard(self, wizard):
        """Press the button in a database transaction that may be committed."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            wizard.with_env(wizard.env(cr=cr)).action_apply()
        self.env.invalidate_all()

    def _contradict(self, attempt):
        """Let Odoo learn of a success, as a late message of the provider does."""
        attempt.transaction_id.sudo()._set_done()
        attempt.transaction_id.sudo()._post_process()
        self._resolve_autopay()
        attempt.invalidate_recordset()

    # === IT WAS PAID === #

    def test_paid_is_booked_like_any_charge(self):
        invoice, attempt = self._leave_unknown()
        self._say(attempt, "paid")
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.amount_residual, 0)
        payment = attempt.transaction_id.payment_id
        self.assertEqual((payment.amount, payment.move_id.state), (100.0, "posted"))
        self.assertFalse(attempt.line_ids.live)
        self.assertFalse(attempt.next_check_date)

    def test_payment_has_the_day_and_the_reference_that_were_given(self):
        day = self.today - timedelta(days=1)
        _invoice, attempt = self._leave_unknown()
        attempt.sudo().reserved_date = fields.Datetime.now() - timedelta(days=2)
        self._say(attempt, "paid", paid_on=day)
        payment = attempt.transaction_id.payment_id
        self.assertEqual(payment.date, day)
        self.assertIn("ref-77", payment.memo)
        self.assertEqual(attempt.transaction_id.provider_reference, "ref-77")

    def test_what_was_said_leaves_a_trace(self):
        _invoice, attempt = self._leave_unknown()
        self._say(attempt, "paid", note="Seen in the dashboard")
        self.assertEqual(attempt.resolution, "paid")
        self.assertEqual(attempt.resolution_user_id, self.biller)
        self.assertEqual(attempt.resolution_reference, "ref-77")
        self.assertTrue(attempt.resolution_date)
        message = attempt.message_ids.filtered(lambda msg: "ref-77" in msg.body)
        self.assertEqual(message.author_id, self.biller.partner_id)
        self.assertIn("Seen in the dashboard", message.body)

    def test_alarm_ends_when_somebody_has_spoken(self):
        _invoice, attempt = self._leave_unknown()
        self._resolve_autopay()
        self.assertTrue(attempt.activity_ids)
        self._say(attempt, "paid")
        self.assertFalse(attempt.activity_ids)

    def test_second_click_books_nothing(self):
        invoice, attempt = self._leave_unknown()
        wizard = self._open(attempt, "paid")
        self._apply_wizard(wizard)
        self._apply_wizard(wizard)
        payments = self.env["account.payment"].search(
            [("payment_transaction_id", "=", attempt.transaction_id.id)]
        )
        self.assertEqual(len(payments), 1)
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    def test_paid_needs_a_reference_and_a_possible_day(self):
        _invoice, attempt = self._leave_unknown()
        wrong = (
            {"reference": " "},
            {"paid_on": False},
            {"paid_on": self.today + timedelta(days=1)},
            {"paid_on": self.today - timedelta(days=30)},
        )
        for values in wrong:
            with self.subTest(values), self.assertRaises(UserError):
                self._say(attempt, "paid", **values)
        self.assertEqual(attempt.state, "unknown")

    def test_a_day_in_closed_books_is_refused(self):
        _invoice, attempt = self._leave_unknown()
        self.company.sudo().fiscalyear_lock_date = self.today
        with self.assertRaisesRegex(UserError, "closed"):
            self._say(attempt, "paid")

    def test_wizard_shows_what_is_known_and_proposes_the_day(self):
        invoice, attempt = self._leave_unknown()
        model = self.env["autopay.resolve"].with_user(self.biller)
        context = {"default_attempt_id": attempt.id, "default_kind": "paid"}
        form = Form(model.with_context(**context))
        self.assertEqual(form.amount, 100.0)
        self.assertEqual(form.partner_id, self.customer)
        self.assertEqual(form.move_ids[:], invoice)
        self.assertEqual(form.paid_on, self.today)

    # === IT WAS NOT PAID === #

    def test_not_paid_releases_the_invoice_without_another_try(self):
        invoice, attempt = self._leave_unknown()
        self._say(attempt, "not_paid")
        self.assertEqual(attempt.state, "declined")
        self.assertEqual(invoice.autopay_status, "error")
        self.assertFalse(invoice.autopay_retry_date)
        self.assertFalse(attempt.line_ids.live)
        self.assertFalse(attempt.next_check_date)
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    def test_not_paid_says_who_looked_where(self):
        _invoice, attempt = self._leave_unknown()
        self._say(attempt, "not_paid", checked_where="Bank statement 12")
        self.assertIn("Bank statement 12", attempt.resolution_note)
        self.assertIn("Bank statement 12", attempt.message_ids[0].body)
        self.assertIn("a person looked it up", attempt.explanation)

    def test_not_paid_must_be_confirmed_and_say_where(self):
        _invoice, attempt = self._leave_unknown()
        for values in ({"is_confirmed": False}, {"checked_where": False}):
            with self.subTest(values), self.assertRaises(UserError):
                self._say(attempt, "not_paid", **values)
        self.assertEqual(attempt.state, "unknown")

    def test_the_other_answer_comes_too_late(self):
        invoice, attempt = self._leave_unknown()
        wizard = self._open(attempt, "not_paid")
        self._say(attempt, "paid")
        with self.assertRaises(UserError):
            self._apply_wizard(wizard)
        self.assertEqual(invoice.autopay_status, "success")

    # === PROVIDERS THAT CAN BE ASKED === #

    def test_nobody_decides_while_the_provider_can_answer(self):
        _invoice, attempt = self._leave_stripe_unknown()
        self.assertFalse(attempt.can_state_paid or attempt.can_state_not_paid)
        self.admin.add_fault("refuse", times=None)
        for kind in ("paid", "not_paid"):
            with self.subTest(kind), self.assertRaisesRegex(UserError, "can still"):
                self._say(attempt, kind)
        self.assertEqual(attempt.state, "unknown")

    def test_the_providers_answer_counts_more_than_what_is_said(self):
        invoice, attempt = self._leave_stripe_unknown()
        attempt.sudo().check_count = 200
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            self._say(attempt, "not_paid")
        attempt.invalidate_recordset()
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.autopay_status, "success")

    def test_a_provider_that_is_silent_for_long_is_decided_for(self):
        invoice, attempt = self._leave_stripe_unknown()
        attempt.sudo().check_count = 200
        self.assertTrue(attempt.can_state_not_paid)
        self.admin.add_fault("refuse", times=None)
        self._say(attempt, "not_paid")
        self.assertEqual((attempt.state, invoice.autopay_status), ("declined", "error"))
        self.assertTrue(attempt.next_check_date, "it is still to be verified")

    def test_wrong_word_is_found_out_when_the_provider_answers_again(self):
        invoice, attempt = self._leave_stripe_unknown()
        attempt.sudo().check_count = 200
        self.admin.add_fault("refuse", times=None)
        self._say(attempt, "not_paid")
        self.admin.clear_faults()
        self._resolve_autopay()
        self.assertTrue(attempt.mismatch and attempt.can_state_paid)
        self.assertIn("should not exist", attempt.activity_ids.summary)
        self._say(attempt, "paid")
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_right_word_is_verified_once_and_then_left_alone(self):
        self._enrol()
        self.admin.add_fault("reset_before", method="POST", path=CONFIRM)
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        attempt.sudo().check_count = 200
        self.admin.add_fault("refuse", times=None)
        self._say(attempt, "not_paid")
        self.admin.clear_faults()
        self._resolve_autopay()
        self.assertFalse(attempt.mismatch)
        self.assertFalse(attempt.next_check_date)
        intent = self.stripe.v1.payment_intents.retrieve(attempt.object_ref)
        self.assertEqual(intent.status, "canceled")

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
