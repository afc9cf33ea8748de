"""Tables about money that went back: kinds, states, statuses, reasons, steps."""

REVERSAL_KINDS = [
    ("refund", "Refund"),
    ("dispute", "Dispute"),
    ("return", "Returned bank debit"),
]

# States for staff: whether the books agree with the provider.
REVERSAL_STATES = [
    ("open", "To book"),
    ("booked", "Booked"),
    ("lost", "Lost"),
    ("won", "Won"),
    ("inquiry", "No money moved"),
    ("canceled", "Canceled"),
]

# The provider's own word.
REVERSAL_FINDINGS = [
    ("gone", "The money is gone"),
    ("lost", "The money is gone for good"),
    ("won", "The money came back"),
    ("inquiry", "No money moved"),
    ("canceled", "The money never left"),
]
MONEY_GONE = ("gone", "lost")

# Finding for each status of a refund or dispute of Stripe; with any other it is taken
# that no money has moved, and people are told. A refund that is under way has left our
# balance already; a warning is a question of the bank that takes nothing.
STATUS_FINDINGS = {
    "refund": {
        "pending": "gone",
        "succeeded": "gone",
        "requires_action": "inquiry",
        "failed": "canceled",
        "canceled": "canceled",
    },
    "dispute": {
        "needs_response": "gone",
        "under_review": "gone",
        "appeal_needs_response": "gone",
        "appeal_under_review": "gone",
        "lost": "lost",
        "won": "won",
        "warning_needs_response": "inquiry",
        "warning_under_review": "inquiry",
        "warning_closed": "inquiry",
        "prevented": "inquiry",
    },
}

# Findings about a dispute whose movements of money contradict its status.
FINDINGS_WITHDRAWN = {"won": "gone", "inquiry": "gone"}
FINDINGS_NOT_WITHDRAWN = {"gone": "inquiry", "lost": "inquiry"}

# Statuses in which the provider waits for our answer, and in which it has it.
TO_ANSWER_STATUSES = (
    "needs_response",
    "appeal_needs_response",
    "warning_needs_response",
)
ANSWERED_STATUSES = ("under_review", "appeal_under_review", "warning_under_review")

# Days before the last day on which a person is reminded of an answer.
ANSWER_DAYS_BEFORE = 1

# Statuses after which nothing more is expected.
FINAL_STATUSES = ("lost", "won", "warning_closed", "prevented", "failed", "canceled")

# Reasons of disputes that are late returns when the method is a bank debit, and those
# by which the customer takes the consent back (docs.stripe.com/disputes/categories).
BANK_RETURN_REASONS = (
    "insufficient_funds",
    "incorrect_account_details",
    "bank_cannot_process",
    "debit_not_authorized",
    "customer_initiated",
)
REVOKING_RETURN_REASONS = ("debit_not_authorized", "customer_initiated")

# Reasons of refunds after which the method is not charged again without staff. Other
# refunds are made by staff, who need no protection from themselves.
PAUSING_REFUND_REASONS = ("fraudulent",)

# Minutes between two questions to a provider for all that went back, and how far each
# question reaches back before the last one: clocks differ, answers take time.
POLL_MINUTES = 60
OVERLAP_MINUTES = 120

# Hours without a complete reading after which people are told, and days after which a
# provider that is switched off is no longer missed: disputes come within months.
UNREAD_HOURS = 24
UNRECORDED = "unrecorded"  # read to the end, but not all of it could be recorded
ABANDONED_DAYS = 180

# Days between two questions about one refund or dispute that is not final; a refund
# that succeeded may still fail in the weeks after (docs.stripe.com/refunds).
CHECK_DAYS = 1
REFUND_CHECK_DAYS = 7
REFUND_FINAL_DAYS = 35

# Hours until the next question when one was not answered.
UNANSWERED_HOURS = 1

# Minutes after a lost answer from which on the provider's list tells whether a refund
# was made: the request may still have been under way, and clocks differ.
REFUND_DOUBT_MINUTES = 10

# Questions about single refunds and disputes in one run.
MAX_CHECKS = 200
