"""Work that is done, and what became of what it earned."""

# Until then a person who has dragged a task by mistake can drag it back.
GRACE_MINUTES = 5

# Invoices that were cancelled or credited as a whole are not owed any more.
OWED_DOMAIN = [
    ("state", "!=", "cancel"),
    ("autopay_credited", "=", False),
]

# Completions that are collected one after the other in one run of the job.
COMPLETIONS_AT_ONCE = 200

# Those that are looked at in one transaction: whoever moves one of them waits as long.
COMPLETIONS_TOGETHER = 20

STATES = [
    ("waiting", "Will Be Collected"),
    ("asked", "Needs Attention"),
    ("collecting", "Being Collected"),
    ("paid", "Paid"),
    ("withdrawn", "Withdrawn"),
    ("void", "Nothing to Collect"),
]

# Nothing was collected: to come back into the stage begins anew.
RESUMABLE_STATES = ("waiting", "asked", "withdrawn", "void")
# States in which people can have it collected right away.
PRESSED_STATES = ("waiting", "asked")

KINDS = [("stage", "Stage"), ("date", "Completion Date")]
