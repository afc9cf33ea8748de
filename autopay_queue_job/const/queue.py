"""The measures of the queue: how large jobs are, and how long they may wait."""

CHANNEL = "root.autopay"

BATCH_STATES = [
    ("waiting", "Waiting"),
    ("begun", "In Progress"),
    ("done", "Done"),
    ("returned", "Given Back"),
    ("missed", "Never Taken"),
]

# Why no job has charged what was handed to it.
MISS_REASONS = [
    ("no_runner", "No runner was at work"),
    ("standstill", "No job was begun"),
    ("failed", "Failed before it began"),
    ("overtaken", "Not begun while later jobs were"),
    ("gone", "Canceled, done or deleted"),
]

# Those that speak of the jobs of one company: others are begun meanwhile.
OWN_REASONS = ("failed", "overtaken")

# Jobs that what is due becomes where it is enough for them: no channel stands idle.
JOBS_WANTED = 8

# Invoices of one job. A job is a request, which Odoo ends after 120 seconds or 60
# seconds of computing: a third of that is enough for the most.
LEAST_INVOICES = 10
MOST_INVOICES = 500

# Invoices that are decided about at once, before they become jobs; the memory that
# this takes does not grow with what is due.
DECIDED_AT_ONCE = 1000

# Minutes without any job begun, while some wait, after which the queue stands still.
STANDSTILL_MINUTES = 10

# Minutes for which the scheduled action charges by itself after that; then it tries
# the queue again.
REST_MINUTES = 60

# Minutes of trouble with the queue after which a person is called.
ALARM_MINUTES = 30

# Days for which it can be looked up what was handed to jobs.
KEPT_DAYS = 60
