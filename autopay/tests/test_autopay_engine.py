from odoo.tests import tagged

from .common import AutopayCommon


@tagged("post_install", "-at_install")
class TestAutopayEngine(AutopayCommon):
    def test_due_invoice_is_charged_posted_and_reconciled(self):
        self._enrol()
        invoice = self._create_due_invoice(123.45)

        self._run_autopay()

        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.amount_residual, 0)
        payment = invoice.autopay_attempt_ids.payment_id
        self.assertEqual(payment.amount, 123.45)
        self.assertEqual([entry["amount"] for entry in self._get_charges(invoice)], [12345])
