from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...gateways.stripe import charges as stripe_reports
from ..common import SECRET_KEY
from .common_reconciliation import ReconciliationCommon


@tagged("post_install", "-at_install")
class TestAutopayReconciliation(ReconciliationCommon):
    """Attempts, charges at the provider and payments, one to one."""

    # === NOTHING DIFFERS === #

    def test_a_booked_charge_is_matched(self):
        attempt = self._collect()
        record = self._compare()
        self.assertEqual(record.state, "agrees")
        line = record.line_ids
        self.assertEqual((line.kind, line.attempt_id), ("matched", attempt))
        self.assertEqual(line.charge_ref, attempt.charge_ref)
        self.assertEqual(line.payment_id, attempt.transaction_id.payment_id)
        amounts = (line.attempt_amount, line.charge_amount, line.payment_amount)
        self.assertEqual(amounts, (100.0, 100.0, 100.0))

    def test_each_side_is_counted_and_added_up(self):
        self._collect(100.0)
        self._collect(50.5)
        record = self._compare()
        counts = (record.attempt_count, record.charge_count, record.payment_count)
        self.assertEqual(counts, (2, 2, 2))
        self.assertEqual((record.matched_count, record.difference_count), (2, 0))
        total = record.total_ids
        self.assertEqual(total.currency_id, self.company.currency_id)
        sums = (total.attempts, total.charges, total.payments, total.difference)
        self.assertEqual(sums, (150.5, 150.5, 150.5, 0))

    def test_a_charge_that_the_provider_dates_otherwise_is_looked_up(self):
        self.admin.advance(8 * 86_400)
        attempt = self._collect()
        self.admin.clear_requests()
        record = self._compare()
        self.assertEqual(
            (record.state, self._get_kinds(record)), ("agrees", ["matched"])
        )
        self.assertEqual(record.line_ids.charge_ref, attempt.charge_ref)
        asked = [request["path"] for request in self.admin.requests()]
        self.assertEqual(asked, ["/v1/charges"] * 2)

    def test_a_charge_is_called_missing_only_after_it_was_looked_up(self):
        self._collect()
        self.admin.reset()
        record = self._compare()
        self.assertEqual(self._get_kinds(record), ["booked_only"])
        self.assertEqual(len(self.admin.requests()), 2)

    def test_a_charge_that_cannot_be_looked_up_is_not_called_missing(self):
        self._collect()
        self.admin.reset()
        self.admin.add_fault("error_500_before", path="/v1/charges", nth=2, times=None)
        record = self._compare()
        self.assertEqual((record.state, record.problem), ("incomplete", "unreadable"))
        self.assertEqual(self._get_kinds(record), ["unread"])

    def test_an_account_that_knows_none_of_very_many_charges_is_told_apart(self):
        self._collect()
        self.admin.reset()
        with patch.object(stripe_reports, "LOOK_UPS", 0):
            record = self._compare()
        self.assertEqual(record.state, "incomplete")
        self.assertIn("another account", record.problem_text)
        self.assertEqual(len(self.admin.requests()), 1)

    def test_a_declined_charge_is_no_difference(self):
        self._enrol("pm_card_visa_chargeDeclined")
        self._create_due_invoice()
        self._run_autopay()
        record = self._compare()
        self.assertEqual((record.state, len(record.line_ids)), ("agrees", 0))

    def test_a_debit_at_its_bank_is_under_way(self):
        self._enrol({"kind": "processing"})
        self._create_due_invoice()
        self._run_autopay()
        record = self._compare()
        self.assertEqual(self._get_kinds(record), ["open"])
        self.assertEqual(record.state, "agrees")

    def test_a_charge_of_this_minute_is_under_way(self):
        attempt = self._collect()
        self._unbook(attempt)
        record = self._compare(later=False)
        self.assertEqual(self._get_kinds(record), ["open"])

    def test_charges_of_others_are_counted_apart(self):
        self._collect()
        self._charge_outside(500, {})
        self._charge_outside(
            700, {"autopay_tx": "INV/1", "autopay_database": "another database"}
        )
        record = self._compare()
        self.assertEqual(record.foreign_count, 2)
        self.assertEqual(self._get_kinds(record), ["matched"])
        self.assertEqual(record.state, "agrees")

    def test_charges_outside_the_period_are_left_out(self):
        self._collect()
        day = self.today - timedelta(days=40)
        record = self._compare(date_from=day, date_to=day)
        self.assertFalse(record.line_ids)
        self.assertFalse(record.foreign_count)

    def test_comparing_again_gives_the_same(self):
        self._collect()
        record = self._compare()
        self._press_compare(record)
        self.assertEqual(self._get_kinds(record), ["matched"])

    # === DIFFERENCES === #

    def test_our_charge_without_attempt_is_an_orphan(self):
        intent = self._charge_outside(
            900, {"autopay_tx": "INV/lost", "autopay_database": self._get_uuid()}
        )
        line = self._assert_difference("orphan")
        self.assertEqual((line.object_ref, line.tag), (intent.id, "INV/lost"))
        self.assertEqual(line.charge_amount, 9.0)

    def test_success_without_charge_is_found(self):
        attempt = self._collect()
        self._unbook(attempt)
        self.admin.reset()
        line = self._assert_difference("not_charged")
        self.assertEqual(line.attempt_id, attempt)

    def test_payment_without_charge_is_found(self):
        attempt = self._collect()
        self.admin.reset()
        line = self._assert_difference("booked_only")
        self.assertEqual(line.payment_id, attempt.transaction_id.payment_id)

    def test_charge_without_payment_is_found(self):
        self._unbook(self._collect())
        self._assert_difference("not_booked")

    def test_charge_of_a_failed_attempt_is_found(self):
        attempt = self._collect()
        self._unbook(attempt)
        self._sql(
            "UPDATE autopay_attempt SET state = 'declined' WHERE id = %s", attempt.id
        )
        line = self._assert_difference("not_booked")
        self.assertEqual(line.attempt_state, "declined")

    def test_other_amount_in_the_books_is_found(self):
        attempt = self._collect()
        self._sql(
            "UPDATE account_payment SET amount = 99 WHERE id = %s",
            attempt.transaction_id.payment_id.id,
        )
        self._assert_difference("amount")

    def test_other_amount_at_the_provider_is_found(self):
        attempt = self._collect()
        self._sql(
            "UPDATE autopay_attempt SET amount_minor = 9900 WHERE id = %s", attempt.id
        )
        self._assert_difference("amount")

    def test_second_payment_for_one_charge_is_found(self):
        attempt = self._collect()
        payment = attempt.transaction_id.payment_id
        payment.copy({"payment_transaction_id": attempt.transaction_id.id})
        self._sql(
            "UPDATE account_payment SET state = 'paid', move_id = NULL"
            " WHERE payment_transaction_id = %s AND id <> %s",
            attempt.transaction_id.id,
            payment.id,
        )
        line = self._assert_difference("booked_twice")
        self.assertEqual(line.payment_count, 2)

    def test_invoice_that_was_charged_twice_is_found(self):
        attempt = self._collect()
        self._charge_outside(
            10000,
            {
                "autopay_tx": attempt.transaction_id.reference,
                "autopay_database": self._get_uuid(),
            },
        )
        record = self._compare()
        self._assert_difference("twice", record)
        self.assertEqual(self._get_kinds(record), ["matched", "twice"])

    def test_two_attempts_above_the_total_are_found(self):
        first, second = self._collect(), self._collect()
        self._sql(
            "UPDATE autopay_attempt_line SET move_id = %s WHERE attempt_id = %s",
            first.line_ids.move_id.id,
            second.id,
        )
        line = self._assert_difference("twice")
        self.assertEqual(line.attempt_id, second)

    def test_refund_that_is_not_booked_is_found(self):
        attempt = self._collect()
        self.stripe.v1.refunds.create({"payment_intent": attempt.object_ref})
        self._assert_difference("reversal")

    # === WHAT CANNOT BE COMPARED === #

    def test_stripe_being_down_is_never_called_well(self):
        self._collect()
        self.admin.add_fault("refuse", times=None)
        record = self._compare()
        self.assertEqual((record.state, record.problem), ("incomplete", "unreachable"))
        self.assertEqual(self._get_kinds(record), ["unread"])
        self.assertIn("cannot be reached", record.problem_text)

    def test_a_wrong_key_is_never_called_well(self):
        self._collect()
        self.provider.stripe_secret_key = "pk_test_wrong"
        record = self._compare()
        self.assertEqual(record.state, "incomplete")
        self.assertTrue(record.problem_text)
        self.provider.stripe_secret_key = SECRET_KEY

    def test_other_providers_are_compared_with_the_books_only(self):
        demo = self._enrol_at_demo()
        attempts = [self._create_due_invoice() for _number in range(2)]
        self._run_autopay()
        record = self._compare(demo)
        self.assertFalse(record.provider_asked)
        self.assertEqual(self._get_kinds(record), ["matched", "matched"])
        self._unbook(attempts[0].autopay_attempt_ids)
        self._assert_difference("not_booked", self._compare(demo))

    # === WHAT CAN BE ASKED FOR === #

    def test_a_period_that_has_not_begun_is_refused(self):
        day = self.today + timedelta(days=9)
        with self.assertRaisesRegex(ValidationError, "has not begun"):
            self._create_reconciliation(date_from=day, date_to=day)

    def test_only_providers_that_charge_or_did_are_offered(self):
        unused = self.provider.copy({"name": "Never Used", "state": "disabled"})
        self._enrol()
        self.provider.state = "disabled"
        choices = dict(self.env["autopay.reconciliation"]._get_provider_choices())
        self.assertIn(str(self.provider.id), choices)
        self.assertNotIn(str(unused.id), choices)
