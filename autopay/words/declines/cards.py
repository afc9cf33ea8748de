"""The meaning of card decline codes, for staff: one whole sentence for each code."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


def _each(codes, sentence):
    return dict.fromkeys(codes.split(), sentence)


CARD_SENTENCES = {
    # Try again later.
    "approve_with_id": _lt("The card issuer could not authorize the payment."),
    "call_issuer": _lt(
        "The card issuer declined the payment; the cardholder should call it."
    ),
    "card_declined": _lt("The card was declined."),
    "card_velocity_exceeded": _lt(
        "The card has reached its limit of payments for now."
    ),
    "card_decline_rate_limit_exceeded": _lt(
        "The card was declined too often in a short time."
    ),
    "do_not_honor": _lt("The card issuer declined the payment without a reason."),
    "generic_decline": _lt("The card was declined without a reason."),
    "insufficient_funds": _lt("The card or bank account has insufficient funds."),
    "no_action_taken": _lt("The card issuer could not process the payment."),
    "try_again_later": _lt("The card issuer asks to try again later."),
    "withdrawal_count_limit_exceeded": _lt(
        "The card has exceeded its balance or credit limit."
    ),
    # Another payment method is needed.
    "card_not_supported": _lt("The card does not support this kind of purchase."),
    "currency_not_supported": _lt("The card does not support the invoice's currency."),
    "do_not_try_again": _lt("The card issuer asks not to try this card again."),
    "expired_card": _lt("The card has expired."),
    "incorrect_address": _lt("The card's billing address is incorrect."),
    **_each(
        "incorrect_zip incorrect_postal_code postal_code_invalid",
        _lt("The card's postal code is incorrect."),
    ),
    **_each("incorrect_cvc invalid_cvc", _lt("The card's security code is incorrect.")),
    **_each("incorrect_number invalid_number", _lt("The card number is incorrect.")),
    **_each(
        "incorrect_pin invalid_pin",
        _lt("The PIN is incorrect, which should not occur with a saved card."),
    ),
    **_each(
        "offline_pin_required online_or_offline_pin_required",
        _lt("The card needs a PIN, so it cannot be charged while its holder is away."),
    ),
    "invalid_account": _lt("The card, or the account behind it, is not valid."),
    "invalid_card_type": _lt("Cards of this type are not accepted."),
    **_each(
        "invalid_expiry_month invalid_expiry_year",
        _lt("The card's expiry date is incorrect."),
    ),
    "new_account_information_available": _lt(
        "The card was replaced; its new details are needed."
    ),
    "not_permitted": _lt("The card issuer does not permit the payment."),
    "pin_try_exceeded": _lt("The card is blocked after too many wrong PINs."),
    "restricted_card": _lt("The card cannot be used for this payment."),
    "service_not_allowed": _lt("The card cannot be used for this service."),
    "transaction_not_allowed": _lt(
        "The card issuer does not allow this kind of transaction."
    ),
    # The customer must authenticate.
    "authentication_required": _lt(
        "The bank requires the customer to authenticate the payment."
    ),
    "authentication_not_handled": _lt(
        "The bank required authentication and did not get it."
    ),
    "mobile_device_authentication_required": _lt(
        "The customer must authenticate the payment on a mobile device."
    ),
    **_each(
        "authentication_failure payment_intent_authentication_failure",
        _lt("The customer's authentication failed."),
    ),
    "payment_intent_action_required": _lt(
        "The customer must confirm the payment with the bank."
    ),
    # Never again with this card. For staff only: customers read a neutral sentence.
    "fraudulent": _lt("The payment was declined because it looks fraudulent."),
    "lost_card": _lt("The card was reported lost."),
    "stolen_card": _lt("The card was reported stolen."),
    "pickup_card": _lt("The card was blocked by its issuer; it may be lost or stolen."),
    "security_violation": _lt(
        "The card issuer declined the payment for a security violation."
    ),
    "merchant_blacklist": _lt(
        "The payment was declined because it matches your own block list at Stripe."
    ),
    # The authorization was revoked.
    **_each(
        "revocation_of_all_authorizations revocation_of_authorization",
        _lt("The cardholder revoked the authorization at the card issuer."),
    ),
    "stop_payment_order": _lt(
        "The cardholder stopped this payment at the card issuer."
    ),
    "india_recurring_payment_mandate_canceled": _lt(
        "The customer canceled the mandate for recurring card payments."
    ),
    # Technical.
    "issuer_not_available": _lt("The card issuer could not be reached."),
    "reenter_transaction": _lt(
        "The card issuer could not process the payment for an unknown reason."
    ),
    "processing_error": _lt("The payment failed because of a processing error."),
    # Ours.
    "duplicate_transaction": _lt(
        "The card issuer saw a payment of the same amount a moment ago. Check for a "
        "duplicate before trying again."
    ),
    "invalid_amount": _lt(
        "The amount is invalid, or above what the card issuer allows."
    ),
    "testmode_decline": _lt("A test card was used outside of test mode."),
    # Blocked by Stripe before the bank was asked.
    "highest_risk_level": _lt(
        "Stripe blocked the payment: its fraud risk is too high."
    ),
    "rule": _lt("Stripe blocked the payment by a rule of your own account."),
    "low_probability_of_authorization": _lt(
        "Stripe did not send the payment because the bank is unlikely to approve it."
    ),
    "previously_declined_do_not_retry": _lt(
        "Stripe blocked the payment because the bank had forbidden to try this card "
        "again."
    ),
    # The networks' own codes.
    "04": _lt("The card must not be used any more (network code 04)."),
    "07": _lt("The card must not be used any more: fraud (network code 07)."),
    "12": _lt("The card issuer considers the transaction invalid (network code 12)."),
    "14": _lt("The card number does not exist (network code 14)."),
    "15": _lt("The card issuer does not exist (network code 15)."),
    "41": _lt("The card was reported lost (network code 41)."),
    "43": _lt("The card was reported stolen (network code 43)."),
    "46": _lt("The account behind the card is closed (network code 46)."),
    "57": _lt("The card does not allow this transaction (network code 57)."),
    "R0": _lt("The cardholder stopped this payment (network code R0)."),
    "R1": _lt("The cardholder revoked the authorization (network code R1)."),
    "R3": _lt("The cardholder revoked all authorizations (network code R3)."),
}
