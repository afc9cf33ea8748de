from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..fault import fault
from .common_reversal import ReversalCommon

WATCH_LOG = "odoo.addons.autopay.models.reversal.autopay_reversal_watch"


@tagged("post_install", "-at_install")
class TestAutopayReversal(ReversalCommon):
    """Refunds made in the provider's dashboard, found and booked without a webhook."""

    def test_refund_opens_the_invoice_again_by_exactly_its_amount(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt, 3000)
        self._poll()
        self.assertEqual(invoice.amount_residual, 30)
        self.assertEqual(invoice.payment_state, "partial")
        self.assertEqual(invoice.autopay_status, "success")
        self.assertTrue(invoice.autopay_refunded)
        self.assertFalse(invoice.autopay_retry_date)
        self.assertEqual(self._get_provider_balance(), 70)
        # Nobody knows it by the number of the provider.
        amount = attempt.currency_id.format(30)
        name = f"Refund of {amount}, {self.customer.name}"
        self.assertEqual(attempt.reversal_ids.display_name, name)

    def test_full_refund_leaves_the_invoice_unpaid(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt)
        self._poll()
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(self._get_customer_balance(), 100)
        self.assertEqual(self._get_provider_balance(), 0)

    @fault(70)
    def test_refund_is_booked_once_however_often_it_is_reported(self):
        invoice, attempt = self._collect(100)
        ref = self._refund(attempt, 4000)
        self._poll()
        self._follow([ref, attempt.object_ref, attempt.charge_ref])
        self._poll()
        self.assertEqual(len(self._get_reversal(attempt).payment_ids), 1)
        self.assertEqual(invoice.amount_residual, 40)

    @fault(70)
    def test_refunded_invoice_is_not_charged_again_by_itself(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt)
        self._poll()
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)
        self.assertEqual(invoice.autopay_blocker, "money_returned")
        self.assertIn(attempt.name, invoice.autopay_explanation)

    def test_staff_may_make_a_refunded_invoice_eligible_again(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt)
        self._poll()
        invoice.action_autopay_make_eligible()
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 2)
        self._assert_paid(invoice)

    def test_two_partial_refunds_add_up(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt, 3000)
        self._poll()
        self._refund(attempt, 2000)
        self._poll()
        self.assertEqual(invoice.amount_residual, 50)
        self.assertEqual(attempt.returned_amount, 50)

    def test_refund_that_fails_later_is_booked_back(self):
        invoice, attempt = self._collect(100)
        ref = self._refund(attempt)
        self._poll()
        self.admin.settle_refund(ref, "failed", "expired_or_canceled_card")
        self._poll()
        reversal = self._get_reversal(attempt)
        self.assertEqual(reversal.state, "canceled")
        self._assert_paid(invoice)
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(self._get_customer_balance(), 0)
        self.assertEqual(self._get_provider_balance(), 100)

    def test_refund_that_never_succeeded_is_not_booked(self):
        invoice, attempt = self._collect(100)
        ref = self._refund(attempt)
        self.admin.settle_refund(ref, "failed", "declined")
        self._poll()
        self.assertFalse(self._get_reversal(attempt).payment_ids)
        self._assert_paid(invoice)

    def test_refund_for_a_credit_note_pays_the_credit_note(self):
        invoice, attempt = self._collect(100)
        credit = self._create_credit_note(invoice, 25)
        self._refund(attempt, 2500)
        self._poll()
        self._assert_paid(invoice)
        self.assertEqual(invoice.autopay_status, "success")
        self._assert_paid(credit)
        self.assertEqual(self._get_customer_balance(), 0)

    def test_failed_refund_opens_the_credit_note_again(self):
        invoice, attempt = self._collect(100)
        credit = self._create_credit_note(invoice, 25)
        ref = self._refund(attempt, 2500)
        self._poll()
        self.admin.settle_refund(ref, "failed", "declined")
        self._poll()
        self.assertEqual(credit.amount_residual, 25)
        self.assertEqual(invoice.amount_residual, 0)

    def test_refunds_of_others_are_ignored(self):
        _invoice, attempt = self._collect(100)
        customer = self.stripe.v1.customers.create({}).id
        method = self.stripe.v1.payment_methods.attach(
            "pm_card_visa", {"customer": customer}
        )
        intent = self.stripe.v1.payment_intents.create(
            {
                "amount": 5000,
                "currency": "usd",
                "customer": customer,
                "payment_method": method.id,
                "confirm": True,
                "off_session": True,
                "allowed_payment_method_types": ["card"],
            }
        )
        self.stripe.v1.refunds.create({"payment_intent": intent.id})
        self._poll()
        self._follow([intent.id])
        self.assertFalse(self._get_reversal(attempt))
        self.assertFalse(self.env["autopay.reversal"].search(self._get_own_domain()))

    def test_event_is_not_done_with_when_the_provider_does_not_answer(self):
        _invoice, attempt = self._collect(100)
        ref = self._refund(attempt)
        self.admin.add_fault("refuse", method="GET", path="/v1/refunds*", times=None)
        with mute_logger(WATCH_LOG), self.assertRaises(UserError):
            self._follow([ref])
        self.admin.clear_faults()
        self._follow([ref])
        self.assertEqual(self._get_reversal(attempt).state, "booked")

    def test_events_of_foreign_objects_are_done_with(self):
        self._collect(100)
        with mute_logger(WATCH_LOG):
            self._follow(["re_of_another_account", "ch_foreign", "evt_1"])
        self.assertFalse(self.env["autopay.reversal"].search(self._get_own_domain()))

    def test_refund_does_not_pause_the_method(self):
        _invoice, attempt = self._collect(100)
        self._refund(attempt, reason="requested_by_customer")
        self._poll()
        self.assertFalse(self.token.autopay_paused_date)

    def test_refund_for_fraud_pauses_the_method(self):
        _invoice, attempt = self._collect(100)
        self._refund(attempt, reason="fraudulent")
        self._poll()
        self.assertTrue(self.token.autopay_paused_date)

    def test_staff_get_one_activity_for_a_refund(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt)
        self._poll()
        self._poll()
        activities = self._get_reversal(attempt).activity_ids | invoice.activity_ids
        self.assertEqual(len(activities), 1)
        self.assertIn("refunded", activities.summary)

    def test_refund_found_before_the_charge_is_booked_waits_for_it(self):
        invoice, attempt = self._leave_unbooked()
        self._refund(attempt)
        self._poll()
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(self._get_reversal(attempt).state, "booked")
        self.assertTrue(attempt.booked_date)
        self.assertEqual(self._get_provider_balance(), 0)

    # === FACTORIES === #

    def _create_credit_note(self, invoice, amount):
        credit = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_date": self.today,
                "reversed_entry_id": invoice.id,
                "invoice_line_ids": [
                    (0, 0, {"name": "Credit", "price_unit": amount, "tax_ids": []})
                ],
            }
        )
        credit.action_post()
        self.assertEqual(credit.amount_residual, amount)
        return credit

    def _leave_unbooked(self):
        """Charge with a lost answer: the provider has the money, we do not know."""
        path = "/v1/payment_intents/*/confirm"
        self.admin.add_fault("reset_after", method="POST", path=path)
        invoice = self._create_due_invoice(100)
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.state, "unknown")
        return invoice, invoice.autopay_attempt_ids
