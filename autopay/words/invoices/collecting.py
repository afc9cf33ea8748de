"""The words about invoices that are collected since something was done."""

from odoo.tools.translate import LazyTranslate

from ..days import say_day
from ..filled import fill_in
from .mass_actions import SKIP_SENTENCES

_lt = LazyTranslate(__name__)

# Why an invoice is not collected, by the group of ``_autopay_collect``.
REFUSALS = {
    "not_invoice": SKIP_SENTENCES["not_invoice"],
    "canceled": SKIP_SENTENCES["canceled"],
    "credited": _lt("The invoice was credited: nothing is left to collect."),
    "off": _lt("Autopay is off in %(company)s: nothing is collected."),
    "policy_off": _lt(
        "%(customer)s takes no part in autopay: the policy is Off. Change it on the "
        "Autopay tab of the customer, or collect the invoice by hand."
    ),
    "refunded": _lt(
        "The invoice was refunded: say first on the invoice whether it is still owed."
    ),
    "disputed": _lt("The invoice is in dispute: nothing is charged until it is over."),
    "failed": _lt(
        "A charge of the invoice failed before: retry it on the invoice, or ask the "
        "customer for another payment method."
    ),
    "busy": _lt("Somebody is working on the invoice at this moment: try again."),
}

# Why nothing is left to collect, although nobody has paid.
VOIDS = {
    "credited": _lt("The invoice was credited: nothing is left, and nobody has paid."),
    "canceled": _lt("The invoice was canceled."),
    "deleted": _lt("The invoice was deleted."),
}


def get_refusal(env, group, move):
    """Return why an invoice is not collected, as a sentence."""
    return fill_in(
        env,
        REFUSALS[group],
        company=move.company_id.display_name,
        customer=move.commercial_partner_id.display_name,
    )


def get_void(move):
    """Return why nothing is left to collect of an invoice, a key of ``VOIDS``, or None.

    :param move: an empty one when it was deleted
    """
    if not move:
        return "deleted"
    if move.state == "cancel":
        return "canceled"
    credited = move.state == "posted" and move.sudo().autopay_credited
    return "credited" if credited else None


def get_collect_words(env, why, move):
    """Return for the chatter why an invoice is collected, and when.

    :param str why: the reason, as a sentence
    :param move: with the date that it got
    """
    if not move.autopay_date:
        return why
    return env._(
        "%(why)s Charged on %(date)s.", why=why, date=say_day(env, move.autopay_date)
    )


def get_collect_counts(env, counts):
    """Return what became of many invoices that were to be collected.

    :param dict counts: {"done", "known": how many}
    """
    words = env._("To be collected: %(count)s.", count=counts["done"])
    if counts["known"]:
        words += " " + env._(
            "Requested before, and left as they are: %(count)s.",
            count=counts["known"],
        )
    return words
