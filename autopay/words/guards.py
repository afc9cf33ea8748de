"""The words that tell people why an invoice must be left alone for now."""

from odoo.tools.translate import LazyTranslate

from .days import say_day

_lt = LazyTranslate(__name__)

_WITHDRAW = _lt(
    "Nothing was charged yet: press Withdraw on the charge, then try again."
)
_ASK = _lt("Press Check with Provider Now on the charge, then try again.")

# Advice for staff about an attempt that holds an invoice, by its state.
STAFF_ADVICE = {
    "reserved": _WITHDRAW,
    "prepared": _WITHDRAW,
    "charging": _lt("The charge is on its way: wait a minute for the answer."),
    "unknown": _lt(
        "It is not known whether the money was taken: press Check with Provider "
        "Now on the charge. Where it cannot be asked, say there what became of it."
    ),
    "pending": _lt(
        "The bank has the debit and cannot give it back: wait for its answer, then "
        "refund the payment."
    ),
    "action_required": _lt(
        "It waits for the customer: press Withdraw on the charge, then try again."
    ),
    "succeeded": _lt(
        "The money was taken and is about to be booked: refund the payment once it is."
    ),
    "declined": _ASK,
    "canceled": _ASK,
}


def get_staff_sentence(env, line):
    """Return what holds an invoice, since when, and what to do about it."""
    attempt = line.attempt_id
    return env._(
        "This cannot be done now: autopay has been collecting %(invoice)s since "
        "%(date)s (charge %(attempt)s). %(advice)s",
        invoice=line.move_id.display_name,
        date=say_day(env, attempt.reserved_date),
        attempt=attempt.name,
        advice=env._(STAFF_ADVICE[attempt.state]),
    )


def get_customer_sentence(env, line):
    """Return the same for the customer, who must not pay a second time."""
    if line.attempt_id.state == "action_required":
        return env._(
            "Your bank wants you to confirm the payment of invoice %(invoice)s, which "
            "we have begun: do so by the link that we sent you, or on your Autopay "
            "page. It cannot be paid here a second time.",
            invoice=line.move_id.name,
        )
    return env._(
        "Invoice %(invoice)s is being collected automatically since %(date)s. You need "
        "not do anything, and it cannot be paid here a second time.",
        invoice=line.move_id.name,
        date=say_day(env, line.attempt_id.reserved_date),
    )


def get_late_sentence(env, attempt):
    """Return that an attempt goes on although it is not wanted any more."""
    return env._(
        "Charge %(attempt)s of %(amount)s can no longer be withdrawn: the provider "
        "has it. It is followed until its end; refund it if the money is taken.",
        attempt=attempt.name,
        amount=attempt.currency_id.format(attempt.amount),
    )
