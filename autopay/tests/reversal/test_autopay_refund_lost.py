from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_reversal import ReversalCommon

REFUNDS = "/v1/refunds"
STOCK_LOGS = (
    "odoo.addons.payment.models.payment_provider",
    "odoo.addons.payment.models.payment_transaction",
    "odoo.addons.autopay.models.payment_transaction",
    "odoo.addons.autopay.models.reversal.autopay_reversal_watch",
)
LOST = ("reset_after", "truncate", "garbage", "error_500_after", "html_502_after")


@tagged("post_install", "-at_install")
class TestAutopayRefundLost(ReversalCommon):
    """The provider's answer to a refund gets lost: the money goes back once."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*STOCK_LOGS))

    # === ACTS === #

    def _refund_with_fault(self, attempt, kind):
        """Press the button while the answer to the refund gets lost."""
        self.admin.add_fault(kind, method="POST", path=REFUNDS)
        return self._press(attempt)

    def _press(self, attempt):
        attempt.invalidate_recordset()
        return attempt.action_refund_excess()

    def _refund_payment(self, attempt, amount):
        """Refund with Odoo's own wizard on the payment."""
        wizard = self.env["payment.refund.wizard"].with_context(
            active_id=attempt.payment_id.id
        )
        return wizard.create({"amount_to_refund": amount}).action_refund()

    def _let_time_pass(self, attempt):
        """Let the provider's list be asked for long after the answer was lost."""
        doubtful = attempt._get_doubtful_refunds()
        doubtful.autopay_doubt_date -= timedelta(hours=1)
        self._poll()
        attempt.invalidate_recordset()

    # === FACTS === #

    def _get_refunds(self, attempt):
        """Return the amounts that went back of a charge, in minor units."""
        params = {"payment_intent": attempt.object_ref}
        return [refund.amount for refund in self.stripe.v1.refunds.list(params).data]

    # === THE ANSWER IS LOST === #

    def test_button_does_nothing_more_after_a_lost_answer(self):
        for kind in LOST:
            with self.subTest(kind):
                customer = self._create_customer(kind)
                self._enrol(customer=customer)
                _invoice, attempt = self._collect_twice(paid=30, customer=customer)
                action = self._refund_with_fault(attempt, kind)
                self.assertEqual(action["params"]["type"], "warning")
                self.assertIn("was lost", action["params"]["message"])
                self.assertEqual(self._get_refunds(attempt), [3000])
                with self.assertRaisesRegex(UserError, "was lost"):
                    self._press(attempt)
                self.assertEqual(self._get_refunds(attempt), [3000])

    def test_refund_whose_answer_was_lost_is_booked_once(self):
        invoice, attempt = self._collect_twice(paid=30)
        self._refund_with_fault(attempt, "reset_after")
        self._poll()
        self.assertEqual(self._get_reversal(attempt).state, "booked")
        self.assertEqual(self._get_reversal(attempt).amount, 30)
        self._let_time_pass(attempt)
        self.assertFalse(attempt._get_doubtful_refunds())
        self.assertEqual(attempt._get_excess_amount(), 0)
        self.assertEqual(self._get_customer_balance(), 0)
        self._assert_paid(invoice)
        with self.assertRaises(UserError):
            self._press(attempt)

    def test_refund_that_never_arrived_can_be_made_when_the_provider_was_read(self):
        _invoice, attempt = self._collect_twice(paid=30)
        self._refund_with_fault(attempt, "reset_before")
        self.assertEqual(self._get_refunds(attempt), [])
        self._poll()
        with self.assertRaisesRegex(UserError, "was lost"):
            self._press(attempt)
        self._let_time_pass(attempt)
        self.assertEqual(attempt._get_excess_amount(), 30)
        self._press(attempt)
        self.assertEqual(self._get_refunds(attempt), [3000])

    def test_provider_that_was_not_read_completely_ends_no_doubt(self):
        _invoice, attempt = self._collect_twice(paid=30)
        self._refund_with_fault(attempt, "reset_before")
        self.admin.add_fault("refuse", method="GET", path=REFUNDS, times=None)
        self._let_time_pass(attempt)
        self.assertTrue(attempt._get_doubtful_refunds())
        self.assertEqual(attempt._get_excess_amount(), 0)

    def test_provider_is_read_soon_after_a_lost_answer(self):
        _invoice, attempt = self._collect_twice(paid=30)
        self._poll()
        self._refund_with_fault(attempt, "reset_after")
        self.env["ir.cron"].flush_model()
        self._run_cron("autopay.ir_cron_resolve_open_attempts")
        self.assertEqual(self._get_reversal(attempt).amount, 30)

    def test_history_of_the_attempt_tells_that_the_answer_was_lost(self):
        _invoice, attempt = self._collect_twice(paid=30)
        self._refund_with_fault(attempt, "reset_after")
        self.assertIn("perhaps the money was refunded", attempt.message_ids[0].body)

    def test_billing_manager_says_that_the_money_did_not_go_back(self):
        _invoice, attempt = self._collect_twice(paid=30)
        self._refund_with_fault(attempt, "reset_before")
        refund = attempt._get_doubtful_refunds()
        biller = self._create_user("biller", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            refund.with_user(biller).action_autopay_not_refunded()
        manager = self._create_user("manager", "account.group_account_manager")
        # The provider's list books it; nobody is needed for that.
        with self.assertRaisesRegex(UserError, "asks the provider"):
            refund.with_user(manager).action_autopay_refunded()
        refund.with_user(manager).action_autopay_not_refunded()
        self.assertIn("was not made", attempt.message_ids[0].body)
        self._press(attempt)
        self.assertEqual(self._get_refunds(attempt), [3000])

    # === THE SAME REQUEST TWICE === #

    def test_refund_that_odoo_forgot_is_the_same_one_when_it_is_repeated(self):
        """The process dies, or Odoo repeats a request that met a conflict."""
        _invoice, attempt = self._collect_twice(paid=30)
        savepoint = self.env.cr.savepoint(flush=True)
        self._press(attempt)
        savepoint.rollback()
        savepoint.close(rollback=False)
        self.env.invalidate_all()
        self._press(attempt)
        self.assertEqual(self._get_refunds(attempt), [3000])
        self._poll()
        self.assertEqual(self._get_reversal(attempt).amount, 30)
        self.assertEqual(self._get_customer_balance(), 0)

    def test_refund_of_the_payment_is_not_repeated_after_a_lost_answer(self):
        _invoice, attempt = self._collect(100)
        self.admin.add_fault("reset_after", method="POST", path=REFUNDS)
        action = self._refund_payment(attempt, 40)
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("was lost", action["params"]["message"])
        with self.assertRaisesRegex(UserError, "was lost"):
            self._refund_payment(attempt, 40)
        # The provider was read meanwhile: the same key would be another by now.
        self._poll()
        with self.assertRaisesRegex(UserError, "was lost"):
            self._refund_payment(attempt, 40)
        self.assertEqual(self._get_refunds(attempt), [4000])
        self._let_time_pass(attempt)
        self._refund_payment(attempt, 10)
        self.assertEqual(sorted(self._get_refunds(attempt)), [1000, 4000])

    def test_refund_of_the_payment_waits_for_the_lost_one_of_the_charge(self):
        _invoice, attempt = self._collect_twice(paid=30)
        self._refund_with_fault(attempt, "reset_after")
        with self.assertRaisesRegex(UserError, "was lost"):
            self._refund_payment(attempt, 30)
        self.assertEqual(self._get_refunds(attempt), [3000])

    def test_history_of_the_attempt_tells_what_came_of_a_lost_answer(self):
        for kind, text in (("reset_after", "40.00"), ("reset_before", "0.00")):
            with self.subTest(kind):
                customer = self._create_customer(kind)
                self._enrol(customer=customer)
                _invoice, attempt = self._collect(100, customer=customer)
                self.admin.add_fault(kind, method="POST", path=REFUNDS)
                self._refund_payment(attempt, 40)
                self._let_time_pass(attempt)
                told = attempt.message_ids[0].body
                self.assertIn("has told of all refunds", told)
                self.assertRegex(told, rf"\D{text} of this charge")

    def test_word_about_a_payment_says_nothing_of_a_refund(self):
        _invoice, attempt = self._collect(100)
        self.admin.add_fault("reset_after", method="POST", path=REFUNDS)
        self._refund_payment(attempt, 40)
        refund = attempt._get_doubtful_refunds()
        before = attempt.message_ids
        refund.action_autopay_not_charged()
        self.assertTrue(refund.autopay_doubt_date)
        self.assertEqual(attempt.message_ids, before)

    # === WHAT IS CERTAIN === #

    def test_two_refunds_of_the_same_amount_are_two(self):
        _invoice, attempt = self._collect(100)
        self._refund_payment(attempt, 40)
        self._refund_payment(attempt, 40)
        self.assertEqual(self._get_refunds(attempt), [4000, 4000])

    def test_refund_that_was_refused_leaves_no_doubt_and_can_be_made_again(self):
        _invoice, attempt = self._collect_twice(paid=30)
        right = attempt.transaction_id.sudo().provider_reference
        attempt.transaction_id.sudo().provider_reference = "pi_unknown"
        self._press(attempt)
        self.assertFalse(attempt._get_doubtful_refunds())
        attempt.transaction_id.sudo().provider_reference = right
        self._press(attempt)
        self.assertEqual(self._get_refunds(attempt), [3000])

    def test_refund_of_a_payment_that_is_not_ours_is_odoos_own(self):
        _invoice, attempt = self._collect(100)
        attempt.transaction_id.sudo().autopay_attempt_ids.flush_recordset()
        other = attempt.transaction_id.sudo().copy(
            {"reference": "Other", "state": "done"}
        )
        other.provider_reference = attempt.object_ref
        self.admin.add_fault("reset_after", method="POST", path=REFUNDS)
        refund = other._refund(amount_to_refund=10)
        self.assertEqual(refund.state, "error")
        self.assertFalse(refund.autopay_doubt_date)
