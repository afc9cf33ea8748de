from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common_resolve import CONFIRM, ResolveCommon


@tagged("post_install", "-at_install")
class TestAutopayResolve(ResolveCommon):
    """People say what became of charges whose provider does not."""

    # === IT WAS PAID === #

    def test_paid_is_booked_like_any_charge(self):
        invoice, attempt = self._leave_unknown()
        self._say(attempt, "paid")
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.autopay_status, "success")
        self.assertEqual(invoice.amount_residual, 0)
        payment = attempt.transaction_id.payment_id
        self.assertEqual((payment.amount, payment.move_id.state), (100.0, "posted"))
        self.assertFalse(attempt.line_ids.live)
        self.assertFalse(attempt.next_check_date)

    def test_payment_has_the_day_and_the_reference_that_were_given(self):
        day = self.today - timedelta(days=1)
        _invoice, attempt = self._leave_unknown()
        attempt.sudo().reserved_date = fields.Datetime.now() - timedelta(days=2)
        self._say(attempt, "paid", paid_on=day)
        payment = attempt.transaction_id.payment_id
        self.assertEqual(payment.date, day)
        self.assertIn("ref-77", payment.memo)
        self.assertEqual(attempt.transaction_id.provider_reference, "ref-77")

    def test_what_was_said_leaves_a_trace(self):
        _invoice, attempt = self._leave_unknown()
        self._say(attempt, "paid", note="Seen in the dashboard")
        self.assertEqual(attempt.resolution, "paid")
        self.assertEqual(attempt.resolution_user_id, self.biller)
        self.assertEqual(attempt.resolution_reference, "ref-77")
        self.assertTrue(attempt.resolution_date)
        message = attempt.message_ids.filtered(lambda msg: "ref-77" in msg.body)
        self.assertEqual(message.author_id, self.biller.partner_id)
        self.assertIn("Seen in the dashboard", message.body)

    def test_alarm_ends_when_somebody_has_spoken(self):
        _invoice, attempt = self._leave_unknown()
        self._resolve_autopay()
        self.assertTrue(attempt.activity_ids)
        self._say(attempt, "paid")
        self.assertFalse(attempt.activity_ids)

    def test_second_click_books_nothing(self):
        invoice, attempt = self._leave_unknown()
        wizard = self._open(attempt, "paid")
        self._apply_wizard(wizard)
        self._apply_wizard(wizard)
        payments = self.env["account.payment"].search(
            [("payment_transaction_id", "=", attempt.transaction_id.id)]
        )
        self.assertEqual(len(payments), 1)
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    def test_paid_needs_a_reference_and_a_possible_day(self):
        _invoice, attempt = self._leave_unknown()
        wrong = (
            {"reference": " "},
            {"checked_where": False},
            {"paid_on": False},
            {"paid_on": self.today + timedelta(days=1)},
            {"paid_on": self.today - timedelta(days=30)},
        )
        for values in wrong:
            with self.subTest(values), self.assertRaises(UserError):
                self._say(attempt, "paid", **values)
        self.assertEqual(attempt.state, "unknown")

    def test_our_own_reference_is_no_evidence(self):
        invoice, attempt = self._leave_unknown()
        own = attempt.transaction_id.reference
        invoice.ref = "77"
        for reference in (
            own,
            f" {own.lower()} ",
            attempt.name,
            invoice.name,
            invoice.ref,
            f"demo-{own}",
            f"Payment of {invoice.name.replace('/', ' ')}, thanks",
        ):
            with (
                self.subTest(reference),
                self.assertRaisesRegex(UserError, "our own reference"),
            ):
                self._say(attempt, "paid", reference=reference)
        for given in (own, f"demo-{own}"):
            attempt.sudo().object_ref = given
            self.assertFalse(self._open(attempt, "paid", reference=None).reference)
        self.assertEqual(attempt.state, "unknown")
        # A short text is part of many references by chance.
        self._say(attempt, "paid", reference="pi_377")
        self.assertEqual(attempt.state, "succeeded")

    def test_a_day_in_closed_books_is_refused(self):
        _invoice, attempt = self._leave_unknown()
        self.company.sudo().fiscalyear_lock_date = self.today
        with self.assertRaisesRegex(UserError, "closed"):
            self._say(attempt, "paid")

    def test_wizard_shows_what_is_known_and_proposes_the_day(self):
        invoice, attempt = self._leave_unknown()
        model = self.env["autopay.resolve"].with_user(self.biller)
        context = {"default_attempt_id": attempt.id, "default_kind": "paid"}
        form = Form(model.with_context(**context))
        self.assertEqual(form.amount, 100.0)
        self.assertEqual(form.partner_id, self.customer)
        self.assertEqual(form.move_ids[:], invoice)
        self.assertEqual(form.paid_on, self.today)

    # === IT WAS NOT PAID === #

    def test_not_paid_releases_the_invoice_without_another_try(self):
        invoice, attempt = self._leave_unknown()
        self._say(attempt, "not_paid")
        self.assertEqual(attempt.state, "declined")
        self.assertEqual(invoice.autopay_status, "error")
        self.assertFalse(invoice.autopay_retry_date)
        self.assertFalse(attempt.line_ids.live)
        self.assertFalse(attempt.next_check_date)
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    def test_not_paid_says_who_looked_where(self):
        _invoice, attempt = self._leave_unknown()
        self._say(attempt, "not_paid", checked_where="Bank statement 12")
        self.assertIn("Bank statement 12", attempt.resolution_note)
        self.assertIn("Bank statement 12", attempt.message_ids[0].body)
        self.assertIn("a person looked it up", attempt.explanation)

    def test_not_paid_must_be_confirmed_and_say_where(self):
        _invoice, attempt = self._leave_unknown()
        for values in ({"is_confirmed": False}, {"checked_where": False}):
            with self.subTest(values), self.assertRaises(UserError):
                self._say(attempt, "not_paid", **values)
        self.assertEqual(attempt.state, "unknown")

    def test_the_other_answer_comes_too_late(self):
        invoice, attempt = self._leave_unknown()
        wizard = self._open(attempt, "not_paid")
        self._say(attempt, "paid")
        with self.assertRaises(UserError):
            self._apply_wizard(wizard)
        self.assertEqual(invoice.autopay_status, "success")

    # === PROVIDERS THAT CAN BE ASKED === #

    def test_nobody_decides_while_the_provider_can_answer(self):
        _invoice, attempt = self._leave_stripe_unknown()
        self.assertFalse(attempt.can_state_paid or attempt.can_state_not_paid)
        self.admin.add_fault("refuse", times=None)
        for kind in ("paid", "not_paid"):
            with self.subTest(kind), self.assertRaisesRegex(UserError, "can still"):
                self._say(attempt, kind)
        self.assertEqual(attempt.state, "unknown")

    def test_the_providers_answer_counts_more_than_what_is_said(self):
        invoice, attempt = self._leave_stripe_unknown()
        attempt.sudo().check_count = 200
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            self._say(attempt, "not_paid")
        attempt.invalidate_recordset()
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.autopay_status, "success")

    def test_a_provider_that_is_silent_for_long_is_decided_for(self):
        invoice, attempt = self._leave_stripe_unknown()
        attempt.sudo().check_count = 200
        self.assertTrue(attempt.can_state_not_paid)
        self.admin.add_fault("refuse", times=None)
        self._say(attempt, "not_paid")
        self.assertEqual((attempt.state, invoice.autopay_status), ("declined", "error"))
        self.assertTrue(attempt.next_check_date, "it is still to be verified")

    def test_wrong_word_is_found_out_when_the_provider_answers_again(self):
        invoice, attempt = self._leave_stripe_unknown()
        attempt.sudo().check_count = 200
        self.admin.add_fault("refuse", times=None)
        self._say(attempt, "not_paid")
        self.admin.clear_faults()
        self._resolve_autopay()
        self.assertTrue(attempt.mismatch and attempt.can_state_paid)
        self.assertIn("should not exist", attempt.activity_ids.summary)
        self._say(attempt, "paid")
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(len(self._get_charges(invoice)), 1)

    def test_right_word_is_verified_once_and_then_left_alone(self):
        self._enrol()
        self.admin.add_fault("reset_before", method="POST", path=CONFIRM)
        invoice = self._create_due_invoice()
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        attempt.sudo().check_count = 200
        self.admin.add_fault("refuse", times=None)
        self._say(attempt, "not_paid")
        self.admin.clear_faults()
        self._resolve_autopay()
        self.assertFalse(attempt.mismatch)
        self.assertFalse(attempt.next_check_date)
        intent = self.stripe.v1.payment_intents.retrieve(attempt.object_ref)
        self.assertEqual(intent.status, "canceled")
