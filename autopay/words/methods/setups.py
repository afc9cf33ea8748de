"""The words about saving a payment method: for customers first, then for staff."""

from odoo.tools.translate import LazyTranslate

from ..authorizations import get_limit_sentences
from ..filled import fill_in

_lt = LazyTranslate(__name__)

# Why there is no page; the keys are codes of ``SetupError``.
PROBLEM_SENTENCES = {
    "busy": _lt(
        "You have begun to save a payment method several times just now. Please try "
        "again in an hour."
    ),
    "outdated": _lt("The text has changed since you opened this page. Please read it."),
    "unavailable": _lt(
        "Payment methods cannot be saved just now. %(company)s was told."
    ),
    "unreachable": _lt(
        "The payment provider cannot be reached just now. Please try again in a "
        "moment. Nothing was saved."
    ),
}

# The title of the page, by purpose.
PURPOSE_TITLES = {
    "autopay": _lt("Save a payment method for autopay"),
    "replace": _lt("Replace %(method)s"),
    "store": _lt("Save a payment method"),
}

# Headings and sentences of the page to which customers come back, by state.
RETURN_WORDS = {
    "new": (
        _lt("Not saved yet"),
        _lt("The payment provider has not answered yet. Please look again."),
    ),
    "open": (
        _lt("Not saved yet"),
        _lt("No payment method was saved so far. You can go on, or leave it at that."),
    ),
    "waiting": (
        _lt("Your bank account is being verified"),
        _lt(
            "Within 1 or 2 business days a small deposit arrives on your account. With "
            "the code in its description you confirm that the account is yours. Until "
            "then nothing is charged."
        ),
    ),
    "failed": (
        _lt("Nothing was saved"),
        _lt("The payment method could not be saved. Nothing is charged."),
    ),
    "expired": (
        _lt("Nothing was saved"),
        _lt("The page was left before a payment method was saved."),
    ),
}

# The effect of a saved method, by purpose.
DONE_SENTENCES = {
    "autopay": _lt(
        "What %(company)s puts on autopay is charged to %(method)s on its day from now "
        "on. You need not do anything, and you can end that at any time."
    ),
    "replace": _lt(
        "%(method)s takes the place of the former payment method at %(company)s."
    ),
    "store": _lt(
        "%(method)s is kept for you. Nothing is charged with it unless you say so."
    ),
    "late": _lt(
        "The link by which you came was used, withdrawn or over meanwhile. So "
        "%(method)s is kept, but nothing is charged with it. Please ask %(company)s."
    ),
}


def get_consent_text(env, company, purpose, old_token, limits=None):
    """Return the words that a customer agrees to before a method is saved.

    :param str purpose: a key of ``SETUP_PURPOSES``
    :param old_token: the ``payment.token`` that is replaced, or none
    :param limits: the ``autopay.authorization`` whose limits go on to hold, or none
    """
    name = company.display_name
    if purpose == "store":
        return env._(
            "I have the payment method that I save now kept for my payments to "
            "%(company)s. Nothing is charged with it unless I agree to that.",
            company=name,
        )
    text = env._(
        "I authorize %(company)s to charge the payment method that I save now for my "
        "invoices on their autopay date, for the amount due, until I revoke this "
        "authorization. I can revoke it at any time.",
        company=name,
    )
    if purpose == "replace":
        text += " " + env._(
            "It takes the place of %(method)s wherever that one pays my invoices.",
            method=old_token._get_autopay_label(),
        )
    return " ".join([text, *(get_limit_sentences(env, limits) if limits else ())])


def get_purpose_title(env, purpose, old_token):
    """Return the heading of the page on which a customer agrees."""
    method = old_token._get_autopay_label() if old_token else ""
    return fill_in(env, PURPOSE_TITLES[purpose], method=method)


def get_problem_sentence(env, code, company):
    """Return why no page could be made, for the customer."""
    return fill_in(env, PROBLEM_SENTENCES[code], company=company.display_name)


def get_return_words(env, setup):
    """Return heading and sentence about a visit, for the customer who comes back."""
    if setup.state != "done":
        return tuple(fill_in(env, words) for words in RETURN_WORDS[setup.state])
    values = {
        "method": setup.token_id._get_autopay_label(),
        "company": setup.company_id.display_name,
    }
    # Links ask for a method that pays: one that is only kept came too late.
    is_late = setup.channel == "link" and setup.purpose == "store"
    purpose = "late" if is_late else setup.purpose
    sentence = fill_in(env, DONE_SENTENCES[purpose], **values)
    return env._("%s is saved", values["method"]), sentence


def get_refused_note(env, message):
    """Return for staff why the provider made no page, and what its key has to allow."""
    return env._(
        "The provider refuses to make the page on which customers save payment methods:"
        " %(message)s\n"
        "The key of the provider needs these rights: write Checkout Sessions and "
        "Customers, read SetupIntents and PaymentMethods.",
        message=message or "-",
    )
