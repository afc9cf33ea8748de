import time
from datetime import date, timedelta

from odoo import fields
from odoo.tests import tagged

from ...gateways.reports import EventFacts
from ..common import AutopayCommon
from ..fault import fault

YEARS_AHEAD = 6


@tagged("post_install", "-at_install")
class TestAutopayMethodReader(AutopayCommon):
    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.token.autopay_expiry_date = self.today - timedelta(days=3)

    # === FACTORIES === #

    def _renew_card(self, token=None, **card):
        """Have the bank give the customer a new card under the same id."""
        facts = {"exp_month": 2, "exp_year": self.today.year + YEARS_AHEAD}
        method_ref = (token or self.token).stripe_payment_method
        self.admin.reissue_card(method_ref, **{"last4": "1881", **facts, **card})

    def _tell(self, kind, **refs):
        """Receive an event, process it and return it."""
        reference = f"evt_{time.monotonic_ns()}"
        facts = EventFacts(reference, kind, int(time.time()), False, refs=refs)
        events = self.env["autopay.event"].sudo()
        events._store(self.provider, facts)
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.env.invalidate_all()
        return events.search([("event_ref", "=", reference)])

    def _tell_of_method(self, kind="automatically_updated"):
        method_ref = self.token.stripe_payment_method
        return self._tell(f"payment_method.{kind}", method_ref=method_ref)

    def _detach(self):
        self.stripe.v1.payment_methods.detach(self.token.stripe_payment_method)

    def _get_lines(self):
        """Return what was written in the chatter of the customer."""
        return " ".join(self.customer.message_ids.mapped("body"))

    # === RENEWED CARDS === #

    @fault(71)
    def test_renewed_card_gets_its_new_digits_and_date(self):
        self._renew_card()
        event = self._tell_of_method()
        self.assertEqual(event.state, "processed")
        self.assertEqual(self.token.payment_details, "1881")
        last_day = date(self.today.year + YEARS_AHEAD, 3, 1) - timedelta(days=1)
        self.assertEqual(self.token.autopay_expiry_date, last_day)

    def test_renewed_card_is_told_to_staff_once(self):
        self._renew_card()
        self._tell_of_method()
        self._tell_of_method("updated")
        self.assertEqual(self._get_lines().count("was updated at the payment"), 1)
        self.assertIn("1881", self._get_lines())

    def test_renewed_card_makes_the_customer_ready_again(self):
        customer = self.customer.with_company(self.company)
        self.assertEqual(customer.autopay_readiness, "method_expired")
        self._renew_card()
        self._tell_of_method()
        self.assertEqual(customer.autopay_readiness, "ready")

    @fault(71)
    def test_renewed_card_is_not_charged_at_once(self):
        self.token.autopay_expiry_date = self.today + timedelta(days=1)
        self.admin.change_payment_method(
            self.token.stripe_payment_method,
            behaviour={"kind": "decline", "decline_code": "expired_card"},
        )
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.decline_code, "expired_card")
        self.assertEqual(invoice.autopay_blocker, "failed")
        self._renew_card()
        self.admin.change_payment_method(self.token.stripe_payment_method, behaviour={})
        self._tell_of_method()
        self.assertEqual(invoice.autopay_retry_date, self.today + timedelta(days=1))
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)
        self.assertEqual(invoice.autopay_blocker, "retry_not_due")

    def test_claimed_renewal_changes_nothing(self):
        before = self.token.autopay_expiry_date
        self._renew_card(last4="4242", exp_month=before.month, exp_year=before.year)
        self.token.autopay_expiry_date = before = self._get_month_end(before)
        self._tell_of_method()
        self.assertEqual(self.token.autopay_expiry_date, before)
        self.assertNotIn("was updated", self._get_lines())

    def _get_month_end(self, day):
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(1)

    def test_method_of_nobody_is_ignored(self):
        event = self._tell("payment_method.updated", method_ref="pm_of_a_shop")
        self.assertEqual(event.state, "ignored")

    # === METHODS TAKEN AWAY === #

    def test_detached_method_is_archived_and_never_charged(self):
        invoice = self._create_due_invoice()
        self._detach()
        self._tell_of_method("detached")
        self.assertFalse(self.token.active)
        self._run_autopay()
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(invoice.autopay_blocker, "method_archived")
        self.assertIn("was removed at the payment provider", self._get_lines())
        self.assertEqual(
            self.customer.activity_ids.summary, "Autopay lost a payment method"
        )

    def test_claimed_detachment_changes_nothing(self):
        event = self._tell_of_method("detached")
        self.assertTrue(self.token.active)
        self.assertEqual(event.state, "processed")

    def test_method_unknown_to_the_account_is_left_alone(self):
        # The key may have been exchanged for another account's.
        self.token.stripe_payment_method = "pm_of_another_account"
        event = self._tell_of_method("detached")
        self.assertTrue(self.token.active)
        self.assertEqual(event.state, "ignored")

    def test_methods_of_a_deleted_customer_are_archived(self):
        self.stripe.v1.customers.delete(self.token.provider_ref)
        event = self._tell("customer.deleted", customer_ref=self.token.provider_ref)
        self.assertEqual(event.state, "processed")
        self.assertFalse(self.token.active)

    def test_claimed_deletion_of_a_customer_changes_nothing(self):
        event = self._tell("customer.deleted", customer_ref=self.token.provider_ref)
        self.assertEqual(event.state, "ignored")
        self.assertTrue(self.token.active)

    # === MANDATES === #

    def _give_mandate(self, status):
        """Return a debited account whose mandate has this status at the provider."""
        token = self._enrol("pm_usBankAccount_success")
        mandate = self.admin.create_mandate(token.stripe_payment_method)["id"]
        self.admin.set_mandate_status(mandate, status)
        token.stripe_mandate = mandate
        return token

    def _tell_of_mandate(self, token):
        return self._tell("mandate.updated", mandate_ref=token.stripe_mandate)

    def test_inactive_mandate_revokes_the_authorization(self):
        token = self._give_mandate("inactive")
        self._tell_of_mandate(token)
        consent = token.autopay_authorization_ids
        self.assertTrue(consent.revoked_date)
        self.assertIn("mandate", consent.revoke_reason)
        self.assertEqual(self.customer.activity_ids.summary, "Autopay lost a mandate")

    def test_mandate_in_force_changes_nothing(self):
        token = self._give_mandate("active")
        event = self._tell_of_mandate(token)
        self.assertFalse(token.autopay_authorization_ids.revoked_date)
        self.assertEqual(event.state, "ignored")

    def test_mandate_that_cannot_be_read_is_read_later(self):
        token = self._give_mandate("inactive")
        self.admin.add_fault("error_500_before", path="/v1/mandates/*", times=2)
        event = self._tell_of_mandate(token)
        self.assertFalse(token.autopay_authorization_ids.revoked_date)
        self.assertEqual(
            (event.state, event.reason), ("received", "The provider did not answer.")
        )
        event.next_try_date = fields.Datetime.now()
        self._resolve()
        self.assertTrue(token.autopay_authorization_ids.revoked_date)

    # === WITHOUT EVENTS === #

    def _resolve(self):
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.env.invalidate_all()

    def _get_reads(self):
        return [
            request
            for request in self.admin.requests()
            if request["method"] == "GET" and "/v1/payment_methods/" in request["path"]
        ]

    def test_card_that_ends_soon_is_read_without_any_event(self):
        self._renew_card()
        self.token.sudo().autopay_read_date = fields.Datetime.now() - timedelta(days=2)
        self._resolve()
        self.assertEqual(self.token.payment_details, "1881")

    def test_detached_method_is_found_without_any_event(self):
        self._detach()
        self.token.sudo().autopay_read_date = fields.Datetime.now() - timedelta(days=2)
        self._resolve()
        self.assertFalse(self.token.active)

    def test_methods_are_read_once_a_day_at_most(self):
        self.token.sudo().autopay_read_date = fields.Datetime.now() - timedelta(days=2)
        self.admin.clear_requests()
        self._resolve()
        self._resolve()
        self.assertEqual(len(self._get_reads()), 1)

    def test_methods_valid_for_long_or_just_saved_are_not_read(self):
        self.admin.clear_requests()
        self._resolve()
        self.token.sudo().autopay_read_date = fields.Datetime.now() - timedelta(days=2)
        self.token.autopay_expiry_date = self.today + timedelta(days=400)
        self._resolve()
        self.assertEqual(self._get_reads(), [])

    def test_method_that_nobody_uses_is_not_read(self):
        self.token.sudo().autopay_read_date = fields.Datetime.now() - timedelta(days=2)
        self.token.autopay_authorization_ids._revoke("for a test")
        self.admin.clear_requests()
        self._resolve()
        self.assertEqual(self._get_reads(), [])

    def test_provider_that_does_not_answer_is_asked_about_one_method(self):
        others = [
            self._enrol(customer=self._create_customer(f"Customer {number}"))
            for number in range(3)
        ]
        for token in (self.token, *others):
            token.autopay_expiry_date = self.today
            token.sudo().autopay_read_date = fields.Datetime.now() - timedelta(days=2)
        self.env.flush_all()
        self.admin.add_fault(
            "error_500_before", path="/v1/payment_methods/*", times=None
        )
        self.admin.clear_requests()
        self._resolve()
        # The SDK repeats the question once.
        self.assertLessEqual(len(self._get_reads()), 2)
        self.assertTrue(all(token.active for token in (self.token, *others)))
