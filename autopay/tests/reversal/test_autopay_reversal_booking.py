from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ...gateways.reports import Reading, ReversalReport
from ...gateways.stripe.reversals import StripeReversals
from ...models.reversal.autopay_reversal_booking import AutopayReversalBooking
from .common_reversal import ReversalCommon

STAGE_LOG = "odoo.addons.autopay.models.engine.autopay_stage"


@tagged("post_install", "-at_install")
class TestAutopayReversalBooking(ReversalCommon):
    """The books are right, whatever gets in the way."""

    def _report(self, attempt, **values):
        """Return what a provider reports of a charge."""
        defaults = {
            "kind": "refund",
            "ref": f"re_{attempt.id}",
            "object_ref": attempt.object_ref,
            "charge_ref": attempt.charge_ref,
            "amount_minor": 3000,
            "currency": attempt.currency_id.name.lower(),
            "status": "succeeded",
            "reason": "",
            "network_code": "",
            "created_at": int(fields.Datetime.now().timestamp()),
            "livemode": False,
        }
        return ReversalReport(**{**defaults, **values})

    def _take_in(self, *reports, complete=True):
        """Poll a provider that reports exactly this."""
        reading = Reading(tuple(reports), complete, "" if complete else "no_answer")
        with patch.object(StripeReversals, "list_since", lambda *_args: reading):
            self._poll()

    # === PAYMENTS === #

    def test_payment_carries_reference_and_date_of_the_refund(self):
        _invoice, attempt = self._collect(100)
        day = self.today - timedelta(days=3)
        noon = fields.Datetime.to_datetime(day) + timedelta(hours=12)
        self._take_in(self._report(attempt, created_at=int(noon.timestamp())))
        payment = self._get_reversal(attempt).payment_ids
        self.assertEqual(payment.date, day)
        self.assertIn(f"re_{attempt.id}", payment.memo)
        self.assertEqual(payment.payment_type, "outbound")
        self.assertEqual(payment.move_id.state, "posted")

    def test_booking_a_refund_sends_no_charge(self):
        _invoice, attempt = self._collect(100)
        before = len(self.admin.requests())
        self._take_in(self._report(attempt))
        posts = [
            request
            for request in self.admin.requests()[before:]
            if request["method"] == "POST"
        ]
        self.assertFalse(posts)
        self.assertFalse(self._get_reversal(attempt).payment_ids.payment_token_id)

    def test_booking_a_dispute_and_its_end_sends_no_charge(self):
        invoice, attempt = self._collect(100)
        dispute = self._report(attempt, kind="dispute", ref="dp_1", status="lost")
        self._take_in(dispute)
        self._take_in(self._report(attempt, kind="dispute", ref="dp_1", status="won"))
        self.assertEqual(len(self._get_charges(invoice)), 1)
        self.assertEqual(len(self._get_reversal(attempt).payment_ids), 2)

    def test_appeal_takes_the_money_once_more(self):
        invoice, attempt = self._collect(100)
        for status in ("needs_response", "won", "appeal_needs_response"):
            self._take_in(
                self._report(attempt, kind="dispute", ref="dp_1", status=status)
            )
        self.assertEqual(len(self._get_reversal(attempt).payment_ids), 3)
        self.assertEqual(invoice.amount_residual, 30)

    def test_won_dispute_stays_booked_until_the_money_is_back(self):
        invoice, attempt = self._collect(100)
        values = {"kind": "dispute", "ref": "dp_1", "status": "won"}
        self._take_in(self._report(attempt, withdrawn=True, **values))
        self.assertEqual(invoice.amount_residual, 30)
        self.assertTrue(self._get_reversal(attempt).next_check_date)
        self._take_in(self._report(attempt, withdrawn=False, **values))
        self.assertEqual(invoice.amount_residual, 0)

    def test_unknown_status_moves_nothing_but_tells_staff(self):
        invoice, attempt = self._collect(100)
        self._take_in(self._report(attempt, status="vanished"))
        reversal = self._get_reversal(attempt)
        self.assertEqual(reversal.state, "inquiry")
        self.assertEqual(invoice.amount_residual, 0)
        self.assertTrue(reversal.activity_ids)

    def test_other_currency_is_booked_at_the_rates_of_both_days(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        invoice, attempt = self._collect(80, currency_id=euro.id)
        self._take_in(self._report(attempt, amount_minor=8000))
        self.assertEqual(invoice.amount_residual, 80)
        self.assertEqual(self._get_reversal(attempt).state, "booked")

    def test_combined_charge_opens_no_more_invoices_than_it_must(self):
        first, attempt = self._collect(100)
        payment = attempt.payment_id
        self._take_in(self._report(attempt, amount_minor=10000))
        second = self._create_posted_invoice(60)
        self.assertEqual(first.amount_residual, 100)
        self.assertEqual(second.amount_residual, 60)
        self.assertFalse(
            payment.move_id.line_ids.filtered(
                lambda line: (
                    line.account_id == payment.destination_account_id
                    and not line.reconciled
                )
            )
        )

    def test_more_than_was_collected_is_booked_but_pays_nothing(self):
        invoice, attempt = self._collect(100)
        self._take_in(
            self._report(attempt, amount_minor=10000),
            self._report(
                attempt, kind="dispute", ref="dp_1", amount_minor=10000, status="lost"
            ),
        )
        self.assertEqual(invoice.amount_residual, 100)
        self.assertEqual(self._get_customer_balance(), 200)
        self.assertEqual(
            set(self._get_reversal(attempt).mapped("state")), {"booked", "lost"}
        )

    # === WHAT GETS IN THE WAY === #

    @mute_logger(STAGE_LOG)
    def test_what_cannot_be_booked_is_alarmed_and_booked_by_the_next_run(self):
        invoice, attempt = self._collect(100)
        journal = self.provider.journal_id
        prepare = AutopayReversalBooking._prepare_payment_vals

        def closed(booking, reversal, payment_type):
            vals = prepare(booking, reversal, payment_type)
            return {**vals, "journal_id": False, "payment_method_line_id": False}

        with patch.object(AutopayReversalBooking, "_prepare_payment_vals", closed):
            self._take_in(self._report(attempt))
        reversal = self._get_reversal(attempt)
        self.assertTrue(journal)
        self.assertEqual(reversal.state, "open")
        self.assertTrue(reversal.booking_error)
        self.assertIn("not booked", " ".join(reversal.activity_ids.mapped("summary")))
        self._poll()
        self.assertEqual(reversal.state, "booked")
        self.assertFalse(reversal.booking_error)
        self.assertEqual(invoice.amount_residual, 30)

    @mute_logger(STAGE_LOG)
    def test_one_that_cannot_be_booked_stops_no_other(self):
        good, good_attempt = self._collect(100)
        _bad, bad_attempt = self._collect(50)
        bad_attempt.payment_id.sudo().action_draft()
        self._take_in(self._report(bad_attempt), self._report(good_attempt))
        self.assertEqual(self._get_reversal(bad_attempt).state, "open")
        self.assertEqual(self._get_reversal(good_attempt).state, "booked")
        self.assertEqual(good.amount_residual, 30)
        self.assertIn("no posted", self._get_reversal(bad_attempt).booking_error)

    @mute_logger(STAGE_LOG)
    def test_refund_in_another_currency_is_left_to_a_person(self):
        invoice, attempt = self._collect(100)
        self._take_in(self._report(attempt, currency="eur"))
        reversal = self._get_reversal(attempt)
        self.assertEqual(reversal.state, "open")
        self.assertIn("EUR", reversal.booking_error)
        self.assertEqual(invoice.amount_residual, 0)

    def test_locked_period_gets_its_entry_after_the_lock_date(self):
        _invoice, attempt = self._collect(100)
        self.company.fiscalyear_lock_date = self.today - timedelta(days=2)
        old = fields.Datetime.now() - timedelta(days=5)
        self._take_in(self._report(attempt, created_at=int(old.timestamp())))
        reversal = self._get_reversal(attempt)
        self.assertEqual(reversal.state, "booked")
        self.assertGreater(
            reversal.payment_ids.move_id.date, self.company.fiscalyear_lock_date
        )

    @mute_logger(STAGE_LOG)
    def test_crash_between_payment_and_reconciliation_leaves_nothing_behind(self):
        invoice, attempt = self._collect(100)

        def crash(*_args):
            raise RuntimeError("crash")

        with patch.object(AutopayReversalBooking, "_reconcile_gone", crash):
            self._take_in(self._report(attempt))
        reversal = self._get_reversal(attempt)
        self.assertFalse(reversal.payment_ids)
        self.assertEqual(invoice.amount_residual, 0)
        self._poll()
        self.assertEqual(len(reversal.payment_ids), 1)
        self.assertEqual(invoice.amount_residual, 30)

    # === QUESTIONS === #

    def test_provider_is_asked_once_an_hour(self):
        self._collect(100)
        self._poll()
        self.admin.clear_requests()
        self._resolve_autopay()
        self.assertFalse(self.admin.requests())

    def test_next_question_reaches_back_before_the_last_one(self):
        self._collect(100)
        self._poll()
        asked = self.env["autopay.reversal.poll"].sudo().search([])
        since = []
        empty = Reading()

        def list_since(_reader, moment):
            since.append(moment)
            return empty

        later = freeze_time(fields.Datetime.now() + timedelta(hours=5))
        with patch.object(StripeReversals, "list_since", list_since), later:
            self._poll()
        self.assertLess(since[0], asked.complete_date.timestamp() - 3600)

    def test_incomplete_answer_is_asked_for_again_from_the_start(self):
        _invoice, attempt = self._collect(100)
        poll = self.env["autopay.reversal.poll"].sudo()
        self._take_in(self._report(attempt), complete=False)
        self.assertFalse(poll.search([]).complete_date)
        self.assertEqual(self._get_reversal(attempt).state, "booked")
        self._take_in(self._report(attempt))
        self.assertTrue(poll.search([]).complete_date)

    def test_live_reports_are_not_taken_for_test_charges(self):
        _invoice, attempt = self._collect(100)
        self._take_in(self._report(attempt, livemode=True))
        self.assertFalse(self._get_reversal(attempt))

    def test_open_disputes_are_asked_about_every_day(self):
        _invoice, attempt = self._collect(100)
        self.admin.open_dispute(attempt.object_ref)
        self._poll()
        reversal = self._get_reversal(attempt)
        wait = reversal.next_check_date - fields.Datetime.now()
        self.assertAlmostEqual(wait.total_seconds() / 3600, 24, delta=1)

    # === RIGHTS === #

    def test_billing_users_read_and_cannot_write(self):
        _invoice, attempt = self._collect(100)
        self._take_in(self._report(attempt))
        for group in (
            "account.group_account_invoice",
            "account.group_account_readonly",
        ):
            user = new_test_user(self.env, group, group, company_id=self.company.id)
            reversal = self._get_reversal(attempt).with_user(user)
            self.assertTrue(reversal.read(["amount", "state", "reason_text"]))
            self.assertFalse(reversal.has_access("write"))
            self.assertFalse(reversal.has_access("unlink"))

    def test_other_companies_do_not_see_it(self):
        _invoice, attempt = self._collect(100)
        self._take_in(self._report(attempt))
        company = (
            self.company_data_2["company"]
            if hasattr(self, "company_data_2")
            else self.env["res.company"].create({"name": "Other Company"})
        )
        user = new_test_user(
            self.env,
            "elsewhere",
            "account.group_account_invoice",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        reversals = self.env["autopay.reversal"].with_user(user)
        self.assertFalse(reversals.with_company(company).search([]))
