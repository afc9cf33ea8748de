"""Others work on the same rows, or do the same job, at the same time."""

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.processes import CommandError
from tests.crash.test_crash_network import CHARGE, count_hits
from tests.crash.world import CROWD, OUTCOMES, wait_for

# The stage that is disturbed, the table another session changes under it.
CONFLICTS = {
    "reserving": ("autopay.engine", "_reserve", "account_move"),
    "saving the object": ("autopay.engine", "_record_prepared", "autopay_attempt"),
    "opening the gate": ("autopay.engine", "_open_gate", "autopay_attempt"),
    "opening the gate, invoice": ("autopay.engine", "_open_gate", "account_move"),
    "recording": ("autopay.engine", "_record_charged", "autopay_attempt"),
    "recording, transaction": (
        "autopay.engine",
        "_record_charged",
        "payment_transaction",
    ),
    "closing": ("autopay.engine", "_record_withdrawn", "autopay_attempt"),
    "booking": ("autopay.booking", "_book", "account_move"),
    "booking, transaction": ("autopay.booking", "_book", "payment_transaction"),
    "telling": ("autopay.notification", "_notify", "autopay_attempt"),
}
# Once: the stage is repeated. Six times: the batch gives up, each invoice by itself.
# Always: the run cannot do it, and a later one does.
TIMES = [
    1,
    pytest.param(6, marks=pytest.mark.full),
    pytest.param(10**6, marks=pytest.mark.full),
]


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("conflict", CONFLICTS)
def test_row_changed_by_another_session_while(world, conflict, times):
    model, method, table = CONFLICTS[conflict]
    world.make_due()
    with world.start() as process:
        process.call(
            "interfere",
            kind="change_rows_before",
            model=model,
            method=method,
            table=table,
            times=times,
        )
        process.call("run_job", name="charge")
    first = world.read_state()

    if times == 1:
        assert_consistent(first, OUTCOMES)
    assert_consistent(world.converge(), OUTCOMES)


def test_attempt_held_by_another_session_while_recording_is_recorded_later(world):
    world.make_due()
    with world.start() as process:
        process.call(
            "interfere",
            kind="lock_rows_during",
            model="autopay.engine",
            method="_record_charged",
            table="autopay_attempt",
        )
        process.call("run_job", name="charge")

    assert_consistent(world.converge(), OUTCOMES)


def test_two_charge_jobs_at_once_charge_each_invoice_once(world):
    world.make_due(*CROWD, *OUTCOMES)
    world.admin.set_latency(0.05)
    with world.start() as one, world.start() as other:
        for process in (one, other):
            process.begin("charge_directly")
        for process in (one, other):
            process.end()
    world.admin.set_latency(0)
    first = world.read_state()

    expected = {**dict.fromkeys(CROWD, "success"), **OUTCOMES}
    assert_consistent(first, expected)
    assert_consistent(world.converge(), expected)


def test_two_jobs_that_find_a_dead_run_recover_it_once(world):
    world.make_due(*CROWD, *OUTCOMES)
    world.crash("charge", "autopay.engine", "_record_charged", "kill_before")
    world.let_time_pass()
    with world.start() as one, world.start() as other:
        for process in (one, other):
            process.begin("charge_directly")
        for process in (one, other):
            process.end()

    expected = {**dict.fromkeys(CROWD, "success"), **OUTCOMES}
    assert_consistent(world.converge(), expected)


def test_resolver_leaves_alone_what_a_living_run_is_charging(world):
    world.make_due()
    fault = world.admin.add_fault("delay_after", times=5, seconds=4, **CHARGE)
    with world.start() as charging:
        charging.begin("run_job", name="charge")
        wait_for(lambda: count_hits(world, fault) == 5, "the charges did not arrive")
        world.let_time_pass()
        world.run_job("resolve")
        states = {row["state"] for row in world.read_state().attempts}
        charging.end()

    assert states == {"charging"}
    assert_consistent(world.read_state(), OUTCOMES)


def test_lost_database_connection_while_charging_is_mended_by_the_next_run(world):
    world.make_due()
    fault = world.admin.add_fault("delay_after", times=5, seconds=2, **CHARGE)
    with world.start() as process:
        process.begin("run_job", name="charge")
        wait_for(lambda: count_hits(world, fault) == 5, "the charges did not arrive")
        world.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid != pg_backend_pid()"
        )
        with pytest.raises(CommandError):
            process.end()
        # The process lives on: the next run may well be one of its own.
        world.run_round(process)

    assert world.read_state().runs[0]["state"] == "interrupted"
    assert_consistent(world.converge(), OUTCOMES)
