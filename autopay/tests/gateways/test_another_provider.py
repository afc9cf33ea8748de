from unittest.mock import patch

from odoo.tests import tagged

from ...models.payment_provider import PaymentProvider
from ..reconciliation.common_reconciliation import ReconciliationCommon
from ..reversal.common_reversal import ReversalCommon
from .toy_account import ToyAccount, ToyBooks

LONG_AGO = "2020-01-01 00:00:00"


def get_account_types(providers):
    """Return what another add-on would return: one more provider."""
    return {**ORIGINAL(providers), "demo": ToyAccount}


ORIGINAL = PaymentProvider._get_autopay_account_types


@tagged("post_install", "-at_install")
class TestAnotherProvider(ReconciliationCommon):
    """A provider that is one class with three parts charges, reconciles, reverses."""

    _poll = ReversalCommon._poll
    _get_reversal = ReversalCommon._get_reversal
    _get_own_domain = ReversalCommon._get_own_domain

    def setUp(self):
        super().setUp()
        self.startPatcher(
            patch.object(
                PaymentProvider, "_get_autopay_account_types", get_account_types
            )
        )
        ToyAccount.books = ToyBooks()
        self.demo = self._enrol_at_demo()
        self.token = self.customer.sudo().autopay_token_id

    def _charge(self, amount=100.0):
        invoice = self._create_due_invoice(amount)
        self._run_autopay()
        return invoice, invoice.autopay_attempt_ids

    def test_an_invoice_is_charged_once_and_booked(self):
        invoice, attempt = self._charge()
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(attempt.provider_id, self.demo)
        self.assertEqual(invoice.autopay_status, "success")
        self._run_autopay()
        (charge,) = ToyAccount.books.charges.values()
        self.assertEqual(charge.body["amount"], 10000)
        self.assertEqual(attempt.object_ref, charge.ref)

    def test_a_decline_is_said_and_retried(self):
        self.token.provider_ref = "broke"
        invoice, attempt = self._charge()
        self.assertEqual(attempt.state, "declined")
        self.assertEqual(invoice.autopay_status, "error")
        self.assertTrue(invoice.autopay_retry_date)
        self.assertEqual(
            [charge.kind for charge in ToyAccount.books.charges.values()], ["canceled"]
        )

    def test_a_lost_answer_is_found_out(self):
        ToyAccount.books.is_answer_lost = True
        invoice, attempt = self._charge()
        self.assertEqual(attempt.state, "unknown")
        self._force(attempt, next_check_date=LONG_AGO)
        self._resolve_autopay()
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(len(ToyAccount.books.charges), 1)

    def test_its_charges_are_compared(self):
        _invoice, attempt = self._charge()
        self._grow_old(attempt)
        record = self._compare(self.demo)
        self.assertTrue(record.provider_asked)
        self.assertEqual((record.state, record.matched_count), ("agrees", 1))
        charge = ToyAccount.books.charges[attempt.object_ref]
        charge.body["amount"] = 9000
        self.assertEqual(self._compare(self.demo).state, "differs")

    def test_a_refund_at_the_provider_is_booked(self):
        invoice, attempt = self._charge()
        ToyAccount.books.refund(attempt.object_ref, 3000)
        self._poll()
        reversal = self._get_reversal(attempt)
        self.assertEqual(reversal.state, "booked", reversal.booking_error)
        self.assertEqual(invoice.amount_residual, 30)

    def test_parts_that_are_missing_are_missed_by_nobody(self):
        account = self.demo._get_autopay_gateway()
        self.assertIsNone(account.methods)
        self.assertIsNone(account.webhooks)
        self.assertNotIn("demo", self.demo._get_autopay_codes("methods"))
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
