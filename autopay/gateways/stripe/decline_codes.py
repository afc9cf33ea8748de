"""The next step after each code of a refusal, as tables.

Rows say what to do, never what to tell people: those are ``words/declines/``. The class
of a row is our judgement: Stripe publishes codes, no split into hard and soft declines.
Sources of the codes: docs.stripe.com/declines/codes, docs.stripe.com/error-codes and
the enumerations of the SDK; Visa Core Rules (18 April 2026, ID# 0030640, table 7-2) for
the networks' "never again"; Mastercard's merchant advice codes as published by
acquirers; the NACHA and SEPA return code lists.
"""

from dataclasses import dataclass

LATER = "later"
METHOD = "method"
AUTHENTICATION = "authentication"
NEVER = "never"
CONFIGURATION = "configuration"
TECHNICAL = "technical"
REVOKED = "revoked"

# From lenient to strict: when several codes speak, the strictest class wins, so that an
# advice can stop a retry but never allow one that another code forbids.
STRICTNESS = (
    TECHNICAL,
    LATER,
    METHOD,
    CONFIGURATION,
    AUTHENTICATION,
    REVOKED,
    NEVER,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one code is treated.

    :param decline_class: a class of ``const.DECLINE_CLASSES``
    :param retry_limit: further automatic tries this code allows; None leaves it to the
        retry policy
    :param wait_hours: hours to wait at least before a further try
    :param staff: whether staff should look even when a retry is planned
    :param stops_provider: whether no charge of this provider can succeed right now
    """

    decline_class: str
    retry_limit: int | None = None
    wait_hours: int = 0
    staff: bool = False
    stops_provider: bool = False


def _rows(rule: Rule, codes: str) -> dict[str, Rule]:
    return dict.fromkeys(codes.split(), rule)


# Decline codes and error codes: one vocabulary, a code means the same in both places.
CODES: dict[str, Rule] = {
    **_rows(
        Rule(LATER),
        "approve_with_id do_not_honor generic_decline card_declined insufficient_funds"
        " try_again_later",
    ),
    **_rows(Rule(LATER, retry_limit=2), "call_issuer no_action_taken"),
    **_rows(
        Rule(LATER, wait_hours=24),
        "card_velocity_exceeded withdrawal_count_limit_exceeded"
        " card_decline_rate_limit_exceeded",
    ),
    **_rows(
        Rule(LATER, retry_limit=1), "payment_method_provider_decline refer_to_customer"
    ),
    **_rows(
        Rule(METHOD),
        "card_not_supported do_not_try_again expired_card incorrect_address"
        " incorrect_zip incorrect_postal_code postal_code_invalid incorrect_cvc"
        " invalid_cvc incorrect_number invalid_number invalid_account"
        " invalid_card_type invalid_expiry_month invalid_expiry_year"
        " new_account_information_available not_permitted pin_try_exceeded"
        " restricted_card service_not_allowed transaction_not_allowed"
        " payment_method_customer_decline payment_method_restricted"
        " payment_method_unexpected_state expired_payment_method"
        " account_closed bank_account_closed bank_account_invalid_details no_account"
        " account_number_invalid routing_number_invalid incorrect_account_details"
        " bank_account_declined bank_account_unverified bank_account_frozen"
        " bank_account_restricted sepa_unsupported_account"
        " tokenized_account_number_deactivated",
    ),
    **_rows(
        Rule(METHOD, staff=True),
        "currency_not_supported payment_method_bank_account_blocked incorrect_pin"
        " invalid_pin offline_pin_required online_or_offline_pin_required",
    ),
    **_rows(
        Rule(AUTHENTICATION),
        "authentication_required authentication_not_handled"
        " mobile_device_authentication_required authentication_failure"
        " payment_intent_authentication_failure payment_intent_action_required",
    ),
    **_rows(
        Rule(NEVER),
        "fraudulent lost_card stolen_card pickup_card security_violation"
        " recipient_deceased",
    ),
    # Our own block list refused it: staff made that list and can tell why.
    **_rows(Rule(NEVER, staff=True), "merchant_blacklist"),
    **_rows(
        Rule(REVOKED),
        "revocation_of_all_authorizations revocation_of_authorization"
        " stop_payment_order payment_intent_mandate_invalid"
        " setup_intent_mandate_invalid billing_invalid_mandate"
        " india_recurring_payment_mandate_canceled debit_not_authorized",
    ),
    **_rows(Rule(TECHNICAL), "issuer_not_available reenter_transaction"),
    **_rows(
        Rule(TECHNICAL, retry_limit=1),
        "processing_error payment_intent_payment_attempt_failed"
        " payment_intent_payment_attempt_expired payment_method_provider_timeout",
    ),
    **_rows(
        Rule(TECHNICAL),
        "rate_limit payment_intent_rate_limit_exceeded lock_timeout"
        " idempotency_key_in_use",
    ),
    **_rows(
        Rule(CONFIGURATION, staff=True),
        "duplicate_transaction invalid_amount testmode_decline"
        " payment_method_unactivated payment_method_not_available"
        " capability_not_active payment_method_unsupported_type"
        " payment_method_currency_mismatch payment_intent_incompatible_payment_method"
        " amount_too_small amount_too_large invalid_charge_amount"
        " invalid_charge_amount_no_decimal_compatible parameter_invalid_empty"
        " parameter_invalid_integer parameter_invalid_string_blank"
        " parameter_invalid_string_empty parameter_missing parameter_unknown"
        " parameters_exclusive payment_intent_invalid_parameter"
        " payment_method_invalid_parameter payment_intent_unexpected_state"
        " intent_invalid_state resource_missing charge_exceeds_transaction_limit"
        " charge_exceeds_source_limit bank_account_unusable bank_cannot_process"
        " idempotency_error",
    ),
    **_rows(
        Rule(CONFIGURATION, staff=True, stops_provider=True),
        "api_key_expired platform_api_key_expired secret_key_required"
        " testmode_charges_only livemode_mismatch account_invalid"
        " tls_version_unsupported anomalous_money_movement_request action_blocked"
        " request_blocked approval_required",
    ),
}

# Why Stripe itself blocked a charge (``outcome.reason``); docs.stripe.com/declines.
OUTCOME_REASONS: dict[str, Rule] = {
    "highest_risk_level": Rule(NEVER),
    "rule": Rule(CONFIGURATION, staff=True),
    "low_probability_of_authorization": Rule(METHOD),
    # Stripe stops excess retries under Visa's rules; the decline code says only
    # "generic_decline".
    "previously_declined_do_not_retry": Rule(METHOD),
}

ADVICE_CODES: dict[str, Rule] = {
    "do_not_try_again": Rule(METHOD),
    "confirm_card_data": Rule(METHOD),
    "try_again_later": Rule(LATER),
}

# The network's or bank's own code. Card codes: Visa category 1, "the issuer will never
# approve". R..: NACHA returns; only R01 and R09 may be presented again, twice. Letters
# and digits: SEPA reason codes.
NETWORK_CODES: dict[str, Rule] = {
    **_rows(Rule(NEVER), "04 07 41 43"),
    **_rows(Rule(METHOD), "12 14 15 46 57"),
    **_rows(Rule(REVOKED), "R0 R1 R3"),
    **_rows(Rule(LATER, retry_limit=2), "R01 R09 AM04"),
    **_rows(Rule(METHOD), "R02 R03 R04 R16 R20"),
    **_rows(Rule(REVOKED), "R05 R07 R08 R10 R11 R29 R31"),
    **_rows(Rule(NEVER, staff=True), "R14 R15 MD07"),
    **_rows(
        Rule(CONFIGURATION, staff=True),
        "R06 R12 R13 R17 R18 R19 R21 R22 R23 R24 R25 R26 R27 R28",
    ),
    **_rows(Rule(METHOD), "AC01 AC04 AC06 AC13 AG01 BE05 RC01"),
    **_rows(
        Rule(CONFIGURATION, staff=True),
        "AG02 FF01 FF05 CNOR DNOR AM05 RR01 RR02 RR03 RR04",
    ),
    **_rows(Rule(REVOKED), "MD01 MD02 SL01 MD06 MS02"),
    **_rows(Rule(LATER, retry_limit=1), "MS03"),
}

# Mastercard merchant advice codes: 03 and 21 forbid a retry, 24 to 30 name the wait.
NETWORK_ADVICE_CODES: dict[str, Rule] = {
    "01": Rule(METHOD),
    "02": Rule(LATER, wait_hours=72),
    "03": Rule(METHOD),
    "21": Rule(REVOKED),
    "24": Rule(LATER, wait_hours=1),
    "25": Rule(LATER, wait_hours=24),
    "26": Rule(LATER, wait_hours=2 * 24),
    "27": Rule(LATER, wait_hours=4 * 24),
    "28": Rule(LATER, wait_hours=6 * 24),
    "29": Rule(LATER, wait_hours=8 * 24),
    "30": Rule(LATER, wait_hours=10 * 24),
}

# The objects that are missing when Stripe says ``resource_missing``.
MISSING_PARAMS: dict[str, Rule] = {
    "payment_method": Rule(METHOD),
    "customer": Rule(METHOD),
    "mandate": Rule(REVOKED),
}

# For a code no table knows: the kind of error still tells whose fault it was.
ERROR_TYPES: dict[str, Rule] = {
    "invalid_request_error": Rule(CONFIGURATION, staff=True),
    "idempotency_error": Rule(CONFIGURATION, staff=True),
    "authentication_error": Rule(CONFIGURATION, staff=True, stops_provider=True),
}
UNRECOGNISED = Rule(LATER, retry_limit=1, staff=True)
UNRECOGNISED_BLOCK = Rule(METHOD, staff=True)
