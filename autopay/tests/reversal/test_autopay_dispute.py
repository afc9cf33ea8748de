from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...words.days import say_day
from ..common_portal import PortalCommon
from .common_reversal import ReversalCommon


@tagged("post_install", "-at_install")
class TestAutopayDispute(ReversalCommon):
    """An invoice is neither charged nor asked for while its dispute is open."""

    def _open(self, amount=100, **values):
        invoice, attempt = self._collect(amount)
        ref = self.admin.open_dispute(attempt.object_ref, **values)["id"]
        self._poll()
        return invoice, self._get_reversal(attempt), ref

    def _decide(self, verdict, ref):
        getattr(self.admin, verdict)(ref)
        self._poll()

    # === OPEN === #

    def test_staff_are_told_which_dispute_and_until_when(self):
        invoice, reversal, ref = self._open()
        last = say_day(self.env, reversal._get_local_day(reversal.respond_by_date))
        for refused in (
            invoice.action_autopay_make_eligible,
            invoice._get_default_payment_link_values,
            lambda: self.env["payment.link.wizard"].create(
                {"res_model": "account.move", "res_id": invoice.id, "amount": 100}
            ),
        ):
            with self.assertRaises(UserError) as caught:
                refused()
            for part in (ref, last, "untick In Dispute"):
                self.assertIn(part, str(caught.exception))
        self.assertEqual(invoice.autopay_status, "error")
        self.assertEqual(invoice.autopay_blocker, "in_dispute")
        self.assertIn(ref, invoice.autopay_explanation)

    def test_answered_dispute_names_no_day(self):
        invoice, reversal, ref = self._open()
        self.admin.answer_dispute(ref)
        self._poll()
        self.assertIn("looks at our answer", invoice.autopay_explanation)
        self.assertNotIn("Respond by", invoice.autopay_explanation)

    def test_box_that_a_person_ticked_names_no_bank(self):
        invoice = self._create_due_invoice(100, autopay_in_dispute=True)
        self.assertFalse(invoice._has_to_be_paid())
        self.assertIn("The customer disputes", invoice.autopay_explanation)
        self.assertNotIn("bank", invoice.autopay_explanation)
        with self.assertRaisesRegex(UserError, "The customer disputes"):
            invoice._get_default_payment_link_values()

    def test_dispute_is_no_failed_charge(self):
        invoice, _reversal, _ref = self._open()
        self.assertIn("is_blocked", invoice.autopay_offers.split())
        standing = self.env["autopay.status"].sudo()._find(invoice.sudo())[invoice]
        self.assertEqual((standing.code, standing.reason), ("blocked", "in_dispute"))

    def test_no_plan_is_made_of_what_is_disputed(self):
        invoice, _reversal, _ref = self._open()
        with self.assertRaisesRegex(UserError, "untick In Dispute"):
            invoice.action_autopay_plan()
        wizard = self.env["autopay.plan.wizard"].create(
            {"move_id": invoice.id, "channel": "phone"}
        )
        with self.assertRaisesRegex(UserError, "untick In Dispute"):
            wizard.action_apply()
        self.assertFalse(invoice.autopay_planned)

    def test_collected_invoice_says_until_when_an_inquiry_is_answered(self):
        invoice, reversal, ref = self._open(inquiry=True)
        self.assertEqual(invoice.autopay_status, "success")
        last = say_day(self.env, reversal._get_local_day(reversal.respond_by_date))
        self.assertIn("was collected", invoice.autopay_outcome)
        self.assertIn(f"Respond by {last}.", invoice.autopay_outcome)
        self._decide("close_inquiry", ref)
        self.assertNotIn("Respond by", invoice.autopay_outcome)

    def test_many_are_counted(self):
        disputed, _reversal, _ref = self._open()
        other = self._create_posted_invoice(30)
        action = (disputed | other).action_autopay_make_eligible()
        self.assertIn(
            "In dispute until that is settled: 1.", action["params"]["message"]
        )
        self.assertEqual(disputed.autopay_status, "error")
        self.assertEqual(other.autopay_status, "eligible")

    def test_person_may_have_it_paid_nevertheless(self):
        invoice, _reversal, _ref = self._open()
        self.assertFalse(invoice._has_to_be_paid())
        invoice.autopay_in_dispute = False
        self.assertTrue(invoice._has_to_be_paid())
        self.token.action_autopay_release()
        invoice.action_autopay_make_eligible()
        self.assertEqual(invoice.autopay_status, "eligible")

    def test_refunded_part_waits_for_the_dispute(self):
        invoice, attempt = self._collect(100)
        self._refund(attempt, 4000)
        self._poll()
        self.admin.open_dispute(attempt.charge_ref)
        self._poll()
        with self.assertRaisesRegex(UserError, "untick In Dispute"):
            invoice.action_autopay_collect_again()
        self.assertTrue(invoice.autopay_refunded)

    # === DECIDED === #

    def test_won(self):
        invoice, _reversal, ref = self._open()
        self._decide("win_dispute", ref)
        self._assert_paid(invoice)
        self.assertEqual(invoice.autopay_shown_status, "success")
        self.assertFalse(invoice.autopay_in_dispute)

    def test_lost(self):
        invoice, reversal, ref = self._open()
        self._decide("lose_dispute", ref)
        self._assert_to_decide(invoice, reversal)
        self._run_autopay()
        self.assertEqual(len(invoice.autopay_attempt_ids), 1)

    def _assert_to_decide(self, invoice, reversal):
        self.assertFalse(invoice.autopay_in_dispute)
        self.assertTrue(invoice.autopay_refunded)
        self.assertEqual(invoice.autopay_shown_status, "charged_back")
        self.assertEqual(invoice.autopay_blocker, "money_returned")
        self.assertIn("charged back", invoice.autopay_explanation)
        self.assertIn("charged back: still owed", invoice.activity_ids.summary)
        # One person is called once.
        self.assertFalse(reversal.activity_ids)
        self.assertFalse(invoice._has_to_be_paid())

    def test_lost_before_anybody_heard_of_it(self):
        invoice, attempt = self._collect(100)
        ref = self.admin.open_dispute(attempt.object_ref)["id"]
        self._decide("lose_dispute", ref)
        self._assert_to_decide(invoice, self._get_reversal(attempt))

    def test_lost_and_still_owed(self):
        invoice, _reversal, ref = self._open()
        self._decide("lose_dispute", ref)
        invoice.action_autopay_collect_again()
        self.assertEqual(invoice.autopay_shown_status, "eligible")
        self.token.action_autopay_release()
        invoice.autopay_date = self.today
        self._run_autopay()
        self._assert_paid(invoice)
        self.assertEqual(len(invoice.autopay_attempt_ids), 2)
        self.assertFalse(invoice.activity_ids)

    def test_lost_and_no_longer_owed(self):
        invoice, _reversal, ref = self._open()
        self._decide("lose_dispute", ref)
        context = invoice.action_autopay_credit_note()["context"]
        self.assertEqual(context["autopay_credit_amount"], 100)
        self.assertIn("Lost dispute of", context["default_reason"])
        invoice._reverse_moves([{"invoice_date": fields.Date.today()}], cancel=True)
        self.assertFalse(invoice.autopay_refunded)
        self.assertFalse(invoice.activity_ids)

    def test_lost_after_a_person_had_it_paid(self):
        invoice, reversal, ref = self._open()
        invoice.autopay_in_dispute = False
        self.token.action_autopay_release()
        invoice.action_autopay_make_eligible()
        self._decide("lose_dispute", ref)
        self.assertTrue(reversal.is_decided)
        self.assertTrue(reversal.activity_ids)
        self.assertFalse(invoice.autopay_refunded)
        self.assertEqual(invoice.autopay_status, "eligible")

    def test_one_of_two_lost(self):
        invoice, attempt = self._collect(100)
        first = self.admin.open_dispute(attempt.object_ref, amount=4000)["id"]
        self.admin.open_dispute(attempt.object_ref, amount=3000)
        self._poll()
        self._decide("lose_dispute", first)
        self.assertTrue(invoice.autopay_in_dispute)
        self.assertEqual(invoice.autopay_blocker, "in_dispute")

    def test_button_to_retry_is_not_shown(self):
        arch = self.env["account.move"].get_view(view_type="form")["arch"]
        for name in ("charge_now", "make_eligible", "collect_again"):
            rows = [
                row
                for row in arch.split("<button ")
                if row.startswith(f'name="action_autopay_{name}"')
                and "Put on Autopay" not in row
            ]
            self.assertTrue(rows)
            for row in rows:
                self.assertIn("autopay_in_dispute", row.split("/>")[0])


