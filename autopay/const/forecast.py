"""The states and the results of a dry run, and what is uncertain of coming charges."""

# A dry run is a question first, then the answer to it.
DRY_RUN_STATES = [("draft", "Question"), ("done", "Done")]

DRY_RUN_RESULTS = [("charge", "Would be charged"), ("skip", "Would not be charged")]

# Days that a dry run looks ahead at most.
DRY_RUN_DAYS = 366

# Days that the standing forecast looks ahead.
FORECAST_DAYS = 90

# Greater than each id, or equal to it.
LAST_ID = 2**31 - 1

# How sure a coming charge is: the first one that holds is told.
CERTAINTIES = [
    ("planned", "Planned"),
    ("retry", "Retry of a Failed Charge"),
    ("limit", "Depends on a Limit"),
    ("approval", "Waits for Approval"),
    ("draft", "Draft of a Series"),
    ("series", "Later in a Series"),
]
