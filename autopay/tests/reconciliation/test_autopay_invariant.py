from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...invariants.queries import QUERIES
from ...invariants.table import INVARIANTS
from . import test_autopay_invariant_conduct as conduct
from .common_invariant import LONG_AGO, InvariantCommon, describe


@tagged("post_install", "-at_install")
class TestAutopayInvariant(InvariantCommon):
    """No check that cannot fail: every invariant is breached on purpose."""

    # === ALL OF THEM === #

    def test_every_invariant_has_a_query_and_a_test(self):
        names = [*dir(self), *dir(conduct.TestAutopayInvariantConduct)]
        tests = " ".join(name for name in names if name.startswith("test_i"))
        self.assertEqual(list(INVARIANTS), [f"I{number}" for number in range(1, 22)])
        self.assertEqual(QUERIES.keys(), INVARIANTS.keys())
        for code in INVARIANTS:
            self.assertIn(f"test_{code.lower()}_", tests)

    def test_all_hold_after_charges_of_every_kind(self):
        self._collect()
        self._decline()
        self._wait_for_bank()
        self._resolve_autopay()
        for finding in self.env["autopay.invariant"].sudo()._check():
            with self.subTest(finding.code):
                self.assertNotEqual(finding.verdict, "breach", describe(finding))

    # === MONEY === #

    def test_i1_more_was_charged_than_the_total(self):
        first, second = self._collect(), self._collect()
        self._assert_holds("I1")
        move = first.line_ids.move_id
        self._set(second.line_ids, move_id=move.id)
        self._assert_breached("I1", move, "charged 200")

    def test_i1_what_was_given_back_does_not_count(self):
        first, second = self._collect(), self._collect()
        self._set(second.line_ids, move_id=first.line_ids.move_id.id)
        self._give_back(second, 100)
        self._assert_holds("I1")

    def _give_back(self, attempt, amount):
        """Note that so much of a charge went back."""
        self.env["autopay.reversal"].sudo().create(
            {
                "kind": "refund",
                "attempt_id": attempt.id,
                "provider_id": self.provider.id,
                "ref": f"re_{attempt.id}",
                "event_date": fields.Datetime.now(),
                "currency_id": attempt.currency_id.id,
                "amount": amount,
                "amount_minor": amount * 100,
                "finding": "gone",
            }
        )
        self.env.flush_all()

    def test_i1_what_was_charged_together_is_charged_once(self):
        self.company.autopay_combine = True
        self._enrol()
        moves = self.env["account.move"].union(
            *(self._create_due_invoice(amount) for amount in (10, 20, 30))
        )
        self._run_autopay()
        together = moves.autopay_attempt_ids
        later = [self._collect(20), self._collect(30)]
        self._give_back(together, 35)
        for attempt, move in zip(later, moves[1:], strict=True):
            self._assert_holds("I1")
            self._set(attempt.line_ids, move_id=move.id)
        self._assert_breached("I1", together, "charged 75.000 of 60")

    def test_i2_charge_without_payment(self):
        attempt = self._collect()
        self._assert_holds("I2")
        self._set(attempt.transaction_id.payment_id, state="'draft'")
        self._assert_breached("I2", attempt, "0 payments")

    def test_i2_payment_of_another_amount(self):
        attempt = self._collect()
        self._set(attempt.transaction_id.payment_id, amount="99")
        self._assert_breached("I2", attempt, "1 payments")

    def test_i3_payment_of_a_charge_that_failed(self):
        attempt = self._collect()
        self._assert_holds("I3")
        self._set(attempt, state="'declined'")
        payment = attempt.transaction_id.payment_id
        self._assert_breached("I3", payment, "declined")

    def test_i4_two_live_attempts_on_one_invoice(self):
        first, second = self._wait_for_bank(), self._wait_for_bank()
        self._assert_holds("I4")
        self._sql("DROP INDEX autopay_attempt_line_live_move_uniq")
        self._set(second.line_ids, move_id=first.line_ids.move_id.id)
        self._assert_breached("I4", first.line_ids.move_id, "2 live")
        texts = [row[2] for row in self._check("I4").offenders]
        self.assertIn("the unique index is missing", texts)

    # === TIME === #

    def test_i5_in_progress_for_too_long(self):
        attempt = self._wait_for_bank()
        self._assert_holds("I5")
        self._set(attempt, reserved_date=LONG_AGO)
        self._assert_breached("I5", attempt, "pending since 2020")

    def test_i5_an_alarm_is_enough(self):
        attempt = self._wait_for_bank()
        self._set(attempt, reserved_date=LONG_AGO)
        notification = self.env["autopay.notification"]
        notification._alert(attempt, self.company, "Look at this")
        self.env.flush_all()
        self._assert_holds("I5")

    def test_i5_in_progress_without_an_attempt(self):
        move = self._create_due_invoice()
        self._set(move, autopay_status="'in_progress'")
        self._assert_breached("I5", move, "without a charge")

    def test_i6_collected_and_never_booked(self):
        attempt = self._collect()
        self._assert_holds("I6")
        self._set(attempt, booked_date="NULL", outcome_date=LONG_AGO)
        self._assert_breached("I6", attempt, "not booked")

    # === PERMISSION === #

    def test_i7_charged_without_authorization(self):
        attempt = self._collect()
        self._assert_holds("I7")
        self._set(attempt, authorization_id="NULL")
        self._assert_breached("I7", attempt, "no authorization")

    def test_i7_charged_after_the_authorization_was_revoked(self):
        attempt = self._collect()
        self._set(attempt.authorization_id, revoked_date=LONG_AGO)
        self._assert_breached("I7", attempt, "revoked before")

    def test_i7_charged_above_the_cap(self):
        attempt = self._collect()
        self._set(attempt.authorization_id, max_amount="50")
        self._assert_breached("I7", attempt, "above the cap")

    def test_i7_charged_above_the_limit_of_a_month(self):
        first = self._collect(60)
        self._create_due_invoice(50, first.partner_id)
        self._run_autopay()
        attempt = self.env["autopay.attempt"].search(
            [("token_id", "=", first.token_id.id)], limit=1
        )
        self.assertEqual((attempt.amount, attempt.state), (50, "succeeded"))
        for limit, is_kept in (("110", True), ("100", False)):
            self._set(attempt.authorization_id, max_month_amount=limit)
            with self.subTest(limit=limit):
                if is_kept:
                    self._assert_holds("I7")
                else:
                    self._assert_breached("I7", attempt, "limit per month")
        # Neither what took no money nor another month counts.
        self._set(first, state="'declined'")
        self._assert_holds("I7")
        self._set(first, state="'succeeded'")
        self._set(first, reserved_date="reserved_date - interval '32 days'")
        self._assert_holds("I7")

    def _charge_in_euro(self, amount):
        """Charge an invoice in euro, of which two were worth a dollar yesterday."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        rates = self.env["res.currency.rate"]
        for days, rate in ((1, 2.0), (0, 0.5)):
            day = self.today - timedelta(days=days)
            rates.search([("currency_id", "=", euro.id), ("name", "=", day)]).unlink()
            rates.create(
                {
                    "currency_id": euro.id,
                    "name": day,
                    "rate": rate,
                    "company_id": self.company.root_id.id,
                }
            )
        self._enrol()
        invoice = self._create_due_invoice(amount, currency_id=euro.id)
        self._run_autopay()
        return invoice.autopay_attempt_ids

    def test_i7_charged_above_the_cap_in_another_currency(self):
        attempt = self._charge_in_euro(60)
        self.assertEqual(attempt.authorization_id.currency_id.name, "USD")
        for limit, is_kept in (("120", True), ("119", False)):
            self._set(attempt.authorization_id, max_amount=limit)
            with self.subTest(limit=limit):
                if is_kept:
                    self._assert_holds("I7")
                else:
                    self._assert_breached("I7", attempt, "above the cap")
        # At the rate of its day, whatever rates come after it.
        self._set(attempt, reserved_date="reserved_date - interval '1 day'")
        self._sql("UPDATE res_currency_rate SET create_date = '2020-01-01'")
        self._assert_holds("I7")

    def test_i7_and_the_decision_count_other_currencies_at_the_rate_of_their_day(self):
        first = self._charge_in_euro(60)
        consent = first.authorization_id
        # It was charged yesterday, for 30 dollars; today it would be 120.
        yesterday = "reserved_date - interval '1 day'"
        self._set(first, reserved_date=yesterday)
        self._sql("UPDATE res_currency_rate SET create_date = '2020-01-01'")
        self._set(consent, max_month_amount="100")
        if first.reserved_date.month != self.today.month:
            # On the first of a month it counts for the month before.
            self.assertEqual(consent.month_amount, 0)
            return
        self.assertEqual(consent.month_amount, 30)
        refused = self._create_due_invoice(70.01)
        self.assertEqual(refused.autopay_blocker, "authorized_month_reached")
        invoice = self._create_due_invoice(70)
        self._run_autopay()
        attempt = invoice.autopay_attempt_ids
        self.assertEqual(attempt.state, "succeeded")
        self.assertFalse(refused.autopay_attempt_ids)
        self._assert_holds("I7")
        self._set(consent, max_month_amount="99.9")
        self._assert_breached("I7", attempt, "limit per month")

    def test_i7_a_rate_that_is_entered_after_the_charge_breaches_nothing(self):
        attempt = self._charge_in_euro(60)
        self._set(attempt.authorization_id, max_month_amount="120", max_amount="120")
        self._assert_holds("I7")
        self._sql(
            "UPDATE res_currency_rate SET rate = 0.1,"
            " create_date = now() AT TIME ZONE 'UTC' + interval '1 hour'"
            " WHERE currency_id = %s AND name = %s",
            attempt.currency_id.id,
            self.today,
        )
        self._sql(
            "UPDATE res_currency_rate SET create_date = '2020-01-01'"
            " WHERE currency_id = %s AND name < %s",
            attempt.currency_id.id,
            self.today,
        )
        self._assert_holds("I7")

    def test_i8_charged_with_an_archived_method(self):
        attempt = self._collect()
        self._assert_holds("I8")
        self._set(attempt.token_id, active="false", write_date=LONG_AGO)
        self._assert_breached("I8", attempt, "method archived")

    def test_i8_charged_with_a_disabled_provider(self):
        attempt = self._collect()
        self._set(self.provider, state="'disabled'", write_date=LONG_AGO)
        self._assert_breached("I8", attempt, "provider disabled")

    def test_i8_is_not_called_well_as_later_changes_hide_a_breach(self):
        attempt = self._collect()
        self._set(attempt.token_id, active="false", write_date=LONG_AGO)
        self._assert_breached("I8", attempt, "method archived")
        attempt.token_id.payment_details = "0000"
        self.env.flush_all()
        # Odoo writes when the transaction began, which here is long before the charge.
        self._set(attempt.token_id, write_date="clock_timestamp() AT TIME ZONE 'UTC'")
        finding = self._check("I8")
        self.assertEqual(finding.verdict, "partial")
        self.assertIn("changed later", finding.note)

    # === REQUESTS === #

    def test_i9_amounts_that_differ(self):
        attempt = self._collect()
        self._assert_holds("I9")
        for values in (
            {"amount_minor": "9999"},
            {"prepare_params": "prepare_params || '{\"amount\": 1}'"},
            {"response": "'{\"amount\": 1}'"},
        ):
            with self.subTest(values), self.cr.savepoint() as savepoint:
                self._set(attempt, **values)
                self._assert_breached("I9", attempt, "100")
                savepoint.rollback()
                self.env.invalidate_all()
        self._assert_holds("I9")

    def test_i9_counts_currencies_as_stripe_does(self):
        for name, decimals in (("JPY", 0), ("KWD", 3)):
            currency = self.env["res.currency"].with_context(active_test=False)
            currency = currency.search([("name", "=", name)])
            currency.active = True
            self._enrol()
            invoice = self._create_due_invoice(500, currency_id=currency.id)
            self._run_autopay()
            minor = invoice.autopay_attempt_ids.amount_minor
            self.assertEqual(minor, 500 * 10**decimals)
        self._assert_holds("I9")

    def test_i10_one_key_for_two_requests(self):
        first, second = self._collect(), self._collect()
        self._assert_holds("I10")
        key = first.sudo().charge_key
        self._set(second, charge_key=f"'{key}'")
        self._assert_breached("I10", second, "2 requests")

    def test_i11_charged_while_an_earlier_attempt_was_open(self):
        first, second = self._wait_for_bank(), self._collect()
        self._assert_holds("I11")
        self._set(second.line_ids, move_id=first.line_ids.move_id.id)
        self._assert_breached("I11", second, first.name)
