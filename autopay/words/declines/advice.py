"""The outcome of a charge in words: exact for staff, neutral for customers."""

from odoo.tools.translate import LazyTranslate

from ..filled import label_codes
from .banks import BANK_SENTENCES
from .cards import CARD_SENTENCES

_lt = LazyTranslate(__name__)


def _each(codes, sentence):
    return dict.fromkeys(codes.split(), sentence)


# Refusals of the request, the account or the method rather than by a bank.
REQUEST_SENTENCES = {
    "payment_method_customer_decline": _lt("The customer declined the payment."),
    "payment_method_provider_decline": _lt(
        "The payment was declined by the customer's bank or wallet."
    ),
    "payment_method_provider_timeout": _lt(
        "The customer's bank or wallet did not answer in time."
    ),
    "payment_method_restricted": _lt("The payment method cannot be used."),
    **_each(
        "payment_method_unexpected_state expired_payment_method",
        _lt("The payment method is no longer usable at Stripe."),
    ),
    "payment_intent_payment_attempt_failed": _lt("The payment failed."),
    "payment_intent_payment_attempt_expired": _lt(
        "The payment was not completed in time."
    ),
    **_each(
        "payment_intent_unexpected_state intent_invalid_state",
        _lt("The payment is in another state at Stripe than expected."),
    ),
    "stated_not_paid": _lt(
        "It was not paid: a person looked it up at the payment provider."
    ),
    "payment_method_removed": _lt(
        "The payment method was removed at the payment provider; another one is needed."
    ),
    "resource_missing": _lt(
        "Stripe does not know the customer, the payment method or the mandate."
    ),
    **_each(
        "payment_method_unactivated payment_method_not_available capability_not_active"
        " payment_method_unsupported_type",
        _lt("Your Stripe account does not accept this kind of payment method."),
    ),
    **_each(
        "payment_method_currency_mismatch payment_intent_incompatible_payment_method",
        _lt("The payment method cannot be used for this currency or payment."),
    ),
    "amount_too_small": _lt("The amount is below the smallest that Stripe charges."),
    "amount_too_large": _lt("The amount is above the largest that Stripe charges."),
    **_each(
        "invalid_charge_amount invalid_charge_amount_no_decimal_compatible",
        _lt("Stripe does not accept this amount."),
    ),
    **_each(
        "charge_exceeds_transaction_limit charge_exceeds_source_limit",
        _lt("The amount exceeds a limit of your Stripe account."),
    ),
    **_each(
        "parameter_invalid_empty parameter_invalid_integer"
        " parameter_invalid_string_blank parameter_invalid_string_empty"
        " parameter_missing parameter_unknown parameters_exclusive"
        " payment_intent_invalid_parameter payment_method_invalid_parameter"
        " invalid_request_error",
        _lt("Stripe did not accept the request."),
    ),
    "idempotency_error": _lt(
        "Another request was sent under the same key; its outcome is checked."
    ),
    **_each(
        "rate_limit payment_intent_rate_limit_exceeded",
        _lt("Too many requests were sent to Stripe at once."),
    ),
    **_each(
        "lock_timeout idempotency_key_in_use",
        _lt("Stripe is still working on an earlier request for this payment."),
    ),
    **_each(
        "api_key_expired platform_api_key_expired secret_key_required account_invalid",
        _lt("Stripe does not accept the secret key; check the payment provider."),
    ),
    **_each(
        "testmode_charges_only livemode_mismatch",
        _lt("Test mode and live mode are mixed up; check the payment provider."),
    ),
    "tls_version_unsupported": _lt("Stripe does not accept this server's encryption."),
    **_each(
        "anomalous_money_movement_request action_blocked request_blocked"
        " approval_required",
        _lt("Stripe blocks requests of your account; look at its dashboard."),
    ),
    # Codes that come from the gateways themselves.
    "connection_failed": _lt("The payment provider could not be reached."),
    "connection_interrupted": _lt(
        "The connection to the payment provider broke before its answer."
    ),
    **_each(
        "unreadable_answer unknown_answer unknown_status no_answer",
        _lt("The payment provider's answer could not be understood."),
    ),
    "incomplete_list": _lt("The payment provider's list of payments is too long."),
    "internal_error": _lt("An unexpected error occurred while asking the provider."),
    "answer_mismatch": _lt(
        "The payment provider's answer differs from what was asked for."
    ),
    "requires_capture": _lt(
        "The amount is reserved but not captured; capture or cancel it at the provider."
    ),
    "refused": _lt("The payment provider refused the payment."),
    "canceled": _lt("The payment was canceled at the payment provider."),
}

