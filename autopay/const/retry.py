"""How a decline is treated: its classes, the days until the next try, the limits."""

# How a definite "no" is treated. Keys are stored on the attempt.
DECLINE_CLASSES = [
    ("later", "Try again later"),
    ("method", "Needs another payment method"),
    ("authentication", "Needs the customer's authentication"),
    ("never", "Do not retry"),
    ("configuration", "Our setup"),
    ("technical", "Technical, try again soon"),
    ("revoked", "Authorization revoked"),
]

# Classes after which the same method collects nothing.
NEEDS_METHOD_CLASSES = ("method", "never", "revoked")

# Classes after which another method of the customer may be tried: not where consent was
# taken back, where we are at fault, or where the bank wants the customer to confirm.
FALLBACK_CLASSES = ("later", "method", "never")

# The other method is charged at once, or once its customer is told.
FALLBACK_BLOCKERS = (False, "notice_pending")

# Days to wait before the next automatic try after the 1st, 2nd ... decline of an
# invoice, where a company says nothing else. Four tries on days 0, 3, 7 and 14 stay far
# below every card network's limit; a bank debit may be presented twice more (NACHA:
# original plus two, R01 and R09).
RETRY_DAYS = {"card": (3, 4, 7), "debit": (4, 5), "technical": (1, 1)}

# Further tries that a company may ask for: Stripe advises at most eight tries of a card
# in all, NACHA forbids a third debit after the first one.
MOST_RETRIES = {"card": 5, "debit": 2, "technical": 3}

# The schedule of each decline class, by family of method; a class that is not here is
# never retried by itself.
RETRY_SCHEDULES = {
    "card": {"later": "card", "technical": "technical"},
    "debit": {"later": "debit"},
}

# Debits that an invoice sees at most by itself: the first one and its retries.
MOST_DEBITS = 1 + MOST_RETRIES["debit"]

# Declines of one method in so many days, on all its invoices, after which it rests.
# Visa allows 15 further tries in 30 days for one payment; the others allow more.
DECLINE_DAYS = 30

MAX_DECLINES = 15

# Provider types of method that are bank debits: days between charge and settlement.
DEBIT_METHOD_TYPES = ("us_bank_account", "sepa_debit", "bacs_debit", "au_becs_debit")
