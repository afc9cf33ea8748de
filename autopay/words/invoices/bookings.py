"""The words that tell before a charge why its payment could not be booked."""

from odoo.tools.translate import LazyTranslate

from ..filled import fill_in

_lt = LazyTranslate(__name__)

# One whole sentence for each code of ``autopay.bookable``.
BOOKING_SENTENCES = {
    "no_journal": _lt(
        "Payment provider %(provider)s has no payment journal. Choose one in its "
        "configuration."
    ),
    "journal_archived": _lt(
        "Journal %(journal)s of payment provider %(provider)s is archived."
    ),
    "journal_company": _lt(
        "Journal %(journal)s of payment provider %(provider)s belongs to another "
        "company."
    ),
    "no_method_line": _lt(
        "Payment provider %(provider)s is missing from the incoming payments of "
        "journal %(journal)s."
    ),
    "no_account": _lt(
        "Incoming payments of %(provider)s in journal %(journal)s have no outstanding "
        "account, and the company has none either."
    ),
    "account_archived": _lt(
        "Outstanding account %(account)s of payment provider %(provider)s is archived."
    ),
    "account_company": _lt(
        "Outstanding account %(account)s of payment provider %(provider)s belongs to "
        "another company."
    ),
    "account_currency": _lt(
        "Outstanding account %(account)s of payment provider %(provider)s takes "
        "amounts in %(account_currency)s only."
    ),
    "receivable_archived": _lt("Account %(account)s of the invoice is archived."),
    "no_discount_account": _lt(
        "The company has no account in use for early-payment discounts, or for the "
        "exchange differences of them. Choose them in the settings of Invoicing, or "
        "let Autopay take no discounts."
    ),
    "customer_company": _lt("The customer belongs to another company."),
}

# Reasons that concern one invoice; the others stop all charges through the provider.
INVOICE_REASONS = (
    "account_currency",
    "receivable_archived",
    "no_discount_account",
    "customer_company",
)


def get_booking_sentence(env, code, values):
    """Return why a payment could not be booked, as a sentence."""
    return fill_in(env, BOOKING_SENTENCES[code], **values)
