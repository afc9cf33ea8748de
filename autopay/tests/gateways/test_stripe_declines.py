from odoo.tests import BaseCase, tagged

from ...const.retry import DECLINE_CLASSES
from ...gateways.stripe import decline_codes as codes
from ...gateways.stripe.declines import Refusal, classify, known_codes
from ...words.declines import advice as words
from ...words.providers import PROBLEM_SENTENCES
from ..fault import fault

# Facts about a refusal and the class they must lead to.
CASES = [
    ("later", {"decline_code": "insufficient_funds"}),
    ("later", {"decline_code": "do_not_honor"}),
    ("later", {"decline_code": "generic_decline"}),
    ("later", {"code": "card_declined"}),
    ("method", {"code": "expired_card"}),
    ("method", {"decline_code": "transaction_not_allowed"}),
    ("authentication", {"code": "authentication_required"}),
    ("never", {"decline_code": "stolen_card"}),
    ("never", {"decline_code": "merchant_blacklist"}),
    ("configuration", {"decline_code": "duplicate_transaction"}),
    ("configuration", {"code": "amount_too_small"}),
    ("technical", {"decline_code": "issuer_not_available"}),
    ("revoked", {"decline_code": "revocation_of_authorization"}),
    ("revoked", {"code": "payment_intent_mandate_invalid"}),
    # Stripe's own block decides alone.
    ("never", {"outcome_type": "blocked", "outcome_reason": "highest_risk_level"}),
    (
        "configuration",
        {
            "decline_code": "fraudulent",
            "outcome_type": "blocked",
            "outcome_reason": "rule",
        },
    ),
    (
        "method",
        {
            "decline_code": "generic_decline",
            "network_status": "not_sent_to_network",
            "outcome_reason": "previously_declined_do_not_retry",
        },
    ),
    ("method", {"outcome_type": "blocked", "outcome_reason": "brand_new"}),
    # Advice stops a retry ...
    ("method", {"decline_code": "do_not_honor", "advice_code": "do_not_try_again"}),
    ("method", {"decline_code": "do_not_honor", "advice_code": "confirm_card_data"}),
    ("later", {"decline_code": "do_not_honor", "advice_code": "try_again_later"}),
    ("later", {"code": "processing_error", "advice_code": "try_again_later"}),
    # ... and never allows one, nor softens a stricter class.
    ("method", {"code": "expired_card", "advice_code": "try_again_later"}),
    ("never", {"decline_code": "stolen_card", "advice_code": "do_not_try_again"}),
    (
        "revoked",
        {"decline_code": "stop_payment_order", "advice_code": "do_not_try_again"},
    ),
    # Network rules.
    ("never", {"decline_code": "generic_decline", "network_decline_code": "41"}),
    ("method", {"decline_code": "generic_decline", "network_decline_code": "14"}),
    ("revoked", {"decline_code": "do_not_honor", "network_decline_code": "R1"}),
    ("later", {"decline_code": "do_not_honor", "network_decline_code": "05"}),
    ("method", {"decline_code": "generic_decline", "network_advice_code": "03"}),
    ("revoked", {"decline_code": "generic_decline", "network_advice_code": "21"}),
    ("later", {"decline_code": "generic_decline", "network_advice_code": "24"}),
    # Bank debits.
    ("later", {"code": "insufficient_funds", "network_decline_code": "R01"}),
    ("method", {"code": "account_closed", "network_decline_code": "R02"}),
    ("revoked", {"code": "debit_not_authorized", "network_decline_code": "R29"}),
    ("never", {"code": "bank_account_unusable", "network_decline_code": "R15"}),
    ("configuration", {"network_decline_code": "R17"}),
    ("later", {"network_decline_code": "AM04"}),
    ("revoked", {"network_decline_code": "MD01"}),
    # The missing object decides.
    ("method", {"code": "resource_missing", "param": "payment_method"}),
    ("method", {"code": "resource_missing", "param": "customer"}),
    ("revoked", {"code": "resource_missing", "param": "mandate"}),
    ("configuration", {"code": "resource_missing", "param": "on_behalf_of"}),
    # Nothing we know.
    ("later", {}),
    ("later", {"code": "brand_new"}),
    ("later", {"code": "card_declined", "decline_code": "brand_new"}),
    ("method", {"decline_code": "brand_new", "advice_code": "do_not_try_again"}),
    ("configuration", {"code": "brand_new", "error_type": "invalid_request_error"}),
]


