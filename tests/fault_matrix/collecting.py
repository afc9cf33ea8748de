"""Faults of what has invoices collected, and of the queue that divides them."""

from tests.fault_matrix.row import Row

ROWS = (
    # === SCHEDULER === #
    Row(
        121,
        "J",
        "several workers are told that they ask too much (429)",
        "all of them together ask half as much; each invoice is charged once, none "
        "fails for it",
    ),
    Row(
        122,
        "J",
        "the job queue has no runner",
        "the scheduled action charges; after half an hour a person is called, until a "
        "runner is back",
    ),
    Row(
        123,
        "J",
        "a job is cancelled, deleted, requeued, or fails before it began",
        "its invoices are due again and the queue goes on; a requeued job charges "
        "nothing and says why",
    ),
    # === COLLECT === #
    Row(
        124,
        "T",
        "the provider is disabled between the trigger and the charge",
        "nothing is charged, the invoice says why, a person is called; collected once "
        "it can be charged again",
    ),
    Row(
        125,
        "T",
        "nothing of the order can be invoiced",
        "a person is called with the reason, no invoice is made",
    ),
    Row(
        126,
        "T",
        "the day of the trigger is over already",
        "collected with the next run",
    ),
    Row(
        127,
        "T",
        "the stage is deleted, the task, its project or the order put away",
        "nothing is invoiced, a person is called with the reason, no other is held up",
    ),
    Row(
        128,
        "T",
        "the first invoice of a series is cancelled",
        "nothing of it is charged, and the series says how it goes on",
    ),
    Row(
        129,
        "T",
        "the invoice is credited, cancelled or deleted before it is paid",
        "nothing follows as if it were paid, and it says so; goes on if that is undone",
    ),
)
