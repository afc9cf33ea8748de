# One test for each blocker.
# pylint: disable=too-many-lines
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...const.blockers import BLOCKERS
from ...gateways.run_context import RunContext
from ..common import AutopayCommon
from ..fault import fault


@tagged("post_install", "-at_install")
class TestAutopayDecision(AutopayCommon):
    """Every reason for which an invoice is not charged, one test each."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()
        self.invoice = self._create_due_invoice()

    def _decide(self, invoice=None, mode="scheduled"):
        invoice = invoice or self.invoice
        invoice.invalidate_recordset()
        return (
            self.env["autopay.decision"].sudo()._decide(invoice.sudo(), mode)[invoice]
        )

    def _assert_blocked(self, code, **kwargs):
        """Check the blocker, that it has words, and that a run charges nothing."""
        decision = self._decide(**kwargs)
        self.assertEqual(decision.blocker, code)
        words = decision.get_words(self.env)
        self.assertTrue(words)
        self.assertNotIn("%(", words)
        self._run_autopay()
        self.assertEqual(self._get_charges(self.invoice), [])
        return decision

    def _reserve(self):
        """Leave the invoice in the hands of a run, as one that is working on it."""
        run = (
            self.env["autopay.run"]
            .sudo()
            .create(
                {"name": "R", "company_id": self.company.id, "trigger": "scheduled"}
            )
        )
        engine = self.env["autopay.engine"].sudo()
        return engine._reserve(self.invoice.sudo(), run, RunContext())

    def test_every_blocker_has_a_check_and_words(self):
        checks = dict(self.env["autopay.decision"]._get_checks("scheduled"))
        self.assertEqual(list(checks), [row.code for row in BLOCKERS])

    def test_eligible_invoice_of_a_ready_customer_is_not_blocked(self):
        decision = self._decide()
        self.assertFalse(decision.blocker)
        self.assertIn("4242", decision.get_words(self.env))

    # === COMPANY AND CUSTOMER === #

    def test_nothing_is_charged_in_a_neutralized_database(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        self._assert_blocked("database_neutralized")

    def test_nothing_is_charged_while_autopay_is_off(self):
        self.company.autopay_enabled = False
        self._assert_blocked("company_off")

    def test_nothing_is_charged_while_the_customer_is_off(self):
        self.customer.with_company(self.company).autopay_policy = "off"
        self._assert_blocked("customer_off")

    # === INVOICE === #

    @fault(6)
    def test_cancelled_invoice_is_not_charged(self):
        self.invoice.button_cancel()
        self._assert_blocked("not_posted")

    @fault(6)
    def test_paid_invoice_is_not_charged(self):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({}).action_create_payments()
        self._assert_blocked("nothing_due")

    @fault(6)
    def test_credited_invoice_is_not_charged(self):
        credit = self.invoice._reverse_moves(cancel=True)
        self.assertEqual(credit.state, "posted")
        self._assert_blocked("nothing_due")

    def test_invoice_whose_payment_is_blocked_says_so_and_how_to_unblock_it(self):
        self.assertFalse(self.invoice.autopay_blocker)
        self.invoice.action_toggle_block_payment()
        # As the form shows it at once, with the words that Odoo's own menu has.
        self.assertEqual(self.invoice.autopay_blocker, "payment_blocked")
        menu = self.env.ref("account.action_move_block_payment")
        self.assertIn(menu.name, self.invoice.autopay_explanation)
        self.assertIn("100.00", self.invoice.autopay_explanation)
        self._run_autopay()
        self.assertFalse(self.invoice.autopay_attempt_ids)
        self.invoice.action_toggle_block_payment()
        self.assertFalse(self.invoice.autopay_blocker)
        self._run_autopay()
        self.assertEqual(len(self._get_charges(self.invoice)), 1)

    def test_paid_invoice_is_not_called_blocked(self):
        self.invoice.action_toggle_block_payment()
        credit = self.invoice._reverse_moves(cancel=True)
        self.assertEqual(credit.state, "posted")
        self._assert_blocked("nothing_due")

    def test_invoice_that_is_not_on_autopay_is_not_charged(self):
        self.invoice.action_autopay_remove()
        self._assert_blocked("not_eligible")

    def test_disputed_invoice_is_not_charged(self):
        self.invoice.autopay_in_dispute = True
        self._assert_blocked("in_dispute")

    def test_invoice_on_hold_is_not_charged_and_tells_until_when(self):
        until = self.today + timedelta(days=5)
        self.invoice.write(
            {"autopay_hold_date": until, "autopay_hold_reason": "Goods are late"}
        )
        decision = self._assert_blocked("on_hold")
        self.assertEqual(decision.date, until)
        self.assertIn("Goods are late", decision.get_words(self.env))

    def test_invoice_is_charged_on_the_day_its_hold_ends(self):
        self.invoice.autopay_hold_date = self.today
        self.assertFalse(self._decide().blocker)

    def test_failed_invoice_waits_for_its_next_try(self):
        later = self.today + timedelta(days=3)
        self._fail(later)
        self.assertEqual(self._assert_blocked("retry_not_due").date, later)

    def test_failed_invoice_without_next_try_waits_for_people(self):
        self._fail(False)
        self._assert_blocked("failed")

    def test_failed_invoice_is_charged_again_on_its_next_try(self):
        self._fail(self.today)
        self._run_autopay()
        self.assertEqual(len(self._get_charges(self.invoice)), 1)

    def test_invoice_without_autopay_date_is_not_charged(self):
        self.invoice.autopay_date = False
        self._assert_blocked("no_date")

    def test_invoice_is_not_charged_before_its_date(self):
        tomorrow = self.today + timedelta(days=1)
        self.invoice.autopay_date = tomorrow
        self.assertEqual(self._assert_blocked("date_not_reached").date, tomorrow)

    def test_no_charge_is_promised_for_a_date_when_the_method_cannot_pay(self):
        self.invoice.autopay_date = self.today + timedelta(days=1)
        self.token.active = False
        self.assertEqual(self._decide().blocker, "method_archived")

    def test_invoice_that_was_set_aside_is_not_charged(self):
        self.invoice.sudo().autopay_crash_count = 2
        self._assert_blocked("set_aside")

    def _fail(self, retry_date):
        """Leave the invoice as a failed charge does."""
        self.invoice.sudo().write(
            {"autopay_status": "error", "autopay_retry_date": retry_date}
        )

    def test_people_cannot_set_what_only_the_engine_knows(self):
        for status in ("in_progress", "success", "error"):
            with self.subTest(status=status), self.assertRaises(AccessError):
                self.invoice.autopay_status = status

    # === PAYMENTS UNDER WAY === #

    def test_invoice_in_the_hands_of_a_run_is_not_charged_again(self):
        self._reserve()
        self.assertEqual(self._decide().blocker, "being_charged")

    def test_live_attempts_block_by_their_state(self):
        attempt = self._reserve()
        expected = {
            "unknown": "outcome_unknown",
            "pending": "debit_pending",
            "action_required": "needs_authentication",
            "succeeded": "not_booked",
        }
        for state, blocker in expected.items():
            with self.subTest(state=state):
                attempt.state = state
                self.assertEqual(self._decide().blocker, blocker)
                self.assertIn(attempt.name, self._decide().get_words(self.env))

    def test_customers_own_pending_payment_stops_autopay(self):
        self._create_portal_transaction("pending")
        self._assert_blocked("payment_pending")

    def test_customers_own_payment_counts_until_it_is_booked(self):
        self._create_portal_transaction("done")
        self._assert_blocked("payment_pending")

    def _create_portal_transaction(self, state):
        return self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "reference": f"portal-{state}",
                "amount": self.invoice.amount_residual,
                "currency_id": self.invoice.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_direct",
                "state": state,
                "invoice_ids": [Command.set(self.invoice.ids)],
            }
        )

    # === METHOD AND AUTHORIZATION === #

    def test_customer_without_method_is_not_charged(self):
        self.customer.with_company(self.company).autopay_token_id = False
        self._assert_blocked("no_method")

    @fault(11)
    def test_archived_method_is_not_charged(self):
        self.token.active = False
        self._assert_blocked("method_archived")

    def test_expired_method_is_not_charged(self):
        self.token.autopay_expiry_date = self.today - timedelta(days=1)
        self._assert_blocked("method_expired")

    def test_method_is_charged_on_its_last_day(self):
        self.token.autopay_expiry_date = self.today
        self.assertFalse(self._decide().blocker)

    @fault(83)
    def test_method_of_another_customer_is_never_charged(self):
        other = self._create_customer("Blue Harbour Shipping")
        self.token.partner_id = other
        self._assert_blocked("method_of_other_customer")

    def test_method_without_authorization_is_not_charged(self):
        self.invoice.autopay_token_id = self._create_token()
        self._assert_blocked("no_authorization")

    def test_revoked_authorization_is_not_charged(self):
        self.customer.autopay_authorization_ids._revoke("Customer wrote")
        self._assert_blocked("authorization_revoked")

    @fault(35)
    @fault(85)
    def test_stolen_card_is_not_tried_on_other_invoices_until_it_is_chosen_anew(self):
        self._enrol("pm_card_visa_chargeDeclinedStolenCard")
        other = self._create_due_invoice()
        self._run_autopay()
        # The first invoice of a provider goes alone: the others hear of its refusal.
        self.assertEqual(self.invoice.autopay_status, "error")
        self.assertEqual(other.autopay_blocker, "method_refused")
        self.assertFalse(other.autopay_attempt_ids)
        self.invoice = self._create_due_invoice()
        self._assert_blocked("method_refused")
        self.assertEqual(self.customer.autopay_readiness, "method_refused")

    @fault(37)
    def test_authorization_that_the_bank_reports_revoked_is_revoked(self):
        self._enrol({"kind": "decline", "decline_code": "revocation_of_authorization"})
        self._run_autopay()
        attempt = self.invoice.autopay_attempt_ids
        self.assertEqual(attempt.decline_class, "revoked")
        self.assertTrue(attempt.authorization_id.revoked_date)
        self.invoice = self._create_due_invoice()
        self._assert_blocked("authorization_revoked")

    def test_amount_above_the_authorized_cap_is_not_charged(self):
        self.customer.autopay_authorization_ids._revoke("New terms")
        self.env["autopay.authorization"]._record(
            self.customer, self.company, self.token, "paper", max_amount=99.99
        )
        self._assert_blocked("above_authorization")

    def test_method_of_the_invoice_comes_before_the_customers(self):
        own = self._create_token(payment_details="1111")
        self.env["autopay.authorization"]._record(
            self.customer, self.company, own, "staff"
        )
        self.invoice.autopay_token_id = own
        self.assertEqual(self._decide().token, own)

    # === PROVIDER, CURRENCY, AMOUNT === #

    def test_disabled_provider_is_not_used(self):
        self.provider.with_context(active_test=False).state = "disabled"
        self.token.sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE payment_token SET active = true WHERE id = %s", [self.token.id]
        )
        self.env.invalidate_all()
        self._assert_blocked("provider_disabled")

    @fault(83)
    def test_provider_of_another_company_is_not_used(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        self.env.cr.execute(
            "UPDATE payment_provider SET company_id = %s WHERE id = %s",
            [other.id, self.provider.id],
        )
        self.env.invalidate_all()
        self._assert_blocked("provider_company")

    @fault(41)
    def test_provider_that_only_authorizes_is_not_used(self):
        self.provider.payment_method_ids = self.card_method.primary_payment_method_id
        self.provider.capture_manually = True
        self._assert_blocked("provider_unsupported")

    @fault(83)
    def test_archived_currency_is_not_charged(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.invoice = self._create_due_invoice(currency_id=euro.id)
        self.env.cr.execute(
            "UPDATE res_currency SET active = false WHERE id = %s", [euro.id]
        )
        self.env.invalidate_all()
        self._assert_blocked("currency_inactive")

    def test_currency_that_the_provider_does_not_take_is_not_charged(self):
        self.provider.available_currency_ids = self.env.ref("base.EUR")
        self._assert_blocked("currency_not_accepted")

    def test_amount_below_the_providers_minimum_is_not_charged(self):
        self.invoice = self._create_due_invoice(0.49)
        self._assert_blocked("amount_not_accepted")

    @fault(13)
    def test_three_decimal_amount_that_stripe_cannot_take_is_not_charged(self):
        dinar = self.env.ref("base.KWD")
        dinar.active = True
        self.invoice = self._create_due_invoice(10.555, currency_id=dinar.id)
        self._assert_blocked("amount_not_accepted")

    def test_rules_of_stripe_about_amounts_hold_for_stripe_only(self):
        dinar = self.env.ref("base.KWD")
        dinar.active = True
        self._enrol_at_demo()
        invoice = self._create_due_invoice(10.555, currency_id=dinar.id)
        small = self._create_due_invoice(0.01)
        self.assertFalse(self._decide(invoice).blocker)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual((attempt.state, attempt.amount), ("succeeded", 10.555))
        self.assertEqual(attempt.amount_minor, 10555)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(small.autopay_status, "success")
        finding = self.env["autopay.invariant"].sudo()._check_one("I9")
        offenders = [row[1] for row in finding.offenders or []]
        self.assertNotIn(attempt.id, offenders)

    # === MODES === #

    def test_charge_now_ignores_date_and_eligibility_but_not_a_hold(self):
        self.invoice.write({"autopay_date": False, "autopay_status": False})
        self.assertFalse(self._decide(mode="now").blocker)
        self.invoice.autopay_hold_date = self.today + timedelta(days=1)
        self.assertEqual(self._decide(mode="now").blocker, "on_hold")
