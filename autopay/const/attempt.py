"""The life of one attempt to collect: states, transitions, questions in between."""

# The life of one attempt to collect.
ATTEMPT_STATES = [
    ("reserved", "In progress"),
    ("prepared", "In progress"),
    ("charging", "In progress"),
    ("unknown", "Unconfirmed"),
    ("pending", "Pending at the bank"),
    ("action_required", "Waiting for the customer"),
    ("succeeded", "Collected"),
    ("declined", "Failed"),
    ("canceled", "Canceled before charging"),
]

# Source states from which each state may be reached; anything else is refused.
ATTEMPT_TRANSITIONS = {
    "prepared": ("reserved",),
    "charging": ("reserved", "prepared"),
    # A declined payment intent can still be paid until it is closed.
    # One that was withdrawn cannot, unless the provider contradicts itself.
    "succeeded": (
        "charging",
        "unknown",
        "pending",
        "action_required",
        "declined",
        "canceled",
    ),
    "pending": ("charging", "unknown", "action_required", "declined"),
    "action_required": ("charging", "unknown"),
    "declined": ("reserved", "charging", "unknown", "pending", "action_required"),
    "unknown": ("charging", "pending", "action_required"),
    "canceled": ("reserved", "prepared", "unknown", "pending", "action_required"),
}

# States in which money was never asked for: the attempt can be withdrawn safely.
UNCHARGED_STATES = ("reserved", "prepared")

# States in which the bank or the customer has the next word.
WAITING_STATES = ("pending", "action_required")

# States in which a run still has it in hand.
ACTIVE_STATES = (*UNCHARGED_STATES, "charging")

# The states that people see: what a run does in between is one and the same to them.
SHOWN_STATES = [
    ("in_progress", "In progress"),
    *(row for row in ATTEMPT_STATES if row[0] not in ACTIVE_STATES),
]

# The next steps after a failed charge.
FOLLOW_UPS = [("retry", "Retry planned"), ("none", "No further retry")]

# States in which no money was taken, and none will be.
UNCOLLECTED_STATES = ("declined", "canceled")

# States that nothing but a contradiction leaves.
FINAL_STATES = ("succeeded", *UNCOLLECTED_STATES)

# States that only the provider's answer can leave.
OPEN_STATES = ("unknown", *WAITING_STATES)

# State of Odoo's payment.transaction for each state of the attempt.
TRANSACTION_STATES = {
    "succeeded": "done",
    "pending": "pending",
    "unknown": "pending",
    "action_required": "pending",
    "declined": "error",
    "canceled": "cancel",
}

# State of the attempt for each kind of outcome (gateways/base.py).
OUTCOME_STATES = {
    "succeeded": "succeeded",
    "pending": "pending",
    "declined": "declined",
    "action_required": "action_required",
    "canceled": "canceled",
    "unknown": "unknown",
}

# Statements a person can make about a charge whose provider does not answer.
RESOLUTIONS = [("paid", "It was paid"), ("not_paid", "It was not paid")]

# Minutes after which an attempt that is still being sent was left behind by its run.
STUCK_MINUTES = 30

# Minutes between questions to the provider about an attempt whose outcome is unknown;
# after the last step it is asked every hour and staff are alarmed.
UNKNOWN_CHECK_MINUTES = (1, 5, 15) + (15,) * 96

UNKNOWN_LAST_CHECK_MINUTES = 60

# Hours between questions about attempts that wait for a bank or for the customer.
CHECK_HOURS = {"pending": 6, "action_required": 1}

# Days that a person has to say what a refund was for.
REFUND_DECISION_DAYS = 7
