"""The mails that a company's own people get, and when."""

# Whether people get a summary of a run that has charged something.
SUMMARY_RULES = [
    ("never", "Never"),
    ("failures", "When something failed"),
    ("always", "Always"),
]

# Days before the last day for an answer on which people are reminded of a dispute.
REMIND_ANSWER_DAYS = 2

# Days that the report of failures looks back at most, when reports were missed.
REPORT_DAYS = 7

# Rows of failures that a mail shows; of others it says how many they are.
REPORT_ROWS = 30

# States of charges that failed, as reports count them.
FAILED_STATES = ("declined", "action_required")
