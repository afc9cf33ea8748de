"""Reasons to collect an invoice: an order, a task, a rule."""

SOURCE_STATES = [
    ("waiting", "To Be Paid"),
    ("refused", "Not Collected"),
    ("collected", "Paid"),
    ("void", "Nothing to Collect"),
]

# The payment states in which nothing is left to pay, in whichever way it was paid.
PAID_STATES = ("in_payment", "paid")

# Payment states in which nothing is open any more, paid or not: Odoo calls an invoice
# *reversed* that credit notes have settled, also those for something else.
SETTLED_STATES = (*PAID_STATES, "reversed")

# Minutes until what follows a paid invoice is tried again, doubled each time, at most
# a day; and the failures after which a person is called.
AGAIN_MINUTES = 15
AGAIN_MAX_MINUTES = 24 * 60
FAILURES_BEFORE_ALARM = 3

# Paid invoices that are worked off together, and in one call of the job.
PAID_TOGETHER = 100
PAID_AT_ONCE = 1000

# Reasons to collect of which nothing is left, or is left again, that are noted at once.
VOIDED_AT_ONCE = 1000
