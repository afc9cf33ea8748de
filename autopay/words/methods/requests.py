"""The words around requests for a payment method: to customers and about them."""

from odoo.tools.translate import LazyTranslate

from ..filled import fill_in

_lt = LazyTranslate(__name__)

# Of the last request, on the customer's page for staff.
STAFF_SENTENCES = {
    "queued": _lt("Asked on %(date)s by %(user)s; the mail is being sent."),
    "sent": _lt("Asked on %(date)s by %(user)s; not answered yet."),
    "failed": _lt("Asked on %(date)s by %(user)s; the mail was not sent."),
    "no_address": _lt("To be asked since %(date)s: there is no e-mail address."),
    "answered": _lt("Asked on %(date)s by %(user)s; answered with %(method)s."),
    "expired": _lt("Asked on %(date)s by %(user)s; not answered in time."),
    "withdrawn": _lt("Asked on %(date)s by %(user)s; withdrawn."),
}

# Of a link that cannot be used, to whoever opens it. Nothing of the customer is told.
CLOSED_SENTENCES = {
    "answered": _lt(
        "This link has been used: a payment method was saved. There is nothing left to "
        "do here."
    ),
    "expired": _lt(
        "This link was valid for 30 days and has expired. Please ask for a new one."
    ),
    "withdrawn": _lt("This link is no longer valid. Please ask for a new one."),
    "replaced": _lt(
        "This link is no longer valid: a newer one was sent to you. Please use that "
        "one."
    ),
}

# Of a method that came by a link that was over by then, for staff.
LINK_OVER_SUMMARIES = {
    "answered": _lt(
        "Another payment method of %(customer)s was saved by a link that had been "
        "answered"
    ),
    "expired": _lt(
        "A payment method of %(customer)s was saved by a link that had expired"
    ),
    "withdrawn": _lt(
        "A payment method of %(customer)s was saved by a link that was withdrawn"
    ),
}


def get_link_over_words(env, setup):
    """Return for staff that a method is kept and pays nothing: title and text.

    :param setup: an ``autopay.method.setup`` whose link was over when it was saved
    """
    state = setup.request_id.state
    if setup.link_until:
        state = "expired" if setup.link_until <= setup.env.cr.now() else "answered"
    code = state if state in LINK_OVER_SUMMARIES else "expired"
    customer = setup.partner_id.display_name
    summary = fill_in(env, LINK_OVER_SUMMARIES[code], customer=customer)
    return summary, env._(
        "It is kept and pays nothing. Ask the customer whether it is theirs."
    )


def get_lost_right_words(env, setup):
    """Return for staff that who saved a method may not decide: title and text."""
    return (
        env._(
            "A payment method of %s was saved by somebody who may no longer change "
            "Autopay",
            setup.partner_id.display_name,
        ),
        env._(
            "%s had begun before. It is kept and pays nothing. Ask the customer "
            "whether it is theirs.",
            setup.contact_id.display_name,
        ),
    )


def get_request_words(env, request, date):
    """Return what became of the last request to a customer, for staff.

    :param request: an ``autopay.method.request``
    :param str date: the day of it, in the language of the reader
    """
    method = request.token_id._get_autopay_label() or env._("a payment method")
    return fill_in(
        env,
        STAFF_SENTENCES[request.state],
        date=date,
        user=request.asked_by_id.name,
        method=method,
    )


def get_closed_words(env, request):
    """Return why a link cannot be used, for whoever opens it.

    :param request: an ``autopay.method.request`` that is not open
    """
    # The scheduled action that expires them may be late.
    code = request.state if request.state in CLOSED_SENTENCES else "expired"
    newer = request.replaced_by_id
    if code == "withdrawn" and newer and newer._is_open():
        code = "replaced"
    return fill_in(env, CLOSED_SENTENCES[code])


def get_summary_words(env, counts):
    """Return who will be asked and who not, as sentences; one per line.

    :param dict counts: {key: number of customers}: chosen, recent, no_address, ready
    """
    sentences = [
        _get_count_words(env, counts.get("chosen", 0)),
        counts.get("no_address")
        and env._(
            "%s without an e-mail address: you get a link to copy and to send in "
            "another way.",
            counts["no_address"],
        ),
        counts.get("recent")
        and env._(
            "%s asked in the last 7 days: left out unless you tick them.",
            counts["recent"],
        ),
        counts.get("ready")
        and env._(
            "%s can be charged already, or need something else: left out unless you "
            "tick them.",
            counts["ready"],
        ),
    ]
    return "\n".join(filter(None, sentences))


def _get_count_words(env, count):
    if not count:
        return env._("Nobody will be asked.")
    if count == 1:
        return env._("1 customer will be asked.")
    return env._("%s customers will be asked.", count)
