from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.account_move import AccountMove
from ...models.attempt.autopay_attempt_state import AutopayAttemptState
from ..common import AutopayCommon
from ..fault import fault

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"
CONFIRM = "/v1/payment_intents/*/confirm"
CREATE = "/v1/payment_intents"


@tagged("post_install", "-at_install")
class TestAutopayStage(AutopayCommon):
    """Providers that fail, answers that get lost, records that make trouble."""

    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    # === PROVIDER TROUBLE === #

    @fault(20)
    def test_missing_key_stops_the_provider_and_keeps_invoices_eligible(self):
        self.provider.stripe_secret_key = "sk_test_invalid"
        invoices = self._create_due_invoice() | self._create_due_invoice()

        self._run_autopay()
        self._run_autopay()

        self.assertEqual(set(invoices.mapped("autopay_status")), {"eligible"})
        self.assertIn("key", self._get_last_run().stopped_text)
        alerts = self.env["mail.activity"].search(
            [("res_model", "=", "autopay.run"), ("summary", "ilike", "stopped")]
        )
        self.assertEqual(len(alerts), 1)

        self.provider.stripe_secret_key = "sk_test_autopay"
        self._run_autopay()
        self.assertEqual(set(invoices.mapped("autopay_status")), {"success"})

    @fault(20)
    def test_wrong_key_stops_the_provider_after_one_request(self):
        self.provider.stripe_secret_key = "sk_test_invalid"
        for _number in range(5):
            self._create_due_invoice()
        self.admin.clear_requests()
        self._run_autopay()
        self.assertEqual(len(self.admin.requests()), 1)

    @fault(15)
    def test_unreachable_provider_leaves_invoices_reserved_until_it_is_back(self):
        self.admin.add_fault("refuse", times=None)
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "in_progress")

        self.admin.clear_faults()
        self._resolve_autopay()
        self.assertEqual(invoice.autopay_status, "eligible")
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)
        self.assertEqual(invoice.autopay_status, "success")

    @fault(17)
    @fault(18)
    @fault(30)
    def test_lost_answers_never_charge_twice_and_never_lose_a_charge(self):
        faults = (
            "reset_before",
            "reset_after",
            "truncate",
            "garbage",
            "html_502_before",
            "html_502_after",
            "conflict_409",
            "rate_limit_429",
            "lock_timeout_429",
            "error_500_before",
            "error_500_after",
        )
        for path in (CREATE, CONFIRM):
            self._check_faults_converge(faults, path)

    def _check_faults_converge(self, faults, path):
        """Let one customer meet each fault, and all of them the same runs."""
        self.admin.clear_faults()
        invoices = {kind: self._prepare_fault(kind, path) for kind in faults}
        self._run_autopay()
        for _round in range(3):
            for invoice in invoices.values():
                self.assertLessEqual(len(self._get_charges(invoice)), 1)
            self._resolve_autopay()
            self._run_autopay()
        met = {each["kind"]: each["hits"] for each in self.admin.faults()}
        for kind, invoice in invoices.items():
            with self.subTest(path=path, fault=kind):
                self.assertGreater(met[kind], 0)
                self.assertEqual(len(self._get_charges(invoice)), 1)
                self.assertEqual(invoice.autopay_status, "success")
                self.assertEqual(invoice.amount_residual, 0)
                self.assertEqual(len(invoice.transaction_ids.payment_id), 1)
                self.assertFalse(any(invoice.autopay_attempt_line_ids.mapped("live")))

    def _prepare_fault(self, kind, path):
        customer = self._create_customer(kind)
        token = self._enrol(customer=customer)
        method = token.stripe_payment_method
        self.admin.add_fault(
            kind, method="POST", path=path, payment_method=method, times=2
        )
        return self._create_due_invoice(customer=customer)

    def test_wrong_amount_in_the_answer_is_not_booked_and_calls_a_person(self):
        self.admin.add_fault("wrong_amount", method="POST", path=CONFIRM)
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "unknown")
        self.assertTrue(attempt.mismatch)
        self.assertFalse(attempt.payment_id)

    # === ISOLATION === #

    @mute_logger(STAGE_LOG)
    @fault(2)
    def test_one_bad_invoice_does_not_stop_the_others(self):
        good, bad = self._create_due_invoice(10), self._create_due_invoice(20)
        original = AccountMove._get_autopay_amount

        def fail_on_bad(move):
            if move.id == bad.id:
                raise ZeroDivisionError("a bad rule")
            return original(move)

        with patch.object(AccountMove, "_get_autopay_amount", fail_on_bad):
            self._run_autopay()
            self._run_autopay()
        self.assertEqual(good.autopay_status, "success")
        self.assertEqual(self._get_charges(bad), [])
        self.assertEqual(bad.autopay_crash_count, 2)
        self.assertEqual(bad.autopay_blocker, "set_aside")
        self.assertIn("set this invoice aside", bad.activity_ids.summary)

    def test_invoice_that_was_set_aside_is_charged_once_made_eligible_again(self):
        invoice = self._create_due_invoice()
        invoice.sudo().autopay_crash_count = 2
        self._run_autopay()
        self.assertEqual(self._get_charges(invoice), [])
        invoice.action_autopay_make_eligible()
        self._run_autopay()
        self.assertEqual(len(self._get_charges(invoice)), 1)

    @mute_logger(STAGE_LOG)
    def test_recording_that_fails_leaves_the_charge_to_the_resolver(self):
        invoice = self._create_due_invoice()
        with patch.object(
            AutopayAttemptState, "_process_each", side_effect=ZeroDivisionError
        ):
            self._run_autopay()
        self.assertEqual(invoice.autopay_status, "in_progress")
        self.assertEqual(len(self._get_charges(invoice)), 1)
        self._resolve_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_other_companies_are_not_charged_while_switched_off(self):
        other = self._create_company(name="Second Company")
        self.assertFalse(other.autopay_enabled)
        invoice = self._create_due_invoice()
        self._run_autopay()
        self.assertEqual(invoice.autopay_status, "success")
        self.assertFalse(
            self.env["autopay.run"].search([("company_id", "=", other.id)])
        )
