import os
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..fault import fault
from .common_reversal import ReversalCommon


@tagged("post_install", "-at_install")
class TestAutopayReversalDispute(ReversalCommon):
    """Banks and customers that take money back, or ask about it."""

    def _dispute(self, attempt, **values):
        return self.admin.open_dispute(attempt.object_ref, **values)["id"]

    def _return_debit(self, reason="insufficient_funds"):
        """Collect by bank debit, then let the bank return it; return both."""
        self.token = self._enrol("pm_usBankAccount_success")
        invoice = self._create_due_invoice(100)
        self._run_autopay()
        self.admin.settle(invoice.autopay_attempt_ids.object_ref)
        self._resolve_autopay()
        self._assert_paid(invoice)
        attempt = invoice.autopay_attempt_ids
        self.admin.return_debit(attempt.object_ref, reason, "R01")
        self._poll()
        return invoice, attempt

    # === DISPUTES === #

    @fault(69)
    def test_dispute_opens_the_invoice_again(self):
        invoice, attempt = self._collect(100)
        self._dispute(attempt)
        self._poll()
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(invoice.autopay_status, "error")
        self.assertTrue(invoice.autopay_in_dispute)
        self.assertEqual(self._get_provider_balance(), 0)
        self.assertEqual(self._get_reversal(attempt).kind, "dispute")

    def test_disputes_by_reason_stand_under_sentences(self):
        _invoice, attempt = self._collect(100)
        self._dispute(attempt)
        self._poll()
        reversal = self._get_reversal(attempt)
        self._force(reversal, reason="product_not_received")
        groups = reversal.web_read_group(
            [("id", "in", reversal.ids)], ["reason"], ["__count"]
        )
        [group] = groups["groups"]
        self.assertEqual(group["reason"], reversal.reason_text)
        self.assertEqual(reversal.filtered_domain(group["__extra_domain"]), reversal)

    def test_dispute_of_a_part_opens_only_that_part(self):
        invoice, attempt = self._collect(100)
        self._dispute(attempt, amount=4000)
        self._poll()
        self.assertEqual(invoice.amount_residual, 40)

    def test_disputed_invoice_is_paid_again_when_we_win(self):
        invoice, attempt = self._collect(100)
        ref = self._dispute(attempt)
        self._poll()
        self.admin.answer_dispute(ref)
        self.admin.win_dispute(ref)
        self._poll()
        self._assert_paid(invoice)
        self.assertEqual(invoice.autopay_status, "success")
        self.assertFalse(invoice.autopay_in_dispute)
        self.assertEqual(self._get_provider_balance(), 100)
        self.assertEqual(self._get_reversal(attempt).state, "won")

    @fault(69)
    def test_alarm_is_closed_when_we_win(self):
        _invoice, attempt = self._collect(100)
        ref = self._dispute(attempt)
        self._poll()
        self.assertTrue(self._get_reversal(attempt).activity_ids)
        self.admin.win_dispute(ref)
        self._poll()
        self.assertFalse(self._get_reversal(attempt).activity_ids)

    def test_dispute_says_until_when_to_respond(self):
        _invoice, attempt = self._collect(100)
        self._dispute(attempt)
        self._poll()
        reversal = self._get_reversal(attempt)
        # The stand-in gives nine days.
        last = reversal.event_date + timedelta(days=9)
        self.assertEqual(reversal.respond_by_date, last)
        activity = reversal.activity_ids
        self.assertEqual(activity.date_deadline, (last - timedelta(days=1)).date())
        self.assertIn("Respond by", activity.note)
        # A day that the provider moves, moves the activity.
        vals = {"respond_by_date": last + timedelta(days=5)}
        reversal.sudo().write(vals)
        self.env["autopay.reversal.notice"].sudo()._on_change(reversal.sudo(), "gone")
        self.assertEqual(activity.date_deadline, (last + timedelta(days=4)).date())

    def test_reminder_of_a_last_day_that_is_over_is_due_today(self):
        _invoice, attempt = self._collect(100)
        self._dispute(attempt)
        self._poll()
        reversal = self._get_reversal(attempt).sudo()
        for days in (-30, 0, 1):
            moment = fields.Datetime.now() + timedelta(days=days)
            reversal.respond_by_date = moment
            self.assertEqual(reversal._get_reminder_day(), self.today)

    def test_answered_dispute_calls_nobody_until_it_is_decided(self):
        invoice, attempt = self._collect(100)
        ref = self._dispute(attempt)
        self._poll()
        self.admin.answer_dispute(ref)
        self._poll()
        reversal = self._get_reversal(attempt)
        self.assertFalse(reversal.is_to_answer or reversal.activity_ids)
        self.admin.lose_dispute(ref)
        self._poll()
        # A person is called once, on the invoice: is it still owed?
        self.assertTrue(invoice.activity_ids)

    def test_returned_debit_has_no_day_to_respond_by(self):
        _invoice, attempt = self._return_debit()
        self.assertFalse(self._get_reversal(attempt).respond_by_date)

    def test_dispute_leads_to_its_page_at_the_provider(self):
        _invoice, attempt = self._collect(100)
        ref = self._dispute(attempt)
        self._poll()
        reversal = self._get_reversal(attempt)
        # The stand-in for Stripe has no dashboard.
        self.assertFalse(reversal.provider_url)
        with patch.dict("os.environ"):
            del os.environ["AUTOPAY_STRIPE_API_BASE"]
            reversal.invalidate_recordset(["provider_url"])
            url = reversal.provider_url
        self.assertEqual(url, f"https://dashboard.stripe.com/test/disputes/{ref}")

    def test_lost_dispute_stays_booked(self):
        invoice, attempt = self._collect(100)
        ref = self._dispute(attempt)
        self._poll()
        self.admin.lose_dispute(ref)
        self._poll()
        reversal = self._get_reversal(attempt)
        self.assertEqual(reversal.state, "lost")
        self.assertEqual(len(reversal.payment_ids), 1)
        self.assertFalse(reversal.next_check_date)
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_history_of_the_invoice_tells_of_a_lost_dispute_and_calls_it_not_collected(
        self,
    ):
        invoice, attempt = self._collect(100)
        ref = self._dispute(attempt)
        self._poll()
        self.env.cr.precommit.run()
        self.admin.lose_dispute(ref)
        before = invoice.message_ids
        self._poll()
        self.env.cr.precommit.run()
        told = invoice.message_ids - before
        bodies = " ".join(map(str, told.mapped("body")))
        self.assertEqual(bodies.count("is gone for good"), 1, bodies)
        changes = told.sudo().tracking_value_ids
        self.assertIn("autopay_refunded", changes.field_id.mapped("name"))
        self.assertNotIn("autopay_status", changes.field_id.mapped("name"))
        self.assertEqual(invoice.autopay_shown_status, "charged_back")

    def test_dispute_learned_of_after_it_was_won_is_not_booked(self):
        invoice, attempt = self._collect(100)
        self.admin.win_dispute(self._dispute(attempt))
        self._poll()
        self.assertFalse(self._get_reversal(attempt).payment_ids)
        self._assert_paid(invoice)

    def test_inquiry_takes_no_money_but_pauses_the_method(self):
        invoice, attempt = self._collect(100)
        self._dispute(attempt, inquiry=True)
        self._poll()
        reversal = self._get_reversal(attempt)
        self.assertEqual(reversal.state, "inquiry")
        self.assertFalse(reversal.payment_ids)
        self._assert_paid(invoice)
        self.assertTrue(self.token.autopay_paused_date)
        self.assertIn("inquires", reversal.activity_ids.summary)

    def test_inquiry_that_becomes_a_dispute_is_booked(self):
        invoice, attempt = self._collect(100)
        ref = self._dispute(attempt, inquiry=True)
        self._poll()
        self.admin.escalate_inquiry(ref)
        self._poll()
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertTrue(invoice.autopay_in_dispute)

    # === RETURNED DEBITS === #

    @fault(69)
    def test_returned_debit_opens_the_invoice_and_is_not_a_dispute(self):
        invoice, attempt = self._return_debit()
        reversal = self._get_reversal(attempt)
        self.assertEqual(reversal.kind, "return")
        self.assertEqual(reversal.network_code, "R01")
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(invoice.autopay_status, "error")
        self.assertFalse(invoice.autopay_in_dispute)
        self.assertIn("enough money", reversal.reason_text)

    def test_debit_that_was_not_authorized_revokes_the_authorization(self):
        _invoice, attempt = self._return_debit("debit_not_authorized")
        self.assertTrue(attempt.authorization_id.revoked_date)

    def test_debit_without_funds_leaves_the_authorization_in_force(self):
        _invoice, attempt = self._return_debit()
        self.assertFalse(attempt.authorization_id.revoked_date)
        self.assertTrue(attempt.token_id.autopay_paused_date)

    # === PAUSED METHODS === #

    def test_paused_method_is_not_charged_for_other_invoices(self):
        _invoice, attempt = self._collect(100)
        self._dispute(attempt)
        self._poll()
        other = self._create_due_invoice(50)
        self._run_autopay()
        self.assertFalse(other.autopay_attempt_ids)
        self.assertEqual(other.autopay_blocker, "method_paused")
        self.assertIn("fraudulent", other.autopay_explanation)

    def test_paused_method_is_not_charged_by_a_person_either(self):
        _invoice, attempt = self._collect(100)
        self._dispute(attempt)
        self._poll()
        other = self._create_posted_invoice(50)
        self._charge_now(other)
        self.assertFalse(other.autopay_attempt_ids)

    @fault(24)
    def test_method_paused_between_reservation_and_charge_is_not_charged(self):
        invoice = self._create_due_invoice(50)
        token = self.token
        engine = type(self.env["autopay.engine"])
        gate = engine._open_gate

        def pause_first(stage, attempts, *args):
            token.sudo().with_env(stage.env)._pause_autopay("Disputed.")
            return gate(stage, attempts, *args)

        self.patch(engine, "_open_gate", pause_first)
        self._run_autopay()
        self.assertFalse(self._get_charges(invoice))

    def test_manager_releases_a_paused_method(self):
        _invoice, attempt = self._collect(100)
        self._dispute(attempt)
        self._poll()
        other = self._create_due_invoice(50)
        self._get_reversal(attempt).action_release_method()
        self.assertFalse(self.token.autopay_paused_date)
        self.assertFalse(self.token.sudo().autopay_pause_reason)
        self._run_autopay()
        self._assert_paid(other)

    def test_released_method_is_not_paused_again_when_the_same_dispute_is_lost(self):
        _invoice, attempt = self._collect(100)
        ref = self._dispute(attempt)
        self._poll()
        self._get_reversal(attempt).action_release_method()
        self.admin.lose_dispute(ref)
        self._poll()
        self.assertEqual(self._get_reversal(attempt).state, "lost")
        self.assertFalse(self.token.autopay_paused_date)

    def test_billing_users_cannot_release_a_paused_method(self):
        self.token.sudo()._pause_autopay("Disputed.")
        user = new_test_user(
            self.env,
            "billing_only",
            "account.group_account_invoice",
            company_id=self.company.id,
        )
        with self.assertRaises(AccessError):
            self.token.with_user(user).action_autopay_release()

    def test_pause_and_release_are_on_the_customers_chatter(self):
        self.token.sudo()._pause_autopay("Disputed.")
        self.token.action_autopay_release()
        bodies = " ".join(self.customer.message_ids.mapped("body"))
        self.assertIn("is paused", bodies)
        self.assertIn("may be charged again", bodies)

    def test_customer_with_a_paused_method_is_not_ready(self):
        self.token.sudo()._pause_autopay("Disputed.")
        self.assertEqual(self.customer.autopay_readiness, "method_paused")
        self.assertEqual(self.customer.autopay_paused_token_ids, self.token)
