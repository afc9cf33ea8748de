"""Rules that hold once nothing moves any more, whatever happened before.

Each rule is a function that yields a sentence for every breach. It compares two
sources: the books (the database) and the ledger of the provider.
"""

from collections import Counter, defaultdict

from tests.crash.checker_people import (
    events_left_over,
    never_told,
    runs_left_running,
    told_twice,
)
from tests.crash.state import describe

# State of an attempt: state of its payment.transaction, status of its invoice.
FINAL = {
    "succeeded": ("done", "success"),
    "pending": ("pending", "in_progress"),
    "declined": ("error", "error"),
    "canceled": ("cancel", None),
}
# The sign of a movement of money, as the customer sees it.
SIGNS = {
    "charge": 1,
    "submitted": 1,
    "failed": -1,
    "refund": -1,
    "refund_undone": 1,
    "dispute_withdrawn": -1,
    "dispute_reinstated": 1,
}
CHARGE_KINDS = ("charge", "submitted", "settled", "failed")
# Statuses of payment intents that can still be charged.
OPEN_INTENTS = ("requires_payment_method", "requires_confirmation", "requires_action")


def assert_consistent(state, outcomes, spared=None):
    """Check every rule, and that the invoices ended as they should.

    :param outcomes: {reference of the invoice: autopay status}
    :param spared: a rule that does not hold here
    :raises AssertionError: with every breach, and the rows that it is about
    """
    rules = [rule for rule in RULES if rule != spared]
    breaches = [breach for rule in rules for breach in rule(state)]
    breaches += wrong_outcomes(state, outcomes)
    assert not breaches, "\n".join([*breaches, *describe(state)])


def wrong_outcomes(state, outcomes):
    statuses = state.get_statuses()
    for ref, wanted in outcomes.items():
        if statuses.get(ref) != wanted:
            yield f"Invoice {ref} is {statuses.get(ref)}, should be {wanted}."


# === LEDGER AND ATTEMPTS === #


def charged_twice(state):
    """An invoice is charged once at most; what went back does not count."""
    attempts = {row["reference"]: row for row in state.attempts}
    taken, asked = Counter(), Counter()
    for entry in state.ledger:
        attempt = attempts.get(entry["metadata"]["autopay_tx"])
        if attempt:
            invoice = attempt["invoice"]
            taken[invoice] += SIGNS.get(entry["kind"], 0) * entry["amount"]
            asked[invoice] = max(asked[invoice], attempt["amount_minor"])
    for invoice, amount in taken.items():
        if amount > asked[invoice]:
            yield f"Of invoice {invoice} {amount} were taken, not {asked[invoice]}."


def charges_without_attempt(state):
    """Money only moves for a committed attempt, and exactly as much as it says."""
    attempts = {row["reference"]: row for row in state.attempts}
    for entry in state.ledger:
        attempt = attempts.get(entry["metadata"]["autopay_tx"])
        if not attempt:
            yield f"The provider took money that no attempt knows of: {entry}."
            continue
        if entry["kind"] not in CHARGE_KINDS:
            continue
        asked = (attempt["amount_minor"], attempt["currency"], attempt["object_ref"])
        took = (entry["amount"], entry["currency"], entry["payment_intent"])
        if asked != took:
            yield f"Attempt {attempt['name']} asked for {asked}, taken was {took}."


def attempts_against_ledger(state):
    """Succeeded means charged or settled, pending means submitted, the rest nothing."""
    kinds = defaultdict(list)
    for entry in state.ledger:
        if entry["kind"] in CHARGE_KINDS:
            kinds[entry["metadata"]["autopay_tx"]].append(entry["kind"])
    wanted = {
        "succeeded": (["charge"], ["submitted", "settled"]),
        "pending": (["submitted"],),
        "declined": ([], ["submitted", "failed"]),
    }
    for attempt in state.attempts:
        if attempt["provider"] != "stripe":
            continue
        found = kinds[attempt["reference"]]
        if found not in wanted.get(attempt["state"], ([],)):
            yield (
                f"Attempt {attempt['name']} on {attempt['invoice']} is "
                f"{attempt['state']}, the ledger says {found or 'nothing'}."
            )


def intents_left_open(state):
    """Nothing that could still be charged is left with the provider."""
    states = {row["reference"]: row["state"] for row in state.attempts}
    for intent in state.intents:
        reference = intent["metadata"]["autopay_tx"]
        if intent["status"] in OPEN_INTENTS:
            yield (
                f"The attempt of {reference} is {states.get(reference)}, its intent "
                f"{intent['id']} {intent['status']}."
            )


# === ATTEMPTS === #


def attempts_left_open(state):
    """Only a debit that its bank has not settled stays open."""
    for attempt in state.attempts:
        if attempt["state"] not in FINAL:
            yield f"Attempt {attempt['name']} is still {attempt['state']}."


def lines_left_live(state):
    """Attempts hold their invoice as long as they are open, and no longer."""
    for attempt in state.attempts:
        is_open = attempt["state"] == "pending"
        if bool(attempt["live"]) != is_open:
            word = "does not hold" if is_open else "still holds"
            yield (
                f"Attempt {attempt['name']} is {attempt['state']} and {word} "
                f"{attempt['invoice']}."
            )