@tagged("post_install", "-at_install")
class TestStripeDeclines(BaseCase):
    def test_every_refusal_gets_its_class(self):
        for decline_class, facts in CASES:
            with self.subTest(**facts):
                rule = classify(Refusal(**facts)).rule
                self.assertEqual(rule.decline_class, decline_class)

    def test_every_row_has_a_class_of_the_add_on(self):
        tables = (
            codes.CODES,
            codes.OUTCOME_REASONS,
            codes.ADVICE_CODES,
            codes.NETWORK_CODES,
            codes.NETWORK_ADVICE_CODES,
            codes.MISSING_PARAMS,
            codes.ERROR_TYPES,
        )
        used = {rule.decline_class for table in tables for rule in table.values()}
        self.assertEqual(used, set(dict(DECLINE_CLASSES)))
        self.assertEqual(set(codes.STRICTNESS), used)

    def test_an_unknown_code_is_retried_once_and_shown_to_staff(self):
        for facts in ({}, {"decline_code": "brand_new", "code": "card_declined"}):
            with self.subTest(**facts):
                result = classify(Refusal(**facts))
                self.assertFalse(result.recognised)
                self.assertEqual(result.rule.retry_limit, 1)
                self.assertTrue(result.rule.staff)

    def test_advice_does_not_make_an_unknown_code_known(self):
        refusal = Refusal(decline_code="brand_new", advice_code="try_again_later")
        result = classify(refusal)
        self.assertFalse(result.recognised)
        self.assertEqual(result.rule.retry_limit, 1)

    def test_a_debit_without_funds_is_presented_twice_more_at_most(self):
        refusal = Refusal(code="insufficient_funds", network_decline_code="R01")
        self.assertEqual(classify(refusal).rule.retry_limit, 2)

    def test_a_card_without_funds_follows_the_retry_policy(self):
        rule = classify(Refusal(decline_code="insufficient_funds")).rule
        self.assertIsNone(rule.retry_limit)

    def test_the_longest_wait_counts(self):
        refusal = Refusal(
            decline_code="card_velocity_exceeded", network_advice_code="30"
        )
        self.assertEqual(classify(refusal).rule.wait_hours, 240)

    def test_the_most_exact_code_is_kept(self):
        both = Refusal(code="card_declined", decline_code="insufficient_funds")
        self.assertEqual(classify(both).code, "insufficient_funds")
        self.assertEqual(classify(Refusal(code="expired_card")).code, "expired_card")

    def test_a_key_that_does_not_work_stops_the_provider(self):
        for code in ("api_key_expired", "account_invalid", "testmode_charges_only"):
            with self.subTest(code):
                self.assertTrue(classify(Refusal(code=code)).rule.stops_provider)

    def test_no_decline_of_one_customer_stops_the_provider(self):
        for code, rule in codes.CODES.items():
            if rule.decline_class != "configuration":
                with self.subTest(code):
                    self.assertFalse(rule.stops_provider)

    # === WORDS === #

    def test_staff_can_read_every_code(self):
        missing = known_codes() - words.DECLINE_SENTENCES.keys()
        self.assertFalse(missing)

    def test_every_class_has_words_for_staff_and_for_customers(self):
        classes = set(dict(DECLINE_CLASSES))
        self.assertEqual(words.CLASS_SENTENCES.keys(), classes)
        self.assertEqual(words.CUSTOMER_SENTENCES.keys(), classes)

    def test_every_sentence_is_whole(self):
        tables = (
            words.DECLINE_SENTENCES,
            words.CLASS_SENTENCES,
            words.CUSTOMER_SENTENCES,
            PROBLEM_SENTENCES,
        )
        for table in tables:
            for code, sentence in table.items():
                with self.subTest(code):
                    text = sentence._source
                    self.assertTrue(text[0].isupper() and text[-1] in ".?", text)

    @fault(35)
    def test_whoever_holds_a_stolen_card_reads_nothing_special(self):
        never = words.CUSTOMER_SENTENCES["never"]._source
        self.assertEqual(never, words.CUSTOMER_SENTENCES["method"]._source)
