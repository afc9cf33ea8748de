from datetime import timedelta

from odoo import Command, fields

from .common import AutopayCommon


class DiscountCommon(AutopayCommon):
    """Invoices with a discount of 2 % when they are paid within seven days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls._create_term()

    def setUp(self):
        super().setUp()
        self.token = self._enrol()

    @classmethod
    def _create_term(cls, computation="included", days=7):
        return cls.env["account.payment.term"].create(
            {
                "name": f"2/{days} net 30",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": days,
                "early_pay_discount_computation": computation,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )

    def _create_discounted(self, amount=100.0, days_ago=0, **values):
        """Create a due invoice of some days ago that grants the discount."""
        day = self.today - timedelta(days=days_ago)
        vals = {
            "invoice_date": fields.Date.to_string(day),
            "invoice_date_due": False,
            "invoice_payment_term_id": self.term.id,
            **values,
        }
        return self._create_due_invoice(amount, **vals)

    def _get_discount_line(self, invoice):
        return self.env["autopay.discount"]._get_line(invoice)

    def _get_taken(self, invoice):
        """Return what the simulator took for an invoice, from cards and accounts."""
        references = invoice.transaction_ids.mapped("reference")
        return [
            entry["amount"]
            for entry in self.admin.ledger()["entries"]
            if entry["kind"] in ("charge", "settled")
            and entry["metadata"].get("autopay_tx") in references
        ]

    def _assert_settled(self, invoice, minor):
        """Check what was charged, and that nothing is left in the books."""
        self.assertEqual(self._get_taken(invoice), [minor])
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(invoice.autopay_status, "success")
        payment = invoice.autopay_attempt_ids.payment_id
        self.assertAlmostEqual(sum(payment.move_id.line_ids.mapped("balance")), 0)
        counterpart = payment.move_id.line_ids.filtered(
            lambda item: item.account_id == payment.destination_account_id
        )
        self.assertTrue(counterpart.reconciled)
