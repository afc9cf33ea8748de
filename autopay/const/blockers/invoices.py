"""Reasons that are on the company, customer and invoice, or on what was tried."""

from odoo.tools.translate import LazyTranslate

from .blocker import Blocker

_lt = LazyTranslate(__name__)

# Those that are on money open in the customer's favour.
CREDIT_BLOCKERS = ("open_credit", "credit_covers")

INVOICE_BLOCKERS = (
    Blocker(
        "database_neutralized",
        _lt("Database is a copy"),
        _lt("Nothing is charged in this copy of a production database."),
        first_look="known",
        no_deadline="a copy for trying things out",
    ),
    Blocker(
        "database_copied",
        _lt("Autopay was switched on elsewhere"),
        _lt(
            "Autopay was switched on in another database: this one is a copy of it, "
            "or was moved or restored. Nothing is charged from here until a billing "
            "manager says that this is the real one now, and the other one charges "
            "nothing any more."
        ),
        first_look="known",
        no_deadline="people are told when the copy is found out",
    ),
    # Money that is under way comes before whatever keeps the next charge away.
    Blocker(
        "being_charged",
        _lt("Being charged"),
        _lt("The invoice is being charged right now."),
        of_reservation=True,
        first_look="held",
        waits=("charging", "reserved", "prepared", "declined", "canceled"),
        standing="in_progress",
    ),
    Blocker(
        "outcome_unknown",
        _lt("Outcome unknown"),
        _lt(
            "It is not known yet whether charge %(attempt)s took the money. The "
            "provider is asked again; until then nothing else is charged. %(until)s"
        ),
        first_look="held",
        waits=("unknown",),
        standing="in_progress",
    ),
    Blocker(
        "debit_pending",
        _lt("Payment under way"),
        _lt(
            "The payment of charge %(attempt)s is under way; the bank has not "
            "confirmed it yet. %(advice)s %(until)s"
        ),
        first_look="held",
        waits=("pending",),
        standing="in_progress",
    ),
    Blocker(
        "needs_authentication",
        _lt("Waiting for the customer"),
        _lt(
            "Charge %(attempt)s waits for the customer to confirm the payment with "
            "the bank. %(until)s"
        ),
        of_waiting=True,
        first_look="held",
        waits=("action_required",),
        standing="waiting",
    ),
    Blocker(
        "not_booked",
        _lt("Charged, to be booked"),
        _lt(
            "Charge %(attempt)s has taken the money, but the payment is not booked "
            "yet. %(until)s"
        ),
        first_look="held",
        waits=("succeeded",),
        standing="in_progress",
    ),
    Blocker(
        "company_off",
        _lt("Autopay is off"),
        _lt("Autopay is switched off in this company's settings."),
        first_look="known",
        no_deadline="a manager has switched it off and sees it in the settings",
    ),
    Blocker(
        "customer_off",
        _lt("Autopay is off for the customer"),
        _lt("Autopay is off for this customer."),
        of_payer="customer",
        person_decides=True,
        mark=_lt("Autopay is off"),
        first_look="known",
        no_deadline="a person has decided that this customer is not charged",
    ),
    Blocker(
        "customer_archived",
        _lt("Customer archived"),
        _lt("The customer is archived. Unarchive it, or take the invoice off autopay."),
        of_payer="customer",
        first_look="known",
        days=3,
    ),
    Blocker(
        "not_posted",
        _lt("Not posted"),
        _lt("The invoice is not posted."),
        first_look="known",
        no_deadline="a draft is nobody's debt yet",
        standing="waiting",
    ),
    Blocker(
        "payment_blocked",
        _lt("Payment blocked in Odoo"),
        _lt(
            "The payment of this invoice is blocked: %(amount)s is due, and nothing "
            "is charged. To let it be charged, choose (Un)Block Payment in the "
            "invoice's Actions menu."
        ),
        first_look="worded",
        days=30,
    ),
    Blocker(
        "nothing_due",
        _lt("Nothing due"),
        _lt("Nothing is due on this invoice."),
        first_look="known",
        no_deadline="there is nothing to wait for",
        standing="settled",
    ),
    Blocker(
        "set_aside",
        _lt("Set aside"),
        _lt(
            "Autopay failed on this invoice more than once and leaves it alone. "
            "Press Retry once the cause is found."
        ),
        person_decides=True,
        mark=_lt("Set aside"),
        of_reservation=True,
        first_look="known",
        no_deadline="people are called when it is set aside",
    ),
    Blocker(
        "not_eligible",
        _lt("Not on autopay"),
        _lt("The invoice is not on autopay."),
        person_decides=True,
        mark=_lt("Not on autopay"),
        first_look="known",
        no_deadline="a person did not put it on autopay, or took it off",
    ),
    Blocker(
        "payer_changed",
        _lt("Payer changed"),
        _lt(
            "%(now)s would pay this invoice, which was put on autopay for %(payer)s. "
            "Confirm the new payer, or remove the invoice from autopay."
        ),
        days=3,
    ),
    # Its whole text comes from words/disputes.py.
    Blocker(
        "in_dispute",
        _lt("In dispute"),
        _lt("%(dispute)s"),
        days=30,
        since_return=True,
    ),
    Blocker(
        "collected_open",
        _lt("Collected, but not applied"),
        _lt(
            "%(collected)s collected for %(invoices)s (charge %(attempt)s) pays no "
            "invoice now, so nothing is charged. %(advice)s"
        ),
        days=3,
    ),
    Blocker(
        "beyond_plan",
        _lt("Above the payment plan"),
        _lt(
            "%(beyond)s was put on the invoice after its payment plan was agreed, and "
            "all that was agreed is collected. Press Change Plan once the customer "
            "agrees to pay the rest, or End Plan to charge it by the payment terms."
        ),
        days=1,
    ),
    Blocker(
        "customer_hold",
        _lt("Skipped by the customer"),
        _lt(
            "The customer has skipped this invoice in the portal: it is not charged "
            "until the customer or you take that back."
        ),
        days=7,
        standing="waiting",
    ),
    Blocker(
        "on_hold",
        _lt("On hold"),
        _lt("On hold until %(date)s. %(reason)s"),
        days=30,
        tells_date_source=True,
        standing="waiting",
    ),
    Blocker(
        "money_returned",
        _lt("Money was refunded or returned"),
        _lt("%(returned)s (charge %(attempt)s). %(advice)s"),
        person_decides=True,
        mark=_lt("Refunded or returned"),
        days=7,
        since_return=True,
        standing="failed",
    ),
    Blocker(
        "failed",
        _lt("Failed"),
        _lt("The last charge failed and will not be retried automatically. %(advice)s"),
        person_decides=True,
        mark=_lt("Failed"),
        days=1,
        standing="failed",
    ),
    Blocker(
        "no_date",
        _lt("No autopay date"),
        _lt("The invoice has no autopay date: set one."),
        person_decides=True,
        days=3,
    ),
    # Its whole text comes from words/invoices/deadlines.py.
    Blocker(
        "payment_pending",
        _lt("Other payment pending"),
        _lt("%(until)s"),
        waits=("wire", "pending", "authorized", "done"),
        standing="waiting",
    ),
    Blocker(
        "payment_in_doubt",
        _lt("Other payment in doubt"),
        _lt(
            "The provider's answer to payment %(payment)s was lost: perhaps the "
            "customer was charged. Look it up at the provider; a billing manager can "
            "then say so on the transaction. %(until)s"
        ),
        waits=("doubt",),
    ),
    Blocker(
        "charge_contradicted",
        _lt("Failed charge took money after all"),
        _lt(
            "Charge %(attempt)s had failed, but its provider now says that it took "
            "the money. Open the charge to say what became of it; until then "
            "nothing else is charged."
        ),
        no_deadline="people are called when it is found out",
    ),
    # Its words come from words/invoices/credits.py.
    Blocker(
        "open_credit",
        _lt("Open credit"),
        _lt(
            "%(open)s is open in the customer's favour, so nothing is charged: "
            "%(documents)s. %(advice)s"
        ),
        days=1,
    ),
    # A person is called when it was not applied on the day.
    Blocker(
        "credit_covers",
        _lt("Paid by open credit"),
        _lt("%(open)s is open in the customer's favour: %(documents)s. %(advice)s"),
        days=1,
        standing="scheduled",
    ),
)
