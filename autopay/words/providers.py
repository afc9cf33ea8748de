"""The words that tell why a provider is not called, or could not be read."""

from odoo.tools.translate import LazyTranslate

from .filled import fill_in

_lt = LazyTranslate(__name__)

# Why a provider could not be asked, or not to the end, by the code of a gateway.
PROBLEM_SENTENCES = {
    "credentials": _lt(
        "The provider refuses our key. Check the provider's credentials."
    ),
    "unreachable": _lt("The provider cannot be reached."),
    "rate_limit": _lt("The provider asks us to slow down."),
    "unreadable": _lt("The provider's answer cannot be read."),
    "many_unseen": _lt(
        "Very many charges are not in the provider's list: does the key belong to "
        "another account?"
    ),
    "incomplete_list": _lt("There are too many charges: take a shorter period."),
    # The credentials, or the rights of a key, as Odoo keeps them.
    "missing_key": _lt("The payment provider has no secret key."),
    "not_a_secret_key": _lt("The payment provider's key is not a secret key."),
    "wrong_mode": _lt(
        "The payment provider's key and its state disagree: one is for test mode, the "
        "other for live mode."
    ),
    "wrong_address": _lt(
        "The server sends Stripe's requests to an address that is not allowed."
    ),
}

# Why a run stopped using a provider, where that says more than a problem.
STOP_SENTENCES = {
    "cannot_be_booked": _lt(
        "Nothing is charged, as the payments could not be booked. %(detail)s"
    ),
    "not_recorded": _lt(
        "What became of a charge could not be saved: %(detail)s It stays open until "
        "that is known."
    ),
    "booking_failed": _lt(
        "A payment could not be booked: %(detail)s Nothing more is charged before a "
        "booking works again."
    ),
    "missing_methods": _lt(
        "The provider does not know several saved payment methods. Check that the "
        "credentials are those of the account they were saved in."
    ),
}

# Why Odoo does not offer a provider, in its availability report, by what it is for.
REPORT_REASONS = {
    "autopay": _lt("used for autopay only"),
    "one_time": _lt("used for one-time payments only"),
}

# The fate of the customers who have agreed to be charged through a provider that
# is for one-time payments only from now on, by whether a person stops that.
USAGE_SENTENCES = {
    False: _lt(
        "Customers who have agreed to autopay through this provider: %(count)s. They "
        "go on being charged here; nobody can agree anew."
    ),
    True: _lt(
        "Customers who have agreed to autopay through this provider: %(count)s. They "
        "are charged no more; ask them for another payment method."
    ),
}


def get_report_reason(env, usage):
    """Return why a provider is not offered, as Odoo's report lists it.

    :param str usage: a key of ``REPORT_REASONS``
    """
    return env._(REPORT_REASONS[usage])


def get_usage_words(env, provider, payers):
    """Return what a change of usage means for customers, "" when it means nothing.

    :param payers: the customers who have agreed to be charged through it
    """
    if provider.autopay_usage != "one_time" or not payers:
        return ""
    sentence = USAGE_SENTENCES[provider.autopay_stops_consents]
    return fill_in(env, sentence, count=len(payers))


def get_problem_sentence(env, problem):
    """Return why a provider cannot be called, or was not read to the end.

    :param str problem: a key of ``PROBLEM_SENTENCES``
    """
    return env._(PROBLEM_SENTENCES[problem])


def get_stop_sentence(env, reason):
    """Return why a provider was left alone in a run, in a sentence for staff.

    :param str reason: a code; after a colon what is known beyond it
    """
    code, _colon, detail = reason.partition(":")
    if code in STOP_SENTENCES:
        return fill_in(env, STOP_SENTENCES[code], detail=detail)
    return get_problem_sentence(env, reason)
