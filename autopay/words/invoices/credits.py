"""The words about money that is open in a customer's favour."""

from collections import defaultdict

from odoo.tools.i18n import format_list
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# By what can be done about the credit.
ADVICE = {
    "covered": _lt(
        "It is applied to this invoice when the invoice is due, and nothing is charged."
    ),
    "discount": _lt(
        "If it is applied, the early-payment discount is lost. Press Apply, or Charge "
        "Anyway to charge the discounted amount all the same."
    ),
    "apply": _lt(
        "Press Apply to pay this invoice with it, or Charge Anyway to charge the whole "
        "amount all the same."
    ),
    "draft": _lt(
        "Post the draft credit note or delete it, or press Charge Anyway to charge the "
        "whole amount all the same."
    ),
    "part": _lt(
        "Press Apply to pay this invoice with what can be applied, look at the rest in "
        "the books, or press Charge Anyway to charge the whole amount all the same."
    ),
    "look": _lt(
        "It cannot be applied to this invoice as it is: look at it in the books, or "
        "press Charge Anyway to charge the whole amount all the same."
    ),
}

# Of many documents, so many are named.
NAMED = 5


def name_credits(rows):
    """Return documents with their amounts, as a list of texts.

    :param rows: [(document, currency, amount)]
    """
    return [
        f"{document.name or document.display_name} ({currency.format(amount)})"
        for document, currency, amount in rows
    ]


def get_credit_values(env, decision):
    """Return what the sentence about open credit mentions.

    :param decision: its values have *credits*, the ``Credit`` that were found
    """
    found = decision.values["credits"]
    return {
        "open": _get_sums(found),
        "documents": _list(env, found),
        "advice": _get_advice(env, decision, found),
    }


def get_credit_note(env, decision):
    """Return what is applied before a charge, as a sentence; empty if nothing is."""
    if not decision.credits:
        return ""
    rows = [
        (credit.document, credit.currency, amount)
        for credit, amount in decision.credits
    ]
    return env._(
        "Open credit is applied first: %(documents)s.",
        documents=format_list(env, name_credits(rows)),
    )


def get_applied_words(env, documents):
    """Return that open credit was applied to an invoice.

    :param documents: what ``name_credits`` returned
    """
    return env._(
        "Open credit was applied to this invoice: %(documents)s.",
        documents=format_list(env, documents),
    )


def get_waived_words(env, found):
    """Return that a person wants an invoice charged although credit is open."""
    return env._(
        "Confirmed: it is charged although %(open)s is open in the customer's favour: "
        "%(documents)s.",
        open=_get_sums(found),
        documents=_list(env, found),
    )


def _get_sums(found):
    sums = defaultdict(float)
    for credit in found:
        sums[credit.currency] += credit.amount
    return " + ".join(currency.format(amount) for currency, amount in sums.items())


def _list(env, found):
    rows = [(each.document, each.currency, each.amount) for each in found]
    names = name_credits(rows[:NAMED])
    if len(rows) > NAMED:
        names.append(env._("%s more", len(rows) - NAMED))
    return format_list(env, names)


def _get_advice(env, decision, found):
    """Return what becomes of open credit, or what a person can do about it."""
    drafts = [each for each in found if each.document.state == "draft"]
    rows = [
        ("covered", decision.values.get("covered")),
        ("discount", decision.discount and decision.values["can_apply"]),
        ("apply", all(credit.line for credit in found)),
        ("draft", len(drafts) == len(found)),
        ("part", decision.values["can_apply"]),
    ]
    return env._(ADVICE[next((code for code, holds in rows if holds), "look")])
