from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...words.days import say_day
from .common_deadline import DeadlineCommon


@tagged("post_install", "-at_install")
class TestAutopayDeadlinePayment(DeadlineCommon):
    """Payments that others began keep autopay away for a while, and not for good."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wire = cls.env["payment.provider"].create(
            {
                "name": "Wire Transfer",
                "code": "none",
                "company_id": cls.company.id,
                "state": "disabled",
            }
        )
        cls.demo = cls._create_provider("demo")

    def setUp(self):
        super().setUp()
        self._enrol()
        self.invoice = self._create_due_invoice()

    def _begin(self, provider=None, state="pending", age=0, **values):
        """Begin another payment of the invoice, so many days ago."""
        provider = provider or self.wire
        method = self.env.ref("payment.payment_method_visa")
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"other-{len(self.invoice.transaction_ids)}",
                "amount": self.invoice.amount_residual,
                "currency_id": self.invoice.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_redirect",
                "invoice_ids": self.invoice.ids,
                **values,
            }
        )
        payment.state = state
        payment.last_state_change = fields.Datetime.now() - timedelta(days=age)
        return payment

    def _assert_collected(self):
        self._run_autopay()
        self.assertEqual(self.invoice.autopay_status, "success")
        self.assertEqual(len(self._get_charges(self.invoice)), 1)

    # === WIRE TRANSFERS === #

    def test_wire_transfer_is_waited_for_until_the_day_the_invoice_names(self):
        self._begin(age=5)
        self._assert_not_called(self.invoice)
        self.assertFalse(self.invoice.autopay_attempt_ids)
        self.assertEqual(self.invoice.autopay_blocker, "payment_pending")
        words = self.invoice.autopay_explanation
        self.assertIn("announced", words)
        self.assertIn(say_day(self.env, self.today + timedelta(days=2)), words)
        self.assertIn("Wire Transfer", words)

    def test_wire_transfer_that_does_not_come_calls_one_person(self):
        self._begin(age=8)
        self._assert_called_once(self.invoice, "the customer announced")
        self.assertIn("was asked", self.invoice.autopay_explanation)

    def test_wire_transfer_that_will_not_come_is_ignored_and_the_invoice_charged(self):
        first, second = self._begin(age=8), self._begin(age=1)
        self._assert_called_once(self.invoice, "the customer announced")
        self.assertIn("ignore_payment", self.invoice.autopay_offers)
        self._press("action_autopay_ignore_payment", self.invoice)
        self.assertTrue(first.autopay_ignored_date and second.autopay_ignored_date)
        self.assertEqual(first.autopay_ignored_user_id, self.biller)
        bodies = " ".join(self.invoice.message_ids.mapped("body"))
        self.assertIn(f"{self.biller.name}: payment {first.reference}", bodies)
        self._assert_collected()
        self._assert_not_called(self.invoice)

    def test_wire_transfer_that_arrives_after_all_is_booked_first(self):
        payment = self._begin(age=8)
        self._press("action_autopay_ignore_payment", self.invoice)
        payment.state = "done"
        self.assertEqual(self.invoice.autopay_blocker, "payment_pending")
        self._run_autopay()
        self.assertFalse(self.invoice.autopay_attempt_ids)

    def test_company_says_how_long_it_waits(self):
        self.company.autopay_wire_days = 20
        self._begin(age=19)
        self._assert_not_called(self.invoice)
        self.company.autopay_wire_days = 1
        self._assert_called_once(self.invoice, "the customer announced")
        for days in (0, -1, 91):
            with self.assertRaises(ValidationError):
                self.company.autopay_wire_days = days

    def test_nobody_is_called_before_the_autopay_date(self):
        self._begin(age=30)
        self.invoice.autopay_date = self.today + timedelta(days=3)
        self._assert_not_called(self.invoice)
        day = say_day(self.env, self.invoice.autopay_date)
        self.assertIn(day, self.invoice.autopay_explanation)

    def test_nobody_is_called_about_what_is_not_on_autopay(self):
        self._begin(age=30)
        self.invoice.action_autopay_remove()
        self._assert_not_called(self.invoice)
        self.invoice.action_autopay_make_eligible()
        self.company.autopay_enabled = False
        self._assert_not_called(self.invoice)

    # === PAYMENTS THAT A BANK WAS ASKED FOR === #

    def test_online_payment_is_ignored_by_a_manager_once_it_is_late(self):
        payment = self._begin(self.demo, age=1)
        self.assertEqual(self.invoice.autopay_offers, "open_payment is_waiting")
        with self.assertRaisesRegex(UserError, "nothing to say"):
            self._press("action_autopay_ignore_payment", self.invoice)
        payment.last_state_change -= timedelta(days=3)
        self._assert_called_once(self.invoice, "another payment")
        with self.assertRaises(AccessError):
            self._press("action_autopay_ignore_payment", self.invoice)
        now = fields.Datetime.now()
        by_hand = payment.with_user(self.biller)
        with self.assertRaisesRegex(AccessError, "by hand"):
            by_hand.write({"autopay_ignored_date": now})
        with self.assertRaisesRegex(AccessError, "by hand"):
            by_hand.create({"reference": "x", "autopay_ignored_date": now})
        self._press("action_autopay_ignore_payment", self.invoice, self.manager)
        self._assert_collected()

    def test_bank_debit_begun_online_has_twenty_days(self):
        payment = self._begin(self.demo, age=19, payment_method_id=self.debit_method.id)
        self._assert_not_called(self.invoice)
        payment.last_state_change -= timedelta(days=2)
        self._assert_called_once(self.invoice, "another payment")

    def test_many_payments_take_as_many_queries_as_one(self):
        self._begin(self.demo, age=1, payment_method_id=self.debit_method.id)
        # The first look reads the values that are kept in memory from then on.
        self._count_queries("_find_payments")
        one = self._count_queries("_find_payments")
        for number in range(8):
            self.invoice = self._create_due_invoice()
            debit = {"payment_method_id": self.debit_method.id}
            self._begin(self.demo, age=1, reference=f"debit {number}", **debit)
        self.assertLessEqual(self._count_queries("_find_payments"), one + 1)

    def test_authorized_payment_that_nobody_captures_calls_a_person(self):
        payment = self._begin(self.demo, "authorized", age=6)
        self._assert_not_called(self.invoice)
        payment.last_state_change -= timedelta(days=2)
        self._assert_called_once(self.invoice, "captured")
        self._press("action_autopay_ignore_payment", self.invoice, self.manager)
        self._assert_collected()

    def test_abandoned_checkout_keeps_autopay_away_for_half_an_hour(self):
        payment = self._begin(self.demo, "draft")
        self.assertIn("half an hour", self.invoice.autopay_explanation)
        self._assert_not_called(self.invoice)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = create_date"
            " - interval '31 minutes' WHERE id = %s",
            [payment.id],
        )
        self.env.invalidate_all()
        self._assert_collected()

    def _get_other_payment(self):
        """Return the payment that the buttons of the invoice are about."""
        action = self.invoice.action_autopay_open_payment()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_of_several_late_payments_the_call_names_the_one_of_the_button(
        self,
    ):
        first, second = self._begin(self.demo, age=9), self._begin(self.demo, age=8)
        call = self._assert_called_once(self.invoice, second.reference)
        self.assertEqual(self._get_other_payment(), second)
        self._press("action_autopay_ignore_payment", self.invoice, self.manager)
        self.assertTrue(second.autopay_ignored_date)
        self._resolve_autopay()
        self.assertEqual(self._get_calls(self.invoice), call)
        self.assertIn(first.reference, call.summary)
        self._press("action_autopay_ignore_payment", self.invoice, self.manager)
        self._assert_collected()

    def test_a_payment_begun_later_takes_the_button_from_none_that_is_late(self):
        first, second = self._begin(self.demo, age=9), self._begin(self.demo)
        self._assert_called_once(self.invoice, first.reference)
        self.assertEqual(self._get_other_payment(), first)
        self._press("action_autopay_ignore_payment", self.invoice, self.manager)
        self.assertEqual(
            (bool(first.autopay_ignored_date), bool(second.autopay_ignored_date)),
            (True, False),
        )
        self._assert_not_called(self.invoice)
        self.assertEqual(self._get_other_payment(), second)

    def test_a_payment_that_will_not_come_pays_none_of_its_invoices(self):
        other = self._create_due_invoice()
        payment = self._begin(self.demo, age=9)
        payment.invoice_ids = self.invoice + other
        self.assertEqual(other.autopay_blocker, "payment_pending")
        arch = etree.fromstring(self.invoice.get_view(view_type="form")["arch"])
        [button] = arch.xpath("//button[@name='action_autopay_ignore_payment']")
        self.assertIn("every other invoice", button.get("confirm"))
        self._press("action_autopay_ignore_payment", self.invoice, self.manager)
        for invoice in self.invoice + other:
            bodies = " ".join(invoice.message_ids.mapped("body"))
            self.assertIn(f"payment {payment.reference}", bodies)
        self._assert_collected()
        self.assertEqual(other.autopay_status, "success")

    # === CONFIRMED, AND NOT BOOKED === #

    def test_confirmed_payment_that_odoo_does_not_book_is_booked_by_hand(self):
        self._begin(self.demo, "done", age=5)
        self._assert_called_once(self.invoice, "to be booked")
        self.assertIn("book_payment", self.invoice.autopay_offers)
        with self.assertRaises(UserError):
            self._press("action_autopay_ignore_payment", self.invoice, self.manager)
        transaction = type(self.env["payment.transaction"])
        failure = patch.object(transaction, "_create_payment", self._refuse)
        with failure, self.assertRaisesRegex(UserError, "Journal archived"):
            self._press("action_autopay_book_payment", self.invoice)
        self._press("action_autopay_book_payment", self.invoice)
        self.assertEqual(self.invoice.amount_residual, 0)
        self._assert_not_called(self.invoice)

    def _refuse(self, *_args, **_kwargs):
        raise UserError(self.env._("Journal archived"))

    # === IN DOUBT === #

    def test_payment_in_doubt_calls_a_person_also_when_autopay_comes_later(self):
        payment = self._begin(self.demo, "error")
        payment.sudo().autopay_doubt_date = fields.Datetime.now() - timedelta(days=2)
        self.assertEqual(self.invoice.autopay_blocker, "payment_in_doubt")
        self._assert_called_once(self.invoice, "Not Charged")
        action = self.invoice.with_user(self.biller).action_autopay_open_payment()
        self.assertEqual(action["res_id"], payment.id)
        payment.with_user(self.manager).action_autopay_not_charged()
        self._assert_collected()
        self._assert_not_called(self.invoice)