def attempts_unwatched(state):
    """The resolver looks after what is open and leaves alone what is over."""
    for attempt in state.attempts:
        is_open = attempt["state"] == "pending"
        if bool(attempt["watched"]) != is_open:
            word = "not looked after" if is_open else "looked after for ever"
            yield f"Attempt {attempt['name']} is {attempt['state']} and {word}."


def attempts_with_mismatch(state):
    """No answer contradicts what was asked for."""
    for attempt in state.attempts:
        if attempt["mismatch"]:
            yield f"Attempt {attempt['name']} is marked as contradicted."


def transactions_against_attempts(state):
    """Odoo's transaction says the same as the attempt, and Odoo's sweep spares it."""
    for attempt in state.attempts:
        wanted = FINAL.get(attempt["state"], ("pending",))[0]
        if attempt["tx_state"] != wanted:
            yield (
                f"Attempt {attempt['name']} is {attempt['state']}, its transaction "
                f"{attempt['tx_state']} instead of {wanted}."
            )
        if not attempt["is_post_processed"]:
            yield f"Odoo would book transaction {attempt['reference']} by itself."
        if (attempt["object_ref"] or None) != (attempt["provider_reference"] or None):
            yield (
                f"Attempt {attempt['name']} has object {attempt['object_ref']}, its "
                f"transaction {attempt['provider_reference']}."
            )


# === BOOKS === #


def payments_against_attempts(state):
    """One posted payment of the same amount for each success, and no other payment."""
    by_transaction = defaultdict(list)
    for payment in state.payments:
        by_transaction[payment["tx_id"]].append(payment)
    for attempt in state.attempts:
        payments = by_transaction.pop(attempt["tx_id"], [])
        wanted = int(attempt["state"] == "succeeded")
        if len(payments) != wanted:
            yield (
                f"Attempt {attempt['name']} is {attempt['state']} and has "
                f"{len(payments)} payments instead of {wanted}."
            )
        for payment in payments:
            yield from _wrong_payment(attempt, payment)
    for payments in by_transaction.values():
        yield f"There are payments that no attempt knows of: {payments}."


def _wrong_payment(attempt, payment):
    names = ("amount", "currency", "id", "move_state", "is_reconciled")
    wanted = (attempt["amount"], attempt["currency"], attempt["payment_id"])
    if tuple(payment[name] for name in names) != (*wanted, "posted", True):
        yield f"Attempt {attempt['name']} is booked wrongly as {payment}."


def invoices_against_attempts(state):
    """The invoice shows what became of the last attempt that got an answer."""
    answers = defaultdict(list)
    # A refund was meant, a dispute or a returned debit is a payment that failed.
    back = {
        row["attempt"]: "success" if row["kind"] == "refund" else "error"
        for row in state.reversals
        if row["booked"]
    }
    for attempt in state.attempts:
        status = FINAL.get(attempt["state"], (0, 0))[1]
        answers[attempt["invoice"]].append(back.get(attempt["name"], status))
    for invoice in state.invoices:
        given = [status for status in answers[invoice["ref"]] if status]
        wanted = given[-1] if given else "eligible"
        if invoice["autopay_status"] != wanted:
            yield (
                f"Invoice {invoice['ref']} is {invoice['autopay_status']}, its "
                f"attempts say {wanted}."
            )


def residuals_against_attempts(state):
    """The rest to pay is what nobody has paid, or what went back."""
    returned = get_returned(state)
    paid = Counter()
    for attempt in state.attempts:
        if attempt["state"] == "succeeded":
            paid[attempt["invoice"]] += attempt["amount"]
    for invoice in state.invoices:
        ref = invoice["ref"]
        if invoice["state"] != "posted":
            continue
        left = invoice["amount_total"] - invoice["paid_otherwise"]
        wanted = left - paid[ref] + returned[ref]
        if round(invoice["amount_residual"] - wanted, 2):
            yield (
                f"Of invoice {ref} {invoice['amount_residual']} are left to pay, "
                f"should be {wanted}."
            )


# === MONEY THAT WENT BACK === #


def get_returned(state):
    """Return {reference of the invoice: what went back of it by the books}."""
    invoices = {row["name"]: row["invoice"] for row in state.attempts}
    returned = Counter()
    for reversal in state.reversals:
        returned[invoices[reversal["attempt"]]] += reversal["booked"]
    return returned


def reversals_against_ledger(state):
    """Money that went back at the provider went back in the books."""
    gone, booked = Counter(), Counter()
    for entry in state.ledger:
        if entry["kind"] not in CHARGE_KINDS:
            reference = entry["metadata"]["autopay_tx"]
            gone[reference] -= SIGNS[entry["kind"]] * entry["amount"]
    for reversal in state.reversals:
        booked[reversal["reference"]] += round(reversal["booked"] * 100)
        if reversal["state"] == "open":
            yield f"The {reversal['kind']} {reversal['ref']} is not booked."
    for reference in gone | booked:
        if gone[reference] != booked[reference]:
            yield (
                f"Of {reference} {gone[reference]} went back, booked are "
                f"{booked[reference]}."
            )


RULES = [
    charged_twice,
    charges_without_attempt,
    attempts_against_ledger,
    intents_left_open,
    attempts_left_open,
    lines_left_live,
    attempts_unwatched,
    attempts_with_mismatch,
    transactions_against_attempts,
    payments_against_attempts,
    invoices_against_attempts,
    residuals_against_attempts,
    reversals_against_ledger,
    events_left_over,
    runs_left_running,
    told_twice,
    never_told,
]
