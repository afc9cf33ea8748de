"""The words of configurations as a whole: what they do, and why they are not valid."""

from odoo.tools.translate import LazyTranslate

from .filled import fill_in
from .invoices.blockers import get_method_values, get_method_words

_lt = LazyTranslate(__name__)

# The labels of issues that are no blockers of invoices.
ISSUE_LABELS = {
    "no_condition": _lt("No condition"),
    "condition_incomplete": _lt("Condition incomplete"),
    "contradiction": _lt("Contradiction"),
    "customer_is_contact": _lt("Customer is a contact of another"),
}

# Those that saving mends: whoever chooses a method records the consent.
AUTHORIZATION_ISSUES = ("no_authorization", "authorization_revoked")

# Those with which it keeps the invoices that it matches: they wait until the matter is
# settled. With any other it is passed over, and another one may pay.
HELD_ISSUES = ("method_paused", "method_refused", "method_exhausted")

# The sentences that are not those about invoices (const.blockers). Customers who
# change their configurations in the portal read them as well.
ISSUE_SENTENCES = {
    "no_method": _lt("Choose the payment method that pays."),
    "method_archived": _lt("%(method)s was removed. Choose another payment method."),
    "method_expired": _lt("%(method)s has expired. Choose another payment method."),
    "method_of_other_customer": _lt("%(method)s belongs to another customer."),
    "provider_disabled": _lt("The payment provider %(provider)s is disabled."),
    "provider_company": _lt(
        "The payment provider %(provider)s belongs to another company."
    ),
    "no_condition": _lt("Add a condition: without one, nothing is paid."),
    "condition_incomplete": _lt("%(detail)s"),
    "contradiction": _lt("No invoice can ever match: %(detail)s"),
    "customer_is_contact": _lt(
        "%(customer)s is a contact of another customer now; only the payment rules "
        "of that customer pay."
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

# The same of a method that comes back with its provider, and was not removed.
RESTING_METHOD = _lt(
    "%(method)s cannot be charged for now, as %(provider)s is out of use. Choose "
    "another payment method, or wait until it can be charged again."
)

# Sentences for a customer who has changed a configuration in the portal.
DONE_SENTENCES = {
    "up": _lt("“%(name)s” is tried earlier now."),
    "down": _lt("“%(name)s” is tried later now."),
    "enable": _lt("“%(name)s” is switched on."),
    "disable": _lt("“%(name)s” is switched off and pays nothing."),
    "remove": _lt("“%(name)s” is removed."),
}


def get_done_sentence(env, act, name):
    """Return what has been done to a configuration.

    :param str act: a key of ``DONE_SENTENCES``
    :param str name: what the configuration says
    """
    return fill_in(env, DONE_SENTENCES[act], name=name)


def get_issue_sentence(env, code, token, blockers, **values):
    """Return why a configuration pays nothing, as a sentence.

    :param str code: a key of ``ISSUE_LABELS``, or a blocker of a method
    :param token: its payment method, empty when there is none
    :param blockers: the ``BlockerTable``
    """
    if code not in ISSUE_SENTENCES:
        return get_method_words(env, blockers[code].sentence, token)
    found = ISSUE_SENTENCES[code]
    if code == "method_archived" and token._is_autopay_coming_back():
        found = RESTING_METHOD
    sentence = env._(found)
    return sentence % {**get_method_values(env, token), **values}


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
