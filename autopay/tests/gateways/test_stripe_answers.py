from dataclasses import replace

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ...gateways.base import ChargeOrder, Credentials
from ...gateways.stripe.gateway import StripeGateway
from ..common_simulator import TEST_KEY, build_request, canned_stripe

ORDER = ChargeOrder("INV/1", 12345, "usd", "cus_1", "pm_1", "card")

INTENT = {
    "id": "pi_1",
    "object": "payment_intent",
    "status": "requires_confirmation",
    "amount": 12345,
    "amount_received": 0,
    "currency": "usd",
    "livemode": False,
    "metadata": {"autopay_tx": "INV/1"},
}


def _error(status, **values):
    return status, {"error": {"type": "invalid_request_error", **values}}


# Answers to a confirmation that no simulator of Stripe would give, or that are rare.
CHARGE_ANSWERS = [
    ("an empty object", (200, {}), "unknown", ""),
    ("a list", (200, [1, 2]), "unknown", ""),
    ("a text", (200, '"ok"'), "unknown", ""),
    ("another object", (200, {"id": "ch_1", "object": "charge"}), "unknown", ""),
    ("no status", (200, {**INTENT, "status": None}), "unknown", ""),
    ("an unknown status", (200, {**INTENT, "status": "dreaming"}), "unknown", ""),
    ("not confirmed", (200, INTENT), "unknown", ""),
    ("a redirect", (302, ""), "unknown", ""),
    ("a permanent redirect", (308, ""), "unknown", ""),
    ("no content", (204, ""), "unknown", ""),
    ("a proxy's refusal", (403, "<html>blocked</html>"), "unknown", "credentials"),
    ("a proxy's login", (407, "<html>log in</html>"), "unknown", ""),
    ("too many, as text", (429, "slow down"), "unknown", "rate_limit"),
    ("a teapot", _error(418), "unknown", ""),
    ("payment required, as text", (402, "pay us"), "unknown", ""),
    ("an error that is a text", (400, {"error": "invalid"}), "unknown", ""),
    ("another intent", (200, {**INTENT, "id": "pi_2"}), "unknown", ""),
    ("a refused parameter", _error(400, code="parameter_unknown"), "declined", ""),
    ("a refusal without a code", _error(400), "declined", ""),
    (
        "a method that is gone",
        _error(404, code="resource_missing", param="payment_method"),
        "declined",
        "",
    ),
    (
        "an account that may not charge",
        _error(400, code="testmode_charges_only"),
        "declined",
        "credentials",
    ),
    (
        "an intent that is gone",
        _error(404, code="resource_missing", param="intent"),
        "unknown",
        "credentials",
    ),
    (
        "an unexpected state that nobody can see",
        _error(400, code="payment_intent_unexpected_state"),
        "unknown",
        "",
    ),
]


@tagged("post_install", "-at_install")
class TestStripeAnswers(BaseCase):
    def _charge(self, confirmed, read=(200, INTENT)):
        """Charge with fixed answers; return the outcome and the requests sent."""
        answers = {
            "POST /v1/payment_intents/pi_1/confirm": confirmed,
            "GET /v1/payment_intents/pi_1": read,
        }
        with canned_stripe(answers) as seen:
            gateway = StripeGateway(Credentials(1, TEST_KEY, livemode=False))
            request = replace(build_request(ORDER), object_ref="pi_1")
            return gateway.charge(request), seen

    @mute_logger("odoo.addons.autopay.gateways.stripe.outcomes")
    def test_only_a_definite_answer_is_taken_for_one(self):
        for name, answer, kind, stop_reason in CHARGE_ANSWERS:
            with self.subTest(name):
                outcome, _seen = self._charge(answer)
                self.assertEqual(outcome.kind, kind, outcome)
                self.assertEqual(outcome.stop_reason, stop_reason)

    def test_a_redirect_is_not_followed(self):
        _outcome, seen = self._charge((307, ""))
        self.assertEqual(seen, ["POST /v1/payment_intents/pi_1/confirm"])

    def test_a_refusal_is_not_believed_while_the_intent_cannot_be_read(self):
        refusal = _error(400, code="parameter_unknown")
        outcome, _seen = self._charge(refusal, (500, "sorry"))
        self.assertEqual(outcome.kind, "unknown")

    def test_less_money_than_asked_for_calls_a_person(self):
        partly = {**INTENT, "status": "succeeded", "amount_received": 5000}
        outcome, _seen = self._charge((200, partly))
        self.assertEqual((outcome.kind, outcome.mismatch), ("unknown", True))
        self.assertIn("amount_received", outcome.message)

    def test_an_intent_that_stripe_closed_after_the_decline_is_declined(self):
        error = {
            "type": "card_error",
            "code": "card_declined",
            "decline_code": "insufficient_funds",
            "payment_intent": {**INTENT, "status": "canceled"},
        }
        outcome, _seen = self._charge((402, {"error": error}))
        self.assertEqual((outcome.kind, outcome.decline_class), ("declined", "later"))

    def test_what_a_provider_says_is_kept_without_secrets(self):
        secrets = "sk_live_0123456789abcdef whsec_xyz 4242 4242 4242 4242"
        refusal = _error(400, code="parameter_unknown", message=f"No: {secrets}")
        outcome, _seen = self._charge(refusal)
        for secret in ("0123456789", "xyz", "4242 4242"):
            self.assertNotIn(secret, str(outcome))
        self.assertIn("****4242", outcome.message)
