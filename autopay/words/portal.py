"""The words that customers read on their own pages."""

from odoo.tools.translate import LazyTranslate

from .filled import fill_in

_lt = LazyTranslate(__name__)

PORTAL_SENTENCES = {
    "read_only": _lt(
        "You can look at these pages. Ask the person who manages payments in your "
        "company to change something here, or ask us to give you the right to."
    ),
    "stale": _lt("This page was out of date. Look at it again and decide anew."),
}

# How a customer stands with a company, by readiness; "configured" is "ready" by rules.
STATUS_SENTENCES = {
    "ready": _lt(
        "What we put on autopay is charged to %(method)s on its day. You need not do "
        "anything."
    ),
    "configured": _lt(
        "What we put on autopay is charged by your own settings, on its day. You need "
        "not do anything."
    ),
    "off": _lt("Nothing is charged by itself. Pay your invoices as they come."),
    "no_method": _lt(
        "You have not chosen a payment method for autopay yet. Pay your invoices as "
        "they come."
    ),
    "method_archived": _lt("%(method)s was removed. Choose another payment method."),
    "method_expired": _lt("%(method)s has expired. Choose another payment method."),
    "method_refused": _lt(
        "Your bank has refused %(method)s for good. Choose another payment method."
    ),
    "method_exhausted": _lt(
        "%(method)s was declined too often. Choose another payment method."
    ),
    "no_authorization": _lt(
        "You have not agreed yet that we charge %(method)s. Choose it to agree."
    ),
    "authorization_revoked": _lt(
        "You have withdrawn your agreement to %(method)s. Choose a payment method to "
        "agree anew."
    ),
    "configuration_invalid": _lt(
        "None of your own settings can pay for now. Look at them, or ask us."
    ),
}

_NOTHING_NOW = _lt(
    "Nothing is charged for now, and the reason is on our side. You need not do "
    "anything; we get in touch with you if that changes."
)


def get_portal_sentence(env, code):
    """Return a sentence that stands for itself, by its code."""
    return env._(PORTAL_SENTENCES[code])


def get_status_words(env, status):
    """Return how a customer stands with a company, as a sentence.

    :param status: a ``PortalStatus``
    """
    code = "configured" if status.is_on and status.configured else status.code
    sentence = STATUS_SENTENCES.get(code, _NOTHING_NOW)
    return fill_in(env, sentence, method=status.token._get_autopay_label())