DECLINE_SENTENCES = {**CARD_SENTENCES, **BANK_SENTENCES, **REQUEST_SENTENCES}

# For a code that has no sentence of its own.
CLASS_SENTENCES = {
    "later": _lt("The payment was declined and may succeed later."),
    "method": _lt("The payment was declined; another payment method is needed."),
    "authentication": _lt("The customer must authenticate the payment."),
    "never": _lt("The payment was permanently declined with this payment method."),
    "configuration": _lt("The payment was refused; check the payment provider."),
    "technical": _lt("The payment failed for a technical reason."),
    "revoked": _lt("The customer revoked the authorization to be charged."),
}

# Words for customers. A lost, stolen or suspicious card gets the same neutral words as
# any other card that will not work: whoever holds it must not learn why.
CUSTOMER_SENTENCES = {
    "later": _lt("Your payment could not be completed. We will try again."),
    "method": _lt(
        "Your payment could not be completed. Please use another payment method."
    ),
    "authentication": _lt("Your bank asks you to confirm this payment."),
    "never": _lt(
        "Your payment could not be completed. Please use another payment method."
    ),
    "configuration": _lt(
        "Your payment could not be completed. You do not need to do anything: we are "
        "looking into it."
    ),
    "technical": _lt("Your payment could not be completed. We will try again."),
    "revoked": _lt(
        "Your bank reports that automatic payments are no longer authorized."
    ),
}

# Advice to staff after a refusal, by class; those of a code come first.
CLASS_ADVICE = {
    "later": _lt("It may succeed on another day: press Retry to try again."),
    "method": _lt(
        "Ask the customer for another payment method, choose it, then press Retry."
    ),
    "authentication": _lt(
        "The customer's bank wants the customer to confirm. While it can be, send the "
        "link of the charge; then ask the customer to pay online, or for another "
        "payment method."
    ),
    "never": _lt(
        "This payment method will not work again. Ask the customer for another one, "
        "choose it, then press Retry."
    ),
    "configuration": _lt(
        "The cause is not the customer's: mend it in your account at the payment "
        "provider or in Odoo, then press Retry."
    ),
    "technical": _lt("Press Retry to try again."),
    "revoked": _lt(
        "Talk to the customer. Once the customer agrees again, record the new "
        "consent, then press Retry."
    ),
}
CODE_ADVICE = {
    "stated_not_paid": _lt("Press Retry to charge it again."),
    "merchant_blacklist": _lt(
        "The method is on your own block list at Stripe. Take it off there and "
        "record the consent anew, or ask the customer for another one. Then press "
        "Retry."
    ),
    "amount_too_small": _lt("Ask the customer to pay it in another way."),
    "amount_too_large": _lt("Ask the customer to pay it in another way, or in parts."),
}


def get_staff_advice(env, code, decline_class):
    """Return what staff can do after a refusal, as a sentence.

    :param code: a decline code of a gateway, may be unknown
    :param decline_class: a key of ``const.DECLINE_CLASSES``
    """
    advice = CODE_ADVICE.get(code) or CLASS_ADVICE.get(decline_class)
    return env._(advice or CLASS_ADVICE["later"])


def get_decline_sentence(env, code, decline_class):
    """Return why a payment failed, for staff.

    :param code: a decline code of a gateway, may be unknown
    :param decline_class: a key of ``const.DECLINE_CLASSES``
    """
    sentence = DECLINE_SENTENCES.get(code) or CLASS_SENTENCES.get(decline_class)
    return env._(sentence or CLASS_SENTENCES["later"])


def get_decline_labels(env, codes):
    """Return {code: why a payment failed} for the codes that are known."""
    return label_codes(env, codes, DECLINE_SENTENCES)


def get_customer_sentence(env, decline_class):
    """Return why a payment failed, for the customer, without what only staff may know.

    :param decline_class: a key of ``const.DECLINE_CLASSES``
    """
    return env._(CUSTOMER_SENTENCES.get(decline_class) or CUSTOMER_SENTENCES["later"])
