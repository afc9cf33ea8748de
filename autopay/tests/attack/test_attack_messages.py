import json
import time

from stripe import WebhookSignature

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_portal import PortalCommon

WEBHOOK = "/payment/stripe/webhook"
RETURN = "/payment/stripe/return"
SECRET = "whsec_of_odoo"
GUARD_LOG = "odoo.addons.autopay.models.guard.autopay_transaction_guard"
LOGS = (
    "odoo.http",
    "odoo.addons.payment_stripe.controllers.main",
    "odoo.addons.payment_stripe.models.payment_transaction",
    "odoo.addons.payment.models.payment_transaction",
    GUARD_LOG,
)


@tagged("post_install", "-at_install")
class TestAttackMessages(PortalCommon):
    """Messages to Odoo's own Stripe routes about charges of autopay."""

    def _tell(self, kind, signed, **values):
        """Post an event to Odoo's own webhook, with or without its secret set."""
        self.provider.stripe_webhook_secret = SECRET if signed else False
        self.env.flush_all()
        payload = json.dumps({"type": kind, "data": {"object": values}})
        signature = WebhookSignature.generate_signature_header(
            payload, SECRET if signed else "guess", int(time.time())
        )
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        with mute_logger(*LOGS):
            answer = self.url_open(WEBHOOK, data=payload, headers=headers)
        self.env.invalidate_all()
        return answer

    def _tell_of_intent(self, attempt, status, signed, **values):
        names = {"succeeded": "succeeded", "canceled": "canceled"}
        kind = f"payment_intent.{names.get(status, 'payment_failed')}"
        intent = {
            "id": attempt.object_ref,
            "object": "payment_intent",
            "description": attempt.transaction_id.reference,
            "amount": attempt.amount_minor,
            "currency": attempt.currency_id.name.lower(),
            "status": status,
            "payment_method": attempt.token_id.stripe_payment_method,
            **values,
        }
        return self._tell(kind, signed, **intent)

    def _get_facts(self, invoice, attempt):
        """Return what no message may change."""
        transaction = attempt.transaction_id.sudo()
        return (
            attempt.state,
            transaction.state,
            transaction.amount,
            transaction.provider_reference,
            transaction.payment_id.ids,
            transaction.child_transaction_ids.ids,
            invoice.amount_residual,
            invoice.autopay_status,
        )

    # === ODOO'S WEBHOOK === #

    def test_message_changes_nothing_and_wakes_the_resolver(self):
        invoice, attempt = self._leave()
        before = self._get_facts(invoice, attempt)
        for signed in (False, True):
            for status in ("succeeded", "canceled", "requires_payment_method"):
                attempt.sudo().next_check_date = "2099-01-01"
                with self.subTest(signed=signed, status=status):
                    answer = self._tell_of_intent(attempt, status, signed)
                    self.assertEqual(answer.status_code, 200)
                    self.assertEqual(self._get_facts(invoice, attempt), before)
                    self.assertLess(attempt.next_check_date.year, 2099)

    def test_wrong_amount_is_not_believed_the_second_time_either(self):
        invoice, attempt = self._leave("unknown")
        before = self._get_facts(invoice, attempt)
        for _delivery in range(3):
            self._tell_of_intent(attempt, "succeeded", True, amount=1)
        self.assertEqual(self._get_facts(invoice, attempt), before)
        self._resolve_autopay()
        self.assertEqual(attempt.payment_id.amount, 100)
        self.assertEqual(invoice.amount_residual, 0)

    def test_forged_success_is_unmasked_by_the_resolver(self):
        invoice, attempt = self._leave("action_required")
        self._tell_of_intent(attempt, "succeeded", False)
        self._resolve_autopay()
        self.assertEqual(attempt.state, "action_required")
        self.assertEqual(invoice.amount_residual, 100)

    def test_forged_success_with_the_name_of_another_invoice(self):
        invoice, attempt = self._leave()
        other = self._create_posted_invoice()
        self._tell_of_intent(attempt, "succeeded", False, description=other.name)
        self.assertEqual(other.amount_residual, 100)
        self.assertEqual((attempt.state, invoice.amount_residual), ("pending", 100))

    def test_forged_cancellation_frees_no_invoice_for_a_second_charge(self):
        invoice, attempt = self._leave("unknown")
        self._tell_of_intent(attempt, "canceled", False)
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids, attempt)
        self.assertTrue(attempt.line_ids.live)

    def test_booked_charge_is_not_undone_by_a_message(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        before = self._get_facts(invoice, attempt)
        for signed in (False, True):
            for status in ("canceled", "requires_payment_method"):
                self._tell_of_intent(attempt, status, signed)
        self.assertEqual(self._get_facts(invoice, attempt), before)
        self.assertEqual(attempt.payment_id.state, "paid")

    def test_refund_that_is_only_told_of_is_not_booked(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        before = self._get_facts(invoice, attempt)
        refund = {"id": "re_forged", "amount": 10000, "currency": "usd"}
        for signed in (False, True):
            answer = self._tell(
                "charge.refunded",
                signed,
                id="ch_forged",
                description=attempt.transaction_id.reference,
                refunds={
                    "data": [{**refund, "status": "succeeded"}],
                    "has_more": False,
                },
            )
            self.assertEqual(answer.status_code, 200)
            self.assertEqual(self._get_facts(invoice, attempt), before)

    def test_refund_of_staff_fails_for_nobody_who_only_says_so(self):
        self._enrol()
        invoice = self._create_due_invoice()
        self._run_autopay()
        source = invoice.autopay_attempt_ids.transaction_id.sudo()
        refund = source._refund(30)
        self.assertEqual((refund.state, refund.amount), ("done", -30))
        self._tell(
            "charge.refund.updated",
            False,
            id=refund.provider_reference,
            amount=3000,
            currency="usd",
            status="failed",
        )
        self.assertEqual(refund.state, "done")

    # === ODOO'S RETURN ROUTE === #

    def _create_foreign_intent(self, amount=100):
        """Return a succeeded payment intent that has nothing to do with autopay."""
        customer = self.stripe.v1.customers.create({"name": "x"}).id
        method = self.stripe.v1.payment_methods.attach(
            "pm_card_visa", {"customer": customer}
        )
        return self.stripe.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": "usd",
                "customer": customer,
                "payment_method": method.id,
                "allowed_payment_method_types": ["card"],
                "confirm": True,
                "off_session": True,
            }
        ).id

    def test_return_with_a_foreign_payment_changes_nothing(self):
        for state in ("pending", "unknown", "action_required", "prepared"):
            invoice, attempt = self._leave(state)
            before = self._get_facts(invoice, attempt)
            for amount in (10000, 100, 100):
                intent = self._create_foreign_intent(amount)
                reference = attempt.transaction_id.reference
                with self.subTest(state=state, amount=amount), mute_logger(*LOGS):
                    self.url_open(
                        RETURN,
                        params={"reference": reference, "payment_intent": intent},
                        allow_redirects=False,
                    )
                    self.env.invalidate_all()
                    self.assertEqual(self._get_facts(invoice, attempt), before)

    def test_return_with_the_true_payment_only_wakes_the_resolver(self):
        invoice, attempt = self._leave("unknown")
        before = self._get_facts(invoice, attempt)
        params = {
            "reference": attempt.transaction_id.reference,
            "payment_intent": attempt.object_ref,
        }
        self.url_open(RETURN, params=params, allow_redirects=False)
        self.env.invalidate_all()
        self.assertEqual(self._get_facts(invoice, attempt), before)
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.amount_residual, 0)

    # === PROVIDERS THAT CANNOT BE ASKED === #

    def _leave_pending_at_demo(self):
        self._enrol_at_demo("pending")
        invoice = self._create_due_invoice()
        self._run_autopay()
        return invoice, invoice.autopay_attempt_ids

    def test_wrong_amount_of_a_provider_that_cannot_be_asked_calls_a_person(self):
        invoice, attempt = self._leave_pending_at_demo()
        transaction = attempt.transaction_id.sudo()
        model = type(transaction)
        wrong = {"amount": 1.0, "currency_code": "USD"}
        self.patch(model, "_extract_amount_data", lambda *args: wrong)
        for _delivery in range(2):
            transaction.action_demo_set_done()
        self.assertEqual((transaction.state, attempt.state), ("pending", "pending"))
        self.assertTrue(attempt.mismatch)
        self.assertIn("another amount", attempt.activity_ids.summary)
        self.assertEqual(invoice.amount_residual, 100)

    def test_right_amount_of_a_provider_that_cannot_be_asked_is_booked(self):
        invoice, attempt = self._leave_pending_at_demo()
        right = {"amount": 100.0, "currency_code": "USD"}
        transaction = attempt.transaction_id.sudo()
        self.patch(type(transaction), "_extract_amount_data", lambda *args: right)
        transaction.action_demo_set_done()
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.amount_residual, 0)

    # === TRANSACTIONS OF ODOO === #

    def test_odoos_own_transactions_are_moved_as_ever(self):
        invoice = self._create_posted_invoice()
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "amount": 100,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        self._tell(
            "payment_intent.succeeded",
            True,
            id="pi_1",
            description=transaction.reference,
            amount=10000,
            currency="usd",
            status="succeeded",
            payment_method="pm_1",
        )
        self.assertEqual(transaction.state, "done")
