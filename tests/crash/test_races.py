"""Others work on the same rows, or do the same job, at the same time."""

import contextlib
from collections import Counter

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.processes import CommandError
from tests.crash.test_crash_network import CHARGE, count_hits
from tests.crash.world import CROWD, OUTCOMES, at, wait_for
from tests.fault_matrix.row import fault

ALL = {**dict.fromkeys(CROWD, "success"), **OUTCOMES}
# The stage that is disturbed, the table another session changes under it.
CONFLICTS = {
    "reserving": ("autopay.engine", "_reserve", "account_move"),
    "saving the object": ("autopay.engine", "_record_prepared", "autopay_attempt"),
    "opening the gate": ("autopay.engine", "_open_gate", "account_move"),
    "recording": ("autopay.engine", "_record_charged", "autopay_attempt"),
    "recording it in Odoo": (
        "autopay.engine",
        "_record_charged",
        "payment_transaction",
    ),
    "closing": ("autopay.engine", "_record_withdrawn", "autopay_attempt"),
    "booking": ("autopay.booking", "_book", "account_move"),
    "telling": ("autopay.notification", "_notify", "autopay_attempt"),
}
# How often a stage works without a conflict: the first invoice of a provider goes
# alone, then the others, and only among these is one to be closed.
USUAL_CALLS = {**dict.fromkeys(CONFLICTS, 2), "closing": 1}
# Seven conflicts: the batch gives up after five, then each invoice goes by itself.
# A million: this run cannot do it, and a later one does.
PERSISTENCE = [7, pytest.param(10**6, marks=pytest.mark.full)]


@pytest.mark.parametrize("conflict", CONFLICTS)
@fault(5, "reserving")
@fault(48, "recording", "recording it in Odoo")
def test_stage_is_repeated_after_a_conflict_while(world, conflict, tmp_path):
    model, method, table = CONFLICTS[conflict]
    calls = tmp_path / "calls"
    world.make_due()
    world.run_job(
        "charge",
        at(model, method, "change_rows_before", table=table, times=1),
        at(model, method, "count_calls", path=str(calls)),
    )

    assert len(calls.read_text().splitlines()) == USUAL_CALLS[conflict] + 1
    assert_consistent(world.read_state(), OUTCOMES)
    assert_consistent(world.converge(), OUTCOMES)


@pytest.mark.parametrize("times", PERSISTENCE)
@pytest.mark.parametrize("conflict", CONFLICTS)
@pytest.mark.full
@fault(48, "recording-7", "recording-1000000")
def test_no_money_is_lost_when_conflicts_go_on_while(world, conflict, times):
    model, method, table = CONFLICTS[conflict]
    world.make_due()
    world.run_job(
        "charge", at(model, method, "change_rows_before", table=table, times=times)
    )

    assert_consistent(world.converge(), OUTCOMES)


def test_charge_whose_attempt_is_held_by_another_session_is_recorded_later(world):
    world.make_due()
    world.run_job(
        "charge",
        at(*CONFLICTS["recording"][:2], "lock_rows_during", table="autopay_attempt"),
    )
    before = world.read_state()

    assert {row["state"] for row in before.attempts} == {"charging"}
    assert_consistent(world.converge(), OUTCOMES)


@fault(9)
@fault(72)
def test_two_charge_jobs_at_once_charge_each_invoice_once(world):
    world.make_due(*ALL)
    run_twice_at_once(world)

    assert len(world.read_state().runs) == 2
    assert_consistent(world.converge(), ALL)


@fault(59)
def test_two_jobs_at_once_recover_a_dead_run_once(world):
    world.make_due(*ALL)
    world.crash("charge", at("autopay.engine", "_record_charged", "kill_before"))
    world.let_time_pass()
    run_twice_at_once(world)
    counts = world.sql(
        "SELECT DISTINCT autopay_crash_count AS count FROM account_move"
        " WHERE ref LIKE 'crowd%'"
    )

    assert {row["count"] for row in counts} <= {None, 0, 1}
    assert_consistent(world.converge(), ALL)


@pytest.mark.parametrize("rule", ["skip", "part"])
def test_two_charge_jobs_at_once_stay_within_the_cap_of_a_month(world, rule):
    # Five invoices of a little more than ten each, of one customer.
    refs = [f"crowd0-{place}" for place in range(1, 6)]
    with world.start() as process:
        caps = {"max_month_amount": 25.0, "cap_rule": rule}
        process.call("act", deed="configure", customer="crowd0", **caps)
    world.make_due(*refs)
    run_twice_at_once(world)
    world.converge()
    taken = sum(entry["amount"] for entry in world.read_ledger())

    assert taken == {"skip": 2001, "part": 2500}[rule]


def run_twice_at_once(world):
    """Run the charge job in two processes, as if the scheduler's lock were lost."""
    world.admin.set_latency(0.05)
    with world.start() as one, world.start() as other:
        for process in (one, other):
            process.begin("charge_directly")
        for process in (one, other):
            process.end()
    world.admin.set_latency(0)


@contextlib.contextmanager
def job_in_flight(world, seconds):
    """Give a process whose charges have arrived, with the answers on their way.

    The first invoice of the provider goes alone, so its charge is answered already.
    """
    fault = world.admin.add_fault(
        "delay_after", nth=2, times=4, seconds=seconds, **CHARGE
    )
    with world.start() as process:
        process.begin("run_job", name="charge")
        wait_for(lambda: count_hits(world, fault) == 4, "the charges did not arrive")
        yield process


@pytest.mark.parametrize(
    ("verb", "values"),
    [("charge_directly", {}), ("run_job", {"name": "resolve"})],
    ids=["charges", "resolves"],
)
def test_job_leaves_alone_what_a_living_run_is_charging_when_it(world, verb, values):
    world.make_due()
    with job_in_flight(world, seconds=5) as process:
        world.let_time_pass()
        with world.start() as other:
            other.call(verb, **values)
        during = world.read_state()
        process.end()

    states = Counter(row["state"] for row in during.attempts)
    assert states == {"succeeded": 1, "charging": 4}
    assert_consistent(world.read_state(), OUTCOMES)


@fault(49)
def test_lost_database_connection_while_charging_is_mended_by_the_next_run(world):
    world.make_due()
    with job_in_flight(world, seconds=2) as process:
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
