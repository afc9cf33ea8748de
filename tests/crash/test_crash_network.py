"""kill -9 while requests are on their way: nobody knows what became of them."""

from fnmatch import fnmatch

import pytest

from tests.crash.checker import assert_consistent, intents_left_open
from tests.crash.world import CROWD, OUTCOMES, wait_for
from tests.fault_matrix.row import fault

PREPARE = {"method": "POST", "path": "/v1/payment_intents"}
CHARGE = {"method": "POST", "path": "/v1/payment_intents/*/confirm"}
CLOSE = {"method": "POST", "path": "/v1/payment_intents/*/cancel"}

# Requests on their way: which ones, what becomes of them, how many there are. The
# first invoice of a provider goes alone, to see whether it works.
WAITS = {
    "preparation that arrived": (PREPARE, "delay_after", 1, 1),
    "preparations that arrived": (PREPARE, "delay_after", 2, 4),
    "preparations that arrive later": (PREPARE, "delay_before", 2, 4),
    "first charge that arrived": (CHARGE, "delay_after", 1, 1),
    "charges that arrived": (CHARGE, "delay_after", 2, 4),
    "charges that arrive later": (CHARGE, "delay_before", 2, 4),
    "closing of a decline": (CLOSE, "delay_after", 1, 1),
}
# Answers to a request while an earlier one is busy with the same object or key.
NOT_DEALT_WITH = (409, 429)
LATE_INTENTS = (PREPARE, "delay_before")


@pytest.mark.parametrize("wait", WAITS)
@fault(22, "preparations that arrived")
@fault(
    43, "first charge that arrived", "charges that arrived", "charges that arrive later"
)
@fault(62, "preparations that arrive later")
def test_next_run_converges_after_a_kill_during(world, wait):
    request, kind, nth, count = WAITS[wait]
    world.make_due()
    kill_in_flight(world, count, kind=kind, nth=nth, **request)

    # As long as they are on their way, Stripe may refuse to say or do anything.
    world.converge()
    wait_until_arrived(world, request, nth + count - 1)

    # An intent that is made too late is one that nobody knows, and nobody can charge.
    spared = intents_left_open if (request, kind) == LATE_INTENTS else None
    assert_consistent(world.converge(), OUTCOMES, spared)


@fault(43)
def test_worker_killed_with_fifty_charges_in_flight_charges_each_invoice_once(world):
    world.make_due(*CROWD)
    half = len(CROWD) // 2
    world.admin.add_fault("delay_before", **CHARGE, times=half, seconds=3)
    kill_in_flight(world, half, kind="delay_after", **CHARGE)

    world.converge()

    wait_until_arrived(world, CHARGE, len(CROWD))
    assert_consistent(world.converge(), dict.fromkeys(CROWD, "success"))


def kill_in_flight(world, count, kind, **request):
    """Kill the charge job while so many of its requests wait for an answer."""
    fault = world.admin.add_fault(kind, times=count, seconds=3, **request)
    with world.start() as process:
        process.begin("run_job", name="charge")
        wait_for(
            lambda: count_hits(world, fault) >= count, "the requests did not arrive"
        )
        process.kill()
    world.wait_until_disconnected()


def count_hits(world, fault_id):
    return sum(row["hits"] for row in world.admin.faults() if row["id"] == fault_id)


def wait_until_arrived(world, request, count):
    """Wait until the provider is through with the requests of the dead process."""
    wait_for(
        lambda: count_answers(world, request) >= count, "the provider is still busy"
    )


def count_answers(world, request):
    """Return how many requests of a kind the provider has dealt with."""
    seen = world.admin.requests()
    return sum(
        row["method"] == request["method"]
        and fnmatch(row["path"], request["path"])
        and row["status"] not in NOT_DEALT_WITH
        for row in seen
    )
