"""The states and the results of a dry run."""

# A dry run is a question first, then the answer to it.
DRY_RUN_STATES = [("draft", "Question"), ("done", "Done")]

DRY_RUN_RESULTS = [("charge", "Would be charged"), ("skip", "Would not be charged")]

# Days that a dry run looks ahead at most.
DRY_RUN_DAYS = 366
