"""The words that tell whether a customer's invoices can be collected."""

from odoo.tools.translate import LazyTranslate

from .invoices.blockers import get_method_words

_lt = LazyTranslate(__name__)

# The sentences that are not those about a customer's invoices (const.blockers);
# "configured" is "ready" by rules.
READINESS_SENTENCES = {
    "ready": _lt(
        "Invoices on autopay are charged with %(method)s on their autopay date."
    ),
    "configured": _lt(
        "Invoices on autopay are charged with the payment method of the first "
        "payment rule that matches them."
    ),
    "company_off": _lt(
        "Nothing is charged now: autopay is switched off in this company's settings."
    ),
    "customer_archived": _lt("The customer is archived: nothing is charged."),
    "configuration_invalid": _lt(
        "The customer's payment rules pay nothing until they are mended."
    ),
    "no_method": _lt(
        "Set up autopay with one of the customer's saved payment methods. Customers "
        "save one when they pay online."
    ),
}


def get_readiness_words(env, code, token, blockers):
    """Return what the judgement of a customer means, as a sentence.

    :param str code: a key of ``READINESS_SENTENCES``, or a blocker
    :param token: the method that would pay, empty when there is none
    :param blockers: the ``BlockerTable``
    """
    if code not in READINESS_SENTENCES:
        return get_method_words(env, blockers[code].sentence, token)
    method = token._get_autopay_label() if token else ""
    sentence = env._(READINESS_SENTENCES[code])
    return sentence % {"method": method}
