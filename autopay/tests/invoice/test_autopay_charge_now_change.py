from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common_charge_now import ChargeNowCommon


@tagged("post_install", "-at_install")
class TestAutopayChargeNowChange(ChargeNowCommon):
    """Invoices that are not as they were shown are shown again before a charge."""

    def _raise(self, invoice, amount):
        """Have a posted invoice come to another amount, as staff do."""
        if invoice.state == "posted":
            invoice.button_draft()
        line = Command.update(invoice.invoice_line_ids.id, {"price_unit": amount})
        invoice.invoice_line_ids = [line]
        invoice.action_post()

    def test_an_invoice_that_grew_is_shown_again_before_it_is_charged(self):
        self._enrol()
        invoice = self._create_due_invoice(100.0)
        wizard = self._open_form(invoice).save()
        wizard.is_confirmed = True
        self._raise(invoice, 5000.0)
        self._charge(wizard)
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual((wizard.state, wizard.is_confirmed), ("draft", False))
        self.assertRegex(wizard.changes, r"(?s)Nothing was charged.*5,000.*100\.00")
        self.assertIn("5,000.00", wizard.total)
        self._charge(wizard)
        self.assertEqual(invoice.autopay_attempt_ids.mapped("amount"), [5000.0])

    def test_an_amount_in_another_currency_is_another_amount(self):
        self._enrol()
        euro = self.env.ref("base.EUR")
        euro.active = True
        invoice = self._create_due_invoice(100.0)
        wizard = self._open_form(invoice).save()
        invoice.button_draft()
        invoice.currency_id = euro
        self._raise(invoice, 100.0)
        self.assertEqual(invoice.amount_residual, 100.0)
        self._charge(wizard)
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertIn(euro.symbol, wizard.changes)

    def test_another_method_is_shown_again_before_it_is_charged(self):
        customer = self._create_customer("Blue Harbour")
        self._enrol()
        self._enrol(customer=customer)
        moves = self._create_due_invoice()
        moves += self._create_due_invoice(customer=customer)
        wizard = self._open_form(moves).save()
        token = self._enrol(payment_details="1111")
        self._charge(wizard)
        self.assertFalse(moves.autopay_attempt_ids)
        self.assertRegex(wizard.changes, "1111 instead of .*4242")
        self._charge(wizard)
        self.assertEqual(moves[0].autopay_attempt_ids.token_id, token)
        self.assertTrue(moves[1].autopay_attempt_ids)

    def test_an_invoice_that_is_gone_meanwhile_is_said_before_the_rest_is_charged(self):
        self._enrol()
        invoice, other = self._create_due_invoice(80.0), self._create_due_invoice(20.0)
        wizard = self._open_form(invoice + other).save()
        other.autopay_hold_date = self.today + timedelta(days=2)
        self._charge(wizard)
        self.assertFalse((invoice + other).autopay_attempt_ids)
        self.assertIn(f"{other.name}: cannot be charged now. On hold", wizard.changes)
        self.assertNotIn(invoice.name, wizard.changes)
        self.assertEqual(wizard.charge_count, 1)
        self._charge(wizard)
        self.assertEqual(invoice.autopay_status, "success")
        self.assertFalse(other.autopay_attempt_ids)

    def test_what_is_not_ticked_uses_up_no_limit(self):
        self.env["autopay.configuration"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "token_id": self._create_token().id,
                "condition_ids": [Command.create({"number": 1.0})],
                "max_month_amount": 100.0,
            }
        )
        first, second = self._create_due_invoice(80.0), self._create_due_invoice(80.0)
        with self._open_form(first + second) as form:
            self.assertEqual(form.charge_count, 1)
        wizard = form.save()
        self.assertEqual(wizard._get_lines().mapped("is_chosen"), [True, False])
        wizard._get_lines()[0].is_chosen = False
        wizard._get_lines()[1].write({"is_chosen": True, "blocker": False})
        self._charge(wizard)
        self.assertEqual((first + second).autopay_attempt_ids.move_ids, second)

    def test_the_engine_charges_no_more_than_was_shown(self):
        self._enrol()
        invoice, other = self._create_due_invoice(100.0), self._create_due_invoice(50.0)
        self._charge_now(invoice + other, shown={invoice.id: 99.99, other.id: 60.0})
        self.assertFalse(invoice.autopay_attempt_ids)
        self.assertEqual(invoice.autopay_status, "eligible")
        self.assertEqual(other.autopay_attempt_ids.amount, 50.0)
