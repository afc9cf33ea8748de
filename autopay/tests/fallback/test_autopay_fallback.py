from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ...models.fallback.autopay_fallback import AutopayFallback
from ..configuration.common_configuration import ConfigurationCommon

CONFIRM = "/v1/payment_intents/*/confirm"
LOST = "pm_card_chargeDeclinedLostCard"
NO_MONEY = "pm_card_chargeDeclinedInsufficientFunds"


@tagged("post_install", "-at_install")
class TestAutopayFallback(ConfigurationCommon):
    """Another method pays after a definite "no", and after nothing else."""

    def setUp(self):
        super().setUp()
        self.company.autopay_fallback = True
        self.spare = self._agree("pm_card_mastercard")

    def _agree(self, method, channel="phone", **limits):
        """Save a method to which the customer agrees, without using it by itself."""
        token = self._create_token(method)
        self.env["autopay.authorization"]._record(
            self.customer, self.company, token, channel, **limits
        )
        return token

    def _fail(self, method=LOST, **values):
        self._enrol(method)
        invoice = self._create_due_invoice(**values)
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "error")
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)
        return invoice

    def _hold(self, invoice):
        """Have an invoice not be charged with the customer's next default method."""
        invoice.autopay_hold_date = self.today + timedelta(days=9)

    def _assert_paid_by(self, invoice, token):
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.autopay_attempt_ids.sorted("id")[-1:].token_id, token)
        self.assertEqual(len(self._get_charges(invoice)), 1)
        self.assertFalse(invoice.autopay_fallback_token_id)

    def _assert_no_other(self, invoice):
        self.assertFalse(invoice.autopay_fallback_token_id)
        self.assertFalse(invoice.autopay_retry_date)
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)
        self.assertEqual(self._get_charges(invoice), [])

    def test_what_staff_ticked_for_one_charge_is_no_consent_to_another(self):
        self.spare.active = False
        ticked = self._agree("pm_card_mastercard", channel="staff")
        invoice = self._fail()
        self._assert_no_other(invoice)
        self.assertTrue(ticked.active)

    def test_consent_of_the_customer_holds_whatever_staff_ticked_since(self):
        self.env["autopay.authorization"]._record(
            self.customer, self.company, self.spare, "staff"
        )
        invoice = self._fail()
        self.assertEqual(invoice.autopay_fallback_token_id, self.spare)

    def test_method_that_was_declined_first_is_not_said_to_pay_now(self):
        self.spare.active = False
        self._agree("pm_card_chargeDeclinedStolenCard")
        invoice = self._fail()
        self._run_autopay()
        self.env.invalidate_all()
        self.assertEqual(len(invoice.autopay_attempt_ids), 2)
        self.assertEqual(invoice.autopay_blocker, "failed")
        self.assertNotIn("pays now", invoice.autopay_explanation)
        # One that was not tried does.
        self._enrol("pm_card_visa", payment_details="9876")
        self.env.invalidate_all()
        self.assertIn("9876 pays now", invoice.autopay_explanation)

    def test_next_agreed_method_pays_what_the_usual_one_never_will(self):
        invoice = self._fail()
        self.assertEqual(invoice.autopay_fallback_token_id, self.spare)
        self.assertEqual(invoice.autopay_retry_date, self.today)
        self.assertIn("has agreed to this one as well", invoice.autopay_explanation)
        told = [
            body for body in invoice.message_ids.mapped("body") if "next run" in body
        ]
        self.assertEqual(len(told), 1)
        self._assert_paid_by(invoice, self.spare)

    def test_other_invoices_stay_with_the_usual_method(self):
        self._assert_paid_by(self._fail(), self.spare)
        usual = self.customer.with_company(self.company).autopay_token_id
        self.assertNotEqual(usual, self.spare)
        invoice = self._create_due_invoice()
        self.assertEqual(invoice._get_autopay_tokens(), {invoice.id: usual})

    def test_no_company_does_so_by_itself(self):
        self.assertFalse(self._create_company(name="New").autopay_fallback)
        self.company.autopay_fallback = False
        self._assert_no_other(self._fail())

    def test_rule_of_the_customer_goes_before_that_of_the_company(self):
        payer = self.customer.with_company(self.company)
        payer.autopay_fallback_policy = "stop"
        self._assert_no_other(self._fail())
        self.company.autopay_fallback = False
        payer.autopay_fallback_policy = "next"
        self._assert_paid_by(self._fail(), self.spare)

    def test_retries_of_the_usual_method_are_used_up_first(self):
        self.company.autopay_retry_card = "3"
        invoice = self._fail(NO_MONEY)
        self.assertFalse(invoice.autopay_fallback_token_id)
        self.assertEqual(invoice.autopay_retry_date, self.today + timedelta(days=3))
        self._force(invoice, autopay_retry_date=self.today)
        self._run_autopay()
        self.assertEqual(invoice.autopay_fallback_token_id, self.spare)
        self._assert_paid_by(invoice, self.spare)

    def test_unknown_outcome_is_followed_to_its_end(self):
        self._enrol()
        for fault in ("reset_before", "reset_after"):
            self.admin.add_fault(fault, method="POST", path=CONFIRM)
            invoice = self._create_due_invoice()
            self._run_autopay()
            attempt = invoice.autopay_attempt_ids
            self.assertEqual(attempt.state, "unknown")
            self.assertFalse(invoice.autopay_fallback_token_id)
            self._run_autopay()
            self.assertEqual(invoice.autopay_attempt_ids, attempt)
            self._resolve_autopay()
            self._run_autopay()
            self.assertEqual(len(self._get_charges(invoice)), 1)
            self.assertNotIn(self.spare, invoice.autopay_attempt_ids.token_id)

    def test_only_one_charge_is_ever_live(self):
        """A method is offered only once the other charge is over, for good."""
        third = self._agree(LOST)
        self._agree("pm_card_chargeDeclinedStolenCard")
        invoice = self._fail()
        seen = invoice.autopay_attempt_ids
        while invoice.autopay_retry_date:
            self.assertFalse(any(invoice.autopay_attempt_line_ids.mapped("live")))
            self._run_autopay()
            new = invoice.autopay_attempt_ids - seen
            self.assertEqual(len(new), 1)
            seen |= new
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(len(self._get_charges(invoice)), 1)
        # Each method is tried once: the newest consent first, the one that pays last.
        tokens = seen.sorted("id").mapped("token_id")
        self.assertEqual(len(tokens), len(seen))
        self.assertEqual((tokens[2], tokens[-1]), (third, self.spare))

    def test_what_forbids_a_method_forbids_it_here_as_well(self):
        self.spare.active = False
        self._assert_no_other(self._fail())
        self.spare.active = True
        self.spare.autopay_authorization_ids._revoke("The customer said so.")
        self._assert_no_other(self._fail())

    def test_same_card_saved_twice_is_one_method(self):
        self._force(self.spare, autopay_fingerprint="same")
        self._force(self._enrol(LOST), autopay_fingerprint="same")
        invoice = self._create_due_invoice()
        self._run_autopay()
        self._assert_no_other(invoice)

    def test_kind_that_may_not_pay_is_passed_over(self):
        debit = self._agree("pm_usBankAccount_success")
        invoice = self._fail(autopay_allowed_kinds="card")
        self.assertEqual(invoice.autopay_fallback_token_id, self.spare)
        self._hold(invoice)
        self.assertEqual(self._fail().autopay_fallback_token_id, debit)

    def test_other_method_waits_once_nobody_wants_it_any_more(self):
        invoice = self._fail()
        self.assertEqual(invoice.autopay_fallback_token_id, self.spare)
        self.customer.autopay_fallback_policy = "stop"
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)
        self.assertEqual(self._decide(invoice).blocker, "failed")
        self.customer.autopay_fallback_policy = "next"
        self._assert_paid_by(invoice, self.spare)

    def test_limit_of_a_consent_holds(self):
        limited = self._agree("pm_card_amex", max_amount=40.0)
        invoice = self._fail()
        self.assertEqual(invoice.autopay_fallback_token_id, self.spare)
        self._hold(invoice)
        small = self._fail(amount=30.0)
        self.assertEqual(small.autopay_fallback_token_id, limited)

    def test_method_that_a_person_chose_has_no_other_beside_it(self):
        self._enrol()
        lost = self._agree(LOST)
        invoice = self._create_due_invoice(autopay_token_id=lost.id)
        self._run_autopay()
        self._assert_no_other(invoice)

    def test_configurations_are_followed_in_their_order(self):
        first = self._configure(self._agree(LOST))
        second = self._configure(self.visa)
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.autopay_attempt_ids.configuration_id, first)
        self.assertEqual(invoice.autopay_fallback_token_id, second.token_id)
        self._assert_paid_by(invoice, self.visa)

    def test_other_method_pays_no_earlier_than_the_rule_whose_place_it_takes(self):
        lost = self._agree(LOST)
        young = {"kind": "age", "operator": "<=", "number": 9}
        self._configure(lost, [young])
        self._configure(self.visa, [young])
        self._configure(lost, [{"kind": "age", "operator": ">=", "number": 30}])
        invoice = self._create_due_invoice(invoice_date=self.today)
        self._run_autopay()
        self.assertEqual(invoice.autopay_fallback_token_id, self.visa)
        # Neither of the first two matches any more, and the third does not yet.
        day = self.today + timedelta(days=18)
        self._force(invoice, invoice_date=self.today - timedelta(days=12))
        decision = self._decide(invoice)
        self.assertEqual((decision.token, decision.date), (self.visa, day))
        self._assert_waits(invoice, "retry_not_due")
        decision = self._decide(invoice, today=day)
        self.assertEqual((decision.token, decision.blocker), (self.visa, False))

    def test_nothing_takes_the_place_of_a_locked_configuration(self):
        configuration = self._configure(self._agree(LOST))
        self._configure(self.visa)
        configuration.write({"locked": True, "lock_reason": "Agreed by contract."})
        invoice = self._create_due_invoice()
        self._run_autopay()
        self._assert_no_other(invoice)

    def test_retry_by_a_person_begins_with_the_usual_method(self):
        invoice = self._fail()
        self._enrol("pm_card_visa")
        invoice.action_autopay_make_eligible()
        self.assertFalse(invoice.autopay_fallback_token_id)

    def test_what_took_the_place_of_the_usual_method_goes_first(self):
        invoice = self._fail()
        new = self._enrol("pm_card_amex")
        self.assertEqual(invoice._get_autopay_tokens(), {invoice.id: new})
        self._assert_paid_by(invoice, new)

    def test_nothing_pays_where_staff_want_no_method_to_pay(self):
        invoice = self._fail()
        self.customer.with_company(self.company).action_autopay_clear_method()
        self._assert_waits(invoice, "no_method")

    def test_declined_method_is_not_charged_when_the_other_is_gone(self):
        self.company.autopay_retry_card = ""
        invoice = self._fail(NO_MONEY)
        self.assertEqual(invoice.autopay_fallback_token_id, self.spare)
        self.spare.active = False
        self._assert_waits(invoice, "method_archived")

    def _assert_waits(self, invoice, blocker):
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)
        self.assertEqual(self._decide(invoice).blocker, blocker)

    def test_fault_in_the_search_does_not_lose_the_decline(self):
        fault = patch.object(AutopayFallback, "_get_tried", side_effect=ValueError)
        with fault, self.assertLogs("odoo.addons.autopay.models.fallback", "ERROR"):
            invoice = self._fail()
        self.assertEqual(invoice.autopay_attempt_ids.state, "declined")
        self._assert_no_other(invoice)
