"""Reasons that are on the configuration, the payment method or the consent to it."""

from odoo.tools.translate import LazyTranslate

from .blocker import Blocker

_lt = LazyTranslate(__name__)

METHOD_BLOCKERS = (
    Blocker(
        "kind_not_allowed",
        _lt("Kind of method not allowed"),
        _lt(
            "%(method)s would pay this invoice, which may be paid by: %(kinds)s. "
            "Choose another method, or change what may pay it on the tab "
            "Autopay."
        ),
        days=3,
    ),
    Blocker(
        "no_configuration",
        _lt("No payment rule matches"),
        _lt("None of the customer's payment rules pays this invoice. %(reason)s"),
        days=3,
    ),
    Blocker(
        "configuration_invalid",
        _lt("Payment rule needs attention"),
        _lt("“%(configuration)s” would pay, but it needs attention: %(reason)s"),
        days=3,
    ),
    Blocker(
        "no_method",
        _lt("No payment method"),
        _lt(
            "The customer has no payment method for autopay. Ask the customer to save "
            "one, then set up autopay with it on the customer."
        ),
        of_payer="method",
        days=1,
    ),
    Blocker(
        "method_archived",
        _lt("Payment method archived"),
        _lt("The payment method %(method)s was archived. %(advice)s"),
        of_payer="method",
        days=1,
    ),
    Blocker(
        "method_expired",
        _lt("Payment method expired"),
        _lt(
            "The payment method %(method)s has expired. Choose another one, or ask "
            "the customer to save one."
        ),
        of_payer="method",
        days=1,
    ),
    Blocker(
        "method_paused",
        _lt("Payment method paused"),
        _lt(
            "The payment method %(method)s is paused since %(date)s. %(reason)s A "
            "billing manager can release it."
        ),
        of_payer="method",
        days=7,
    ),
    Blocker(
        "method_of_other_customer",
        _lt("Payment method of another customer"),
        _lt(
            "The payment method %(method)s belongs to another customer. Choose one of "
            "this customer."
        ),
        of_payer="method",
        days=3,
    ),
    Blocker(
        "provider_disabled",
        _lt("Provider disabled"),
        _lt(
            "The payment provider %(provider)s is disabled. Enable it, or choose a "
            "method of another provider."
        ),
        of_payer="method",
        days=3,
    ),
    Blocker(
        "provider_company",
        _lt("Provider of another company"),
        _lt(
            "The payment provider %(provider)s belongs to another company. Choose a "
            "method of this company."
        ),
        of_payer="method",
        days=3,
    ),
    Blocker(
        "provider_unsupported",
        _lt("Provider not usable"),
        _lt(
            "The payment provider %(provider)s cannot charge %(method)s "
            "automatically. Manual capture must be off."
        ),
        of_payer="method",
        days=3,
    ),
    Blocker(
        "provider_one_time",
        _lt("Provider for one-time payments"),
        _lt(
            "The payment provider %(provider)s is used for one-time payments only. "
            "Choose a method of another provider, or ask the customer to save one."
        ),
        of_payer="method",
        days=1,
    ),
    Blocker(
        "no_authorization",
        _lt("No authorization"),
        _lt(
            "The customer has not authorized autopay with %(method)s. Record the "
            "consent once the customer agrees."
        ),
        of_payer="method",
        days=3,
    ),
    Blocker(
        "authorization_revoked",
        _lt("Authorization revoked"),
        _lt(
            "The customer's authorization for %(method)s was revoked. Choose another "
            "method, or record a new consent once the customer agrees."
        ),
        of_payer="method",
        days=3,
    ),
    Blocker(
        "method_refused",
        _lt("Payment method permanently declined"),
        _lt(
            "The bank permanently declined %(method)s when it was last charged. "
            "Choose another payment method, or ask the customer to save one."
        ),
        of_payer="method",
        days=1,
    ),
    Blocker(
        "method_exhausted",
        _lt("Payment method declined too often"),
        _lt(
            "%(method)s was declined so often in the last %(days)s days that the card "
            "networks allow no further try. Choose another payment method."
        ),
        of_payer="method",
        days=3,
    ),
)

# Reasons that end when the customer saves a payment method and agrees to it.
ASKABLE_CODES = (
    "kind_not_allowed",
    "no_method",
    "method_archived",
    "method_expired",
    "provider_one_time",
    "no_authorization",
    "authorization_revoked",
    "method_refused",
    "method_exhausted",
)
