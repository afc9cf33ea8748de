"""People, customers and a second server do the same thing at the same moment."""

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.test_crash_network import CHARGE
from tests.crash.test_races import job_in_flight, run_twice_at_once
from tests.crash.world import OUTCOMES, at

REFS = list(OUTCOMES)
# The stage of the job that mends that is disturbed, the table that changes under it.
MENDING_CONFLICTS = {
    "closing dead runs": ("autopay.janitor", "_close_dead", "autopay_run"),
    "calling it unknown": ("autopay.resolver", "_mark_unknown", "autopay_attempt"),
    "recording what was read": ("autopay.resolver", "_record_read", "autopay_attempt"),
    "booking what was found": ("autopay.booking", "_book", "account_move"),
    "telling what was found": ("autopay.notification", "_notify", "autopay_attempt"),
}


def test_charge_now_pressed_twice_at_once_charges_once(world):
    world.make_due()
    world.admin.set_latency(0.2)
    with world.start() as one, world.start() as other:
        for process in (one, other):
            process.begin("act", deed="charge_now", refs=REFS)
        answers = [process.end() for process in (one, other)]
    world.admin.set_latency(0)

    assert any(not str(answer).startswith("refused") for answer in answers)
    # On a slow machine the person's time is up before all is charged: the job goes on.
    assert_consistent(world.converge(), OUTCOMES)
    assert len(world.read_ledger()) == 4


def test_charge_now_during_a_run_charges_nothing_more(world):
    world.make_due()
    with job_in_flight(world, seconds=3) as process:
        with world.start() as other:
            answer = other.call("act", deed="charge_now", refs=REFS)
        process.end()

    assert answer.startswith("refused")
    assert len(world.read_state().attempts) == len(REFS)
    assert_consistent(world.converge(), OUTCOMES)


def test_customer_cannot_pay_online_what_is_being_charged(world):
    world.make_due()
    with job_in_flight(world, seconds=3) as process:
        with world.start() as other:
            # The first invoice went alone, and is booked by now.
            answer = other.call("act", deed="begin_online_payment", ref="card-2")
        process.end()

    assert answer.startswith("refused")
    assert_consistent(world.converge(), OUTCOMES)


def test_invoice_that_a_customer_is_paying_online_is_left_alone(world):
    world.make_due()
    with world.start() as customer:
        world.bystanders.append(customer.pid)
        reference = customer.call("act", deed="begin_online_payment", ref="card-1")
        world.run_job("charge")
        during = world.read_state()
        customer.call("act", deed="finish_online_payment", reference=reference)
    state = world.converge()

    assert during.get_attempt_states("card-1") == []
    assert state.get_attempt_states("card-1") == []
    assert_consistent(state, {**OUTCOMES, "card-1": "eligible"})


def test_second_server_charges_nothing_twice_when_the_scheduler_loses_its_lock(world):
    world.make_due()
    with job_in_flight(world, seconds=4) as process:
        killed = world.sql(
            "SELECT pg_terminate_backend(lock.pid) FROM pg_locks lock"
            " JOIN pg_class ON pg_class.oid = lock.relation"
            " WHERE pg_class.relname = 'ir_cron' AND lock.mode = 'RowShareLock'"
            " AND lock.database = (SELECT oid FROM pg_database"
            " WHERE datname = current_database())"
        )
        with world.start() as other:
            other.call("run_job", name="charge")
            other.call("run_job", name="resolve")
        # The second books the charges of the first, whatever becomes of that one.
        process.kill()
    world.wait_until_disconnected()

    assert killed
    assert_consistent(world.converge(), OUTCOMES)


@pytest.mark.parametrize("conflict", MENDING_CONFLICTS)
def test_job_that_mends_repeats_a_stage_after_a_conflict_while(
    world, conflict, tmp_path
):
    model, method, table = MENDING_CONFLICTS[conflict]
    calls = tmp_path / "calls"
    world.make_due()
    world.crash("charge", at("autopay.engine", "_record_charged", "kill_before", nth=2))
    world.let_time_pass()
    world.run_job(
        "resolve",
        at(model, method, "change_rows_before", table=table, times=1),
        at(model, method, "count_calls", path=str(calls)),
    )

    assert len(calls.read_text().splitlines()) >= 2
    assert_consistent(world.converge(), OUTCOMES)


def test_two_servers_charge_once_while_answers_are_lost(world):
    world.make_due()
    for kind in ("reset_after", "error_500_after", "garbage"):
        world.admin.add_fault(kind, **CHARGE)
    run_twice_at_once(world)

    assert_consistent(world.converge(), OUTCOMES)
