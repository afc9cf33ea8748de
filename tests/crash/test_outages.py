"""The provider is down, or does not accept our key: nobody pays twice."""

from collections import Counter

import pytest

from tests.crash.checker import assert_consistent, charged_twice
from tests.crash.test_crash_network import CHARGE, PREPARE
from tests.crash.world import OUTCOMES, SECRET_KEY, at
from tests.fault_matrix.row import fault

NOBODY_LISTENS = "http://127.0.0.1:9"
EVERYTHING = {"path": "*"}
AFTER_PREPARING = {"path": "*", "nth": 6}
# Faults of the provider, and the requests that they strike.
OUTAGES = {
    "before preparing": [("refuse", EVERYTHING)],
    "after preparing": [("reset_after", PREPARE)],
    # Five preparations are spared, then everything ends.
    "before charging": [("refuse", AFTER_PREPARING)],
    "while charging": [("reset_before", CHARGE), ("refuse", AFTER_PREPARING)],
    "after charging": [("reset_after", CHARGE), ("refuse", AFTER_PREPARING)],
}
MORE_OUTAGES = {
    "unreadable answers": [("garbage", CHARGE)],
    "while preparing": [("reset_before", PREPARE)],
    "errors while preparing": [("error_500_before", PREPARE)],
    "errors after preparing": [("error_500_after", PREPARE)],
    "errors while charging": [("error_500_before", CHARGE)],
    "errors after charging": [("error_500_after", CHARGE)],
    "proxy errors after charging": [("html_502_after", CHARGE)],
    "too many requests": [("rate_limit_429", EVERYTHING)],
}
CASES = [
    *(pytest.param(faults, id=name) for name, faults in OUTAGES.items()),
    *(
        pytest.param(faults, id=name, marks=pytest.mark.full)
        for name, faults in MORE_OUTAGES.items()
    ),
]


@pytest.mark.parametrize("faults", CASES)
@fault(19, "too many requests")
@fault(31, "unreadable answers")
@fault(32, "errors while charging", "errors after charging")
@fault(33, "proxy errors after charging")
def test_nobody_is_charged_twice_when_the_provider_goes_down(world, faults):
    world.make_due()
    for kind, request in faults:
        world.admin.add_fault(kind, times=None, **request)
    with world.start() as process:
        for _round in range(3):
            world.run_round(process)
    world.admin.clear_faults()

    assert not list(charged_twice(world.read_state()))
    assert_consistent(world.converge(), OUTCOMES)


@fault(15)
def test_invoices_wait_while_nobody_listens_at_the_provider(world):
    world.make_due()
    world.run_job("charge", api_base=NOBODY_LISTENS)
    during = world.read_state()

    assert not during.ledger
    assert [row["res_model"] for row in during.activities] == ["autopay.run"]
    assert_consistent(world.converge(), OUTCOMES)


@fault(60)
def test_nobody_is_charged_twice_when_the_provider_is_down_after_a_kill(world):
    world.make_due()
    world.crash("charge", at("autopay.engine", "_record_charged", "kill_before"))
    for _round in range(2):
        world.let_time_pass()
        world.run_job("resolve", api_base=NOBODY_LISTENS)
        world.run_job("charge", api_base=NOBODY_LISTENS)
    during = world.read_state()

    # Each run tries with one more invoice, reserved for a charge never asked for.
    assert Counter(row["state"] for row in during.attempts) == {
        "unknown": 1,
        "reserved": 2,
    }
    assert_consistent(world.converge(), OUTCOMES)


def test_debit_under_way_stays_so_while_the_provider_is_down(world):
    world.make_due("debit-1")
    world.run_job("charge")
    world.let_time_pass()
    world.run_job("resolve", api_base=NOBODY_LISTENS)
    state = world.read_state()

    assert state.get_attempt_states("debit-1") == ["pending"]
    assert state.get_statuses() == {"debit-1": "in_progress"}


@fault(20)
def test_wrong_key_stops_the_provider_and_keeps_the_invoices(world):
    world.make_due()
    world.set_key("sk_test_invalid_key")
    world.run_job("charge")
    world.run_job("charge")
    state = world.read_state()

    assert set(state.get_statuses().values()) == {"eligible"}
    assert [row["summary"] for row in state.activities] == [
        "Autopay stopped using Stripe"
    ]
    # One request finds out, in each run.
    assert count_answers(world, PREPARE) == {401: 2}
    world.set_key(SECRET_KEY)
    assert_consistent(world.converge(), OUTCOMES)


def count_answers(world, request):
    """Return {HTTP status: number of such answers} to requests of a kind."""
    return Counter(
        row["status"]
        for row in world.admin.requests()
        if (row["method"], row["path"]) == (request["method"], request["path"])
    )
