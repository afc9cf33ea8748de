"""The engine's measures: batches, threads, seconds, and when it stops by itself."""

RUN_STATES = [
    ("running", "Running"),
    ("done", "Done"),
    ("interrupted", "Interrupted"),
]

RUN_TRIGGERS = [
    ("scheduled", "Scheduled"),
    ("manual", "Charge now"),
]

# The totals of a run, by the states of its charges.
RUN_GROUPS = {
    "reserved": "open",
    "prepared": "open",
    "charging": "open",
    "unknown": "open",
    "pending": "pending",
    "action_required": "failed",
    "declined": "failed",
    "succeeded": "collected",
    "canceled": "canceled",
}

# An invoice that was in the hands of a run that died this often is set aside.
CRASHES_BEFORE_SET_ASIDE = 2

# Invoices on which it is tried out, at random, whether what failed before works again.
REHEARSALS = 3

# How autopay's own fields are written on invoices: no line, tax or balance depends on
# them, so that Odoo need not look, and nobody edited the invoice.
OWN_FIELDS_CONTEXT = {
    "tracking_disable": True,
    "skip_invoice_sync": True,
    "check_move_validity": False,
    "skip_is_manually_modified": True,
}

# Attempts that go through the stages together, and requests sent at the same time. A
# batch is booked in a few seconds; as long, whoever edits one of its invoices waits.
BATCH_SIZE = 100

# Invoices of a customer that become one charge, where the company wants that.
COMBINED_INVOICES = 50

GATEWAY_THREADS = 50

# Answers "no connection" in one batch after which the provider is left alone.
UNREACHABLE_BEFORE_STOP = 3

# Saved methods that a provider does not know, in one run, after which it is left alone.
MISSING_BEFORE_STOP = 4

# Seconds that the requests of a batch may take together: Odoo ends a worker after 120.
ANSWER_SECONDS = 60

# Seconds a run may take, by its mode, when the scheduler sets no limit of its own. Who
# charges by hand waits in a request that Odoo's server ends after 120 seconds.
RUN_SECONDS = {"scheduled": 600, "now": 50}

# Seconds of a run after which no charge that goes alone is begun any more. The last one
# may take three requests of ten seconds, and be booked: no worker may be ended in it. A
# scheduled run begins when its job is ten seconds old at most, and Odoo gives all jobs
# that are ready 120 seconds together.
SINGLE_SECONDS = {"scheduled": 30, "now": 50}

# Hours without a look at what is due after which the engine counts as silent.
SILENT_HOURS = 48

# Hours that a scheduled action may be late, and a mail may wait, before it is told.
LATE_JOB_HOURS = 2
UNSENT_HOURS = 2

# Days that the count of runs looks back whose process died.
HEALTH_DAYS = 7
