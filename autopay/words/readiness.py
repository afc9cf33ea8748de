"""The words that tell whether a customer's invoices can be collected."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# One whole sentence for each code of const.READINESS; "configured" is "ready" by rules,
# "switched_off" is "ready" in a company that charges nobody now.
READINESS_SENTENCES = {
    "ready": _lt(
        "Eligible invoices are charged with %(method)s on their autopay date."
    ),
    "configured": _lt(
        "Eligible invoices are charged with the payment method of the first "
        "configuration that matches them."
    ),
    "switched_off": _lt(
        "Nothing is charged now: autopay is switched off in this company's settings."
    ),
    "off": _lt("Invoices of this customer are not charged by autopay."),
    "configuration_invalid": _lt(
        "The customer's configurations pay nothing until they are mended."
    ),
    "no_method": _lt(
        "Set up autopay with one of the customer's saved payment methods. Customers "
        "save one when they pay online."
    ),
    "method_archived": _lt(
        "%(method)s was archived. Choose another payment method, or ask the customer "
        "to save one."
    ),
    "method_expired": _lt(
        "%(method)s has expired. Choose another payment method, or ask the customer to "
        "save one."
    ),
    "method_paused": _lt(
        "%(method)s is paused. A billing manager can release it once the matter is "
        "settled."
    ),
    "method_of_other_customer": _lt(
        "%(method)s was saved by a contact that belongs to another customer now. "
        "Choose another payment method."
    ),
    "no_authorization": _lt(
        "The customer has not authorized autopay with %(method)s in this company. "
        "Record the consent once the customer agrees."
    ),
    "authorization_revoked": _lt(
        "The customer's authorization for %(method)s was revoked. Change the method, "
        "or record a new consent to this one once the customer agrees."
    ),
    "method_refused": _lt(
        "The bank refused %(method)s for good when it was last charged. Choose another "
        "payment method, or ask the customer to save one."
    ),
}


def get_readiness_words(env, readiness, token):
    """Return what a code of ``READINESS_SENTENCES`` means, as a sentence.

    :param token: the customer's Autopay Token, empty when there is none
    """
    sentence = env._(READINESS_SENTENCES[readiness])
    return sentence % {"method": token._get_autopay_label() if token else ""}
