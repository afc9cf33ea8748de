"""The words of configurations as a whole: what they do, and why they are not valid."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Why a configuration is not valid. Keys are stored nowhere, but searched by.
ISSUES = [
    ("no_method", _lt("No payment method")),
    ("method_archived", _lt("Payment method archived")),
    ("method_expired", _lt("Payment method expired")),
    ("method_of_other_customer", _lt("Payment method of another customer")),
    ("provider_disabled", _lt("Provider disabled")),
    ("provider_company", _lt("Provider of another company")),
    ("provider_unsupported", _lt("Provider not usable")),
    ("no_condition", _lt("No condition")),
    ("condition_incomplete", _lt("Condition incomplete")),
    ("contradiction", _lt("Contradiction")),
    ("customer_is_contact", _lt("Customer is a contact of another")),
    ("no_authorization", _lt("No authorization")),
    ("authorization_revoked", _lt("Authorization revoked")),
]

# One whole sentence for each code.
ISSUE_SENTENCES = {
    "no_method": _lt("Choose the payment method that pays."),
    "method_archived": _lt("%(method)s was removed. Choose another payment method."),
    "method_expired": _lt("%(method)s has expired. Choose another payment method."),
    "method_of_other_customer": _lt("%(method)s belongs to another customer."),
    "provider_disabled": _lt("The payment provider %(provider)s is disabled."),
    "provider_company": _lt(
        "The payment provider %(provider)s belongs to another company."
    ),
    "provider_unsupported": _lt(
        "The payment provider %(provider)s cannot charge %(method)s by itself. Manual "
        "capture must be off."
    ),
    "no_condition": _lt("Add a condition: without one, nothing is paid."),
    "condition_incomplete": _lt("%(detail)s"),
    "contradiction": _lt("No invoice can ever match: %(detail)s"),
    "customer_is_contact": _lt(
        "%(customer)s is a contact of another customer now; only the configurations of "
        "that customer pay."
    ),
    "no_authorization": _lt(
        "The customer has not authorized autopay with %(method)s. Choose it anew once "
        "the customer agrees."
    ),
    "authorization_revoked": _lt(
        "The customer's authorization for %(method)s was revoked. Choose it anew once "
        "the customer agrees, or another payment method."
    ),
}

# Those that saving mends: whoever chooses a method records the consent.
AUTHORIZATION_ISSUES = ("no_authorization", "authorization_revoked")


def get_issue_sentence(env, code, **values):
    """Return why a configuration is not valid, as a sentence."""
    sentence = env._(ISSUE_SENTENCES[code])
    return sentence % values


def join_phrases(env, rows):
    """Return what several conditions say, to follow "Pay invoices".

    :param rows: (phrase, whether it tells of days) for each condition. "That are ..."
        follows what kind of invoices these are; everything else is one thing more.
    """
    text, told_of_days = "", True
    for phrase, of_days in rows:
        follows = of_days and not told_of_days
        told_of_days = of_days
        if not text:
            text = phrase
        elif follows:
            text = f"{text} {phrase}"
        else:
            text = env._("%(first)s and %(second)s", first=text, second=phrase)
    return text


def get_configuration_sentence(env, conditions, method, caps):
    """Return what a configuration does, as a sentence.

    :param str conditions: what its conditions say; empty when there are none
    :param str method: its payment method; empty when there is none
    :param list caps: what its caps say
    """
    if not conditions:
        return env._("Pay nothing yet: there is no condition")
    if not method:
        text = ", ".join([conditions, *caps])
        return env._("Pay invoices %(conditions)s", conditions=text)
    return env._(
        "Pay invoices %(conditions)s with %(method)s",
        conditions=conditions,
        method=", ".join([method, *caps]),
    )