@tagged("post_install", "-at_install")
class TestAutopayDisputePortal(PortalCommon):
    """Customers are not asked for what is disputed."""

    def test_disputed_invoice_is_not_asked_for(self):
        disputed = self._create_posted_invoice(70)
        other = self._create_posted_invoice(5)
        disputed.autopay_in_dispute = True
        for user in (None, self.owner_user):
            self._log_in(user)
            page = self.url_open(disputed.get_portal_url() + "&payment=True").text
            self.assertIn("This invoice is in dispute", page)
            self.assertNotIn("Pay Now", page)
            self.assertNotIn("o_payment_form", page)
        page = self.url_open("/my/invoices").text
        row = next(row for row in page.split("<tr>") if disputed.name in row)
        self.assertIn("Nothing to pay for now", row)
        self.assertNotIn("Waiting for Payment", row)
        self.assertEqual(page.count("Waiting for Payment"), 1)
        page = self.url_open("/my/invoices/overdue").text
        self.assertIn(other.name, page)
        self.assertNotIn(disputed.name, page)
        disputed.autopay_in_dispute = False
        page = self.url_open(disputed.get_portal_url()).text
        self.assertIn("Pay Now", page)

    @mute_logger("odoo.http")
    def test_page_that_was_opened_before_pays_nothing(self):
        for withhold in (
            lambda move: move.write({"autopay_in_dispute": True}),
            lambda move: move.sudo()._show_autopay_returned("refund"),
        ):
            invoice = self._create_posted_invoice(70)
            withhold(invoice)
            with self.assertRaisesRegex(ValidationError, "nothing to pay"):
                self._pay_as(self.owner_user, invoice)

    def _pay_as(self, user, invoice):
        """Create the transaction that the customer's browser asks for."""
        self.env["payment.transaction"].with_user(user).sudo().create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.card_method.id,
                "reference": f"online-{invoice.name}",
                "amount": invoice.amount_residual,
                "currency_id": invoice.currency_id.id,
                "partner_id": invoice.partner_id.id,
                "operation": "online_direct",
                "invoice_ids": invoice.ids,
            }
        )
