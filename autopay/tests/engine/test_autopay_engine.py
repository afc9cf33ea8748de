from unittest.mock import patch

from odoo.tests import tagged

from ..common import AutopayCommon
from ..fault import fault


@tagged("post_install", "-at_install")
class TestAutopayEngine(AutopayCommon):
    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    # === SUCCESS === #

    @fault(27)
    def test_due_invoice_is_charged_posted_and_reconciled(self):
        invoice = self._create_due_invoice(123.45)

        self._run_autopay()

        attempt = invoice.autopay_attempt_ids
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(attempt.payment_id.amount, 123.45)
        self.assertEqual(attempt.payment_id.payment_transaction_id.state, "done")
        self.assertFalse(attempt.next_check_date)
        charges = self._get_charges(invoice)
        self.assertEqual([charge["amount"] for charge in charges], [12345])

    @fault(27)
    def test_second_run_charges_nothing_more(self):
        invoice = self._create_due_invoice()
        self._run_autopay()
        self._run_autopay()
        self._resolve_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    def test_charge_names_its_authorization(self):
        invoice = self._create_due_invoice()
        self._run_autopay()
        authorization = self.customer.autopay_authorization_ids
        self.assertEqual(invoice.autopay_attempt_ids.authorization_id, authorization)

    @fault(5)
    def test_only_the_residual_is_charged(self):
        invoice = self._create_due_invoice(100)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 40}).action_create_payments()
        self._run_autopay()
        self.assertEqual([c["amount"] for c in self._get_charges(invoice)], [6000])
        self.assertEqual(invoice.amount_residual, 0)

    def test_currencies_are_charged_in_their_own_minor_units(self):
        cases = {"JPY": (1234, 1234), "KWD": (10.55, 10550), "EUR": (9.99, 999)}
        for name, (amount, minor) in cases.items():
            with self.subTest(currency=name):
                currency = self.env.ref(f"base.{name}")
                currency.active = True
                invoice = self._create_due_invoice(amount, currency_id=currency.id)
                self._run_autopay()
                charges = self._get_charges(invoice)
                self.assertEqual([c["amount"] for c in charges], [minor])
                self.assertEqual(charges[0]["currency"], name.lower())
                self.assertEqual(invoice.amount_residual, 0)

    def test_several_invoices_of_one_customer_are_charged_one_by_one(self):
        first, second = self._create_due_invoice(10), self._create_due_invoice(20)
        self._run_autopay()
        self.assertEqual([c["amount"] for c in self._get_charges(first)], [1000])
        self.assertEqual([c["amount"] for c in self._get_charges(second)], [2000])

    def test_run_keeps_its_totals_and_skips_by_reason(self):
        self._create_due_invoice()
        self._create_due_invoice(autopay_in_dispute=True)
        self._run_autopay()
        run = self._get_last_run()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.selected_count, 2)
        self.assertEqual(run.charged_count, 1)
        self.assertEqual(run.skipped, {"in_dispute": 1})
        self.assertIn("In dispute: 1", run.skipped_text)

    # === OTHER DEFINITE ANSWERS === #

    @fault(34)
    def test_declined_invoice_is_released_with_reason_and_next_try(self):
        self._enrol("pm_card_visa_chargeDeclinedInsufficientFunds")
        invoice = self._create_due_invoice()

        self._run_autopay()

        attempt = invoice.autopay_attempt_ids
        self.assertEqual(invoice.autopay_status, "error")
        self.assertEqual(attempt.decline_class, "later")
        self.assertEqual(attempt.decline_code, "insufficient_funds")
        self.assertEqual(attempt.transaction_id.state, "error")
        self.assertEqual((invoice.autopay_retry_date - self.today).days, 3)
        self.assertIn("insufficient funds", invoice.autopay_response)
        self.assertEqual(self._get_charges(invoice), [])

    def test_declined_payment_intent_is_closed_before_the_invoice_is_released(self):
        self._enrol("pm_card_visa_chargeDeclined")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        intent = self.stripe.v1.payment_intents.retrieve(attempt.object_ref)
        self.assertEqual(intent.status, "canceled")
        self.assertTrue(attempt.provider_closed)

    @fault(35)
    def test_lost_card_is_never_tried_again_by_itself(self):
        self._enrol("pm_card_visa_chargeDeclinedLostCard")
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.decline_class, "never")
        self.assertFalse(invoice.autopay_retry_date)
        self.assertEqual(invoice.autopay_blocker, "failed")

    @fault(34)
    def test_declined_card_is_not_charged_again_the_same_day(self):
        self._enrol("pm_card_visa_chargeDeclinedInsufficientFunds")
        invoice = self._create_due_invoice()
        self._run_autopay()
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    @fault(34)
    def test_retries_end_after_the_last_step(self):
        self._enrol("pm_card_visa_chargeDeclinedInsufficientFunds")
        invoice = self._create_due_invoice()
        for _try in range(4):
            invoice.sudo().autopay_retry_date = self.today
            self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 4)
        self.assertFalse(invoice.autopay_retry_date)

    @fault(39)
    def test_bank_debit_stays_in_progress_until_the_bank_confirms(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(
            (invoice.autopay_status, attempt.state), ("in_progress", "pending")
        )
        self.assertEqual(attempt.transaction_id.state, "pending")

        self.admin.settle(attempt.object_ref, "succeeded")
        self._resolve_autopay()

        self.assertEqual(
            (invoice.autopay_status, attempt.state), ("success", "succeeded")
        )
        self.assertEqual(invoice.amount_residual, 0)

    def test_failed_bank_debit_releases_the_invoice(self):
        self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.admin.settle(
            attempt.object_ref,
            "failed",
            failure_code="insufficient_funds",
            network_decline_code="R01",
        )
        self._resolve_autopay()
        self.assertEqual((invoice.autopay_status, attempt.state), ("error", "declined"))
        self.assertEqual(attempt.decline_class, "later")
        self.assertEqual((invoice.autopay_retry_date - self.today).days, 4)

    @fault(36)
    def test_charge_that_needs_authentication_keeps_the_invoice_reserved(self):
        self._enrol("pm_card_authenticationRequired")
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "action_required")
        self.assertEqual(invoice.autopay_status, "error")
        self.assertEqual(invoice.autopay_blocker, "needs_authentication")
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    # === THE GATE === #

    def _run_with_change_before_gate(self, change):
        """Run, with a change made after the intent was prepared, before the charge."""
        original = type(self.env["autopay.engine"])._gate

        def change_then_gate(engine, ctx, attempts):
            change(engine.env)
            return original(engine, ctx, attempts)

        with patch.object(type(self.env["autopay.engine"]), "_gate", change_then_gate):
            self._run_autopay()

    @fault(24)
    @fault(26)
    def test_what_changed_since_the_reservation_is_not_charged(self):
        other = self._create_token(payment_details="1111")

        def pay(env, invoice):
            env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({}).action_create_payments()

        changes = {
            "paid outside": pay,
            "disputed": lambda env, inv: inv.write({"autopay_in_dispute": True}),
            "token archived": lambda env, inv: inv.autopay_token_id.write(
                {"active": False}
            ),
            "authorization revoked": lambda env, inv: (
                env["autopay.authorization"]
                .search([("token_id", "=", inv.autopay_token_id.id)])
                ._revoke("x")
            ),
            "switched off": lambda env, inv: inv.company_id.write(
                {"autopay_enabled": False}
            ),
        }
        for name, change in changes.items():
            with self.subTest(change=name):
                self.company.autopay_enabled = True
                token = self._enrol(payment_details="1111")
                invoice = self._create_due_invoice(autopay_token_id=token.id)
                self._run_with_change_before_gate(
                    lambda env, change=change, invoice=invoice: change(
                        env, env["account.move"].browse(invoice.id)
                    )
                )
                attempt = invoice.autopay_attempt_ids
                self.assertEqual(self._get_charges(invoice), [])
                self.assertEqual(attempt.state, "canceled")
                self.assertEqual(attempt.transaction_id.state, "cancel")
                self.assertFalse(attempt.line_ids.live)
                intent = self.stripe.v1.payment_intents.retrieve(attempt.object_ref)
                self.assertEqual(intent.status, "canceled")
        self.assertTrue(other.active)

    def test_partial_payment_meanwhile_withdraws_and_the_next_run_takes_the_rest(self):
        invoice = self._create_due_invoice(100)

        def pay_some(env):
            env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"amount": 30}).action_create_payments()

        self._run_with_change_before_gate(pay_some)
        self.assertEqual(self._get_charges(invoice), [])
        self.assertEqual(invoice.autopay_status, "eligible")
        self._run_autopay()
        self.assertEqual([c["amount"] for c in self._get_charges(invoice)], [7000])

    # === CHARGE NOW === #

    def test_charge_now_takes_the_chosen_method_before_the_date(self):
        other = self._create_token(payment_details="1111")
        self.env["autopay.authorization"]._record(
            self.customer, self.company, other, "staff"
        )
        invoice = self._create_posted_invoice()
        self._charge_now(invoice, {invoice.id: other})
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.autopay_attempt_ids.token_id, other)
        self.assertEqual(invoice.autopay_attempt_ids.trigger, "manual")
