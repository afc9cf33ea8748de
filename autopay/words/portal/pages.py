"""The words that customers read on their own pages."""

from odoo.tools.translate import LazyTranslate

from ..days import say_day
from ..filled import fill_in

_lt = LazyTranslate(__name__)

PORTAL_SENTENCES = {
    "read_only": _lt(
        "You can look at these pages. Ask the person who manages payments in your "
        "company to change something here, or ask us to give you the right to."
    ),
    "stale": _lt(
        "The text has changed since you opened the page. Please read it and decide "
        "anew."
    ),
    "not_agreed": _lt("Tick the box to agree. Nothing was changed."),
    "not_on": _lt("You have agreed to nothing here that you could withdraw."),
    "skipped": _lt(
        "%(invoice)s is not charged until you undo that. We have been told."
    ),
    "undone": _lt("%(invoice)s is charged again as before."),
    "moved": _lt("%(invoice)s is charged on %(date)s."),
    "bad_day": _lt("Choose a day from %(earliest)s to %(latest)s."),
    "other_amount": _lt(
        "The amount has changed since you opened the page. Nothing was charged."
    ),
}

# How a customer stands with a company, by readiness; "configured" is "ready" by rules.
STATUS_SENTENCES = {
    "ready": _lt(
        "What we put on autopay is charged to %(method)s on its day. You need not do "
        "anything."
    ),
    "configured": _lt(
        "What we put on autopay is charged by your payment rules, on its day. You need "
        "not do anything."
    ),
    "off": _lt("Nothing is charged automatically. Pay your invoices as they come."),
    "no_method": _lt(
        "You have not chosen a payment method for autopay yet. Pay your invoices as "
        "they come."
    ),
    "method_archived": _lt("%(method)s was removed. Choose another payment method."),
    "method_expired": _lt("%(method)s has expired. Choose another payment method."),
    "method_refused": _lt(
        "Your bank has permanently declined %(method)s. Choose another payment method."
    ),
    "method_exhausted": _lt(
        "%(method)s was declined too often. Choose another payment method."
    ),
    "provider_one_time": _lt(
        "We do not charge %(method)s automatically any more. Save another payment "
        "method."
    ),
    "no_authorization": _lt(
        "You have not agreed yet that we charge %(method)s. Choose it to agree."
    ),
    "authorization_revoked": _lt(
        "You have withdrawn your agreement to %(method)s. Choose a payment method to "
        "agree anew."
    ),
    "configuration_invalid": _lt(
        "None of your payment rules can pay for now. Look at them, or ask us."
    ),
}

_NOTHING_NOW = _lt(
    "Nothing is charged for now, and the reason is on our side. You need not do "
    "anything; we get in touch with you if that changes."
)


def get_portal_sentence(env, code, **values):
    """Return a sentence that stands for itself, by its code."""
    return fill_in(env, PORTAL_SENTENCES[code], **values)


# A method that was removed, by whom.
REMOVED_SENTENCES = {
    "you": _lt("You removed %(method)s on %(date)s. Choose another payment method."),
    "colleague": _lt(
        "%(user)s removed %(method)s on %(date)s. Choose another payment method."
    ),
    "us": _lt("We removed %(method)s on %(date)s. Choose another payment method."),
    "nobody": _lt("%(method)s was removed on %(date)s. Choose another payment method."),
}


def get_removed_words(env, token):
    """Return that a method was removed, when and by whom, as far as that is known.

    :param token: the archived ``payment.token``
    """
    token = token.sudo()
    method, day = token._get_autopay_label(), token.autopay_removed_date
    if not day:
        return fill_in(env, STATUS_SENTENCES["method_archived"], method=method)
    user = token.autopay_removed_by_id
    sentence = REMOVED_SENTENCES[_get_remover(env, token, user)]
    return fill_in(env, sentence, method=method, date=say_day(env, day), user=user.name)


def _get_remover(env, token, user):
    """Return who the user is that removed a method, for its reader."""
    if not user or env.user._is_public():
        return "nobody"
    if user == env.user:
        return "you"
    payer = token.partner_id.commercial_partner_id
    if user.partner_id.commercial_partner_id == payer:
        return "colleague"
    return "us" if user._is_internal() else "nobody"


def get_status_words(env, status):
    """Return how a customer stands with a company, as a sentence.

    :param status: a ``PortalStatus``
    """
    code = "configured" if status.is_on and status.configured else status.code
    sentence = STATUS_SENTENCES.get(code, _NOTHING_NOW)
    if code == "method_archived":
        if not status.token._is_autopay_coming_back():
            return get_removed_words(env, status.token)
        # It was not the customer, and comes back with the provider.
        sentence = _NOTHING_NOW
    return fill_in(env, sentence, method=status.token._get_autopay_label())


# Why a saved method cannot be chosen.
PROBLEM_SENTENCES = {
    "method_expired": _lt("It has expired."),
    "method_paused": _lt("It is not charged for now. Ask us why."),
    "method_exhausted": _lt("It was declined too often in the last days."),
    "provider_one_time": _lt("It is for payments that you make yourself."),
}
_UNUSABLE = _lt("It cannot be charged automatically.")

# So many charges that cannot be stopped are named one by one.
NAMED_CHARGES = 5


def get_method_problem(env, codes, token):
    """Return why a customer cannot choose a saved method, "" when it can be chosen.

    :param list codes: blockers of the method
    """
    if "method_archived" in codes[:1]:
        return get_removed_words(env, token)
    return env._(PROBLEM_SENTENCES.get(codes[0], _UNUSABLE)) if codes else ""


def get_agreed_words(env, token):
    """Return what a customer has just agreed to, as a sentence."""
    return env._(
        "%s pays your invoices by default from now on, each on its day. You can end "
        "that at any time.",
        token._get_autopay_label(),
    )


def get_left_words(env, attempts):
    """Return what a customer's leaving means, as sentences.

    :param attempts: the charges that can no longer be stopped
    """
    lead = env._(
        "You have left autopay: nothing more is charged automatically. Pay your "
        "invoices as they come."
    )
    return " ".join([lead, *_get_named_charges(env, attempts)])


def get_left_staff_words(env, payer, attempts):
    """Return the same for staff: title and sentences.

    :param payer: the customer who has left
    :param attempts: see ``get_left_words``
    """
    title = env._("%s has withdrawn the agreement to autopay", payer.display_name)
    lead = env._("Nothing more is charged to this customer automatically.")
    return title, " ".join([lead, *_get_named_charges(env, attempts)])


def _get_named_charges(env, attempts):
    named = [get_under_way_words(env, attempt) for attempt in attempts[:NAMED_CHARGES]]
    if more := len(attempts) - len(named):
        named.append(env._("So it is with %s more.", more))
    return named


def get_under_way_words(env, attempt):
    """Return that a charge can no longer be stopped, as a sentence."""
    day = attempt.company_id._get_autopay_day(attempt.reserved_date)
    return env._(
        "%(amount)s for %(invoices)s can no longer be stopped: this payment was "
        "started on %(date)s.",
        amount=attempt.currency_id.format(attempt.amount),
        invoices=", ".join(attempt.line_ids.move_id.mapped("name")),
        date=say_day(env, day),
    )
