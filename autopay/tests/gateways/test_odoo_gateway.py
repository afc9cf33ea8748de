from odoo.tests import BaseCase, tagged

from ...const.retry import DECLINE_CLASSES
from ...gateways.odoo_gateway import outcome_of


@tagged("post_install", "-at_install")
class TestOdooGateway(BaseCase):
    def test_a_confirmed_transaction_is_paid(self):
        outcome = outcome_of("done", provider_reference="ref-1")
        self.assertEqual((outcome.kind, outcome.object_ref), ("succeeded", "ref-1"))

    def test_a_pending_transaction_is_under_way(self):
        self.assertEqual(outcome_of("pending").kind, "pending")

    def test_an_error_is_the_providers_no(self):
        outcome = outcome_of("error", "Card expired")
        self.assertEqual((outcome.kind, outcome.code), ("declined", "refused"))
        self.assertEqual(outcome.message, "Card expired")
        self.assertIn(outcome.decline_class, dict(DECLINE_CLASSES))

    def test_a_canceled_transaction_is_declined(self):
        outcome = outcome_of("cancel")
        self.assertEqual((outcome.kind, outcome.code), ("declined", "canceled"))

    def test_an_error_after_a_lost_connection_is_not_a_decline(self):
        outcome = outcome_of("error", connection_failed=True)
        self.assertEqual(outcome.kind, "unknown")
        self.assertEqual(outcome.code, "connection_interrupted")
        self.assertFalse(outcome.decline_class)

    def test_a_confirmation_stands_even_if_a_later_request_was_lost(self):
        self.assertEqual(outcome_of("done", connection_failed=True).kind, "succeeded")

    def test_reserved_money_is_neither_paid_nor_declined(self):
        outcome = outcome_of("authorized")
        self.assertEqual((outcome.kind, outcome.code), ("unknown", "requires_capture"))

    def test_a_provider_that_said_nothing_leaves_the_outcome_unknown(self):
        self.assertEqual(outcome_of("draft").kind, "unknown")

    def test_a_state_of_another_odoo_is_unknown(self):
        self.assertEqual(outcome_of("brand_new_state").kind, "unknown")

    def test_any_exception_leaves_the_outcome_unknown(self):
        for state in ("draft", "pending", "authorized", "done", "cancel", "error"):
            with self.subTest(state):
                outcome = outcome_of(state, raised=True)
                self.assertEqual(outcome.kind, "unknown")
                self.assertEqual(outcome.code, "internal_error")

    def test_odoos_empty_values_become_empty_texts(self):
        outcome = outcome_of("error", state_message=False, provider_reference=False)
        self.assertEqual((outcome.message, outcome.object_ref), ("", ""))
