"""Providers that only Odoo's own code can charge: they are asked once, and never again.

Nobody can find out what became of a request to them that was cut off: staff decide.
"""

import pytest

from tests.crash.world import at

REQUEST = ("payment.transaction", "_send_payment_request")
CHARGE = ("payment.transaction", "_autopay_charge")


@pytest.fixture
def requests(tmp_path):
    """The file that gets a line for each request to the provider."""
    path = tmp_path / "requests"
    path.touch()
    return path


@pytest.fixture
def counted(requests):
    return at(*REQUEST, "count_calls", path=str(requests))


def run_both_jobs(world, counted):
    """Run both jobs some times over."""
    for _round in range(3):
        for name in ("charge", "resolve"):
            world.let_time_pass()
            world.run_job(name, counted)


def assert_asked_once(world, requests, *alarms):
    state = world.read_state()
    assert len(requests.read_text().splitlines()) == 1
    assert state.get_attempt_states("demo-1") == ["unknown"]
    assert state.get_statuses() == {"demo-1": "in_progress"}
    assert not state.payments
    assert sorted(row["summary"] for row in state.activities) == [
        *alarms,
        "Still unknown whether the customer was charged",
    ]


def test_charge_cut_off_by_a_kill_is_never_repeated(world, requests, counted):
    world.make_due("demo-1")
    world.crash("charge", counted, at(*REQUEST, "kill_after"))
    run_both_jobs(world, counted)

    assert_asked_once(world, requests)


def test_charge_is_not_repeated_when_its_record_meets_a_conflict(
    world, requests, counted
):
    world.make_due("demo-1")
    world.run_job("charge", counted, at(*CHARGE, "conflict_after"))
    run_both_jobs(world, counted)

    # Nothing more is charged in the same run when outcomes cannot be saved.
    assert_asked_once(world, requests, "Autopay stopped using Demo")


def test_kill_in_one_charge_leaves_the_others_to_the_next_run(world, requests, counted):
    world.make_due("demo-1", "demo-2")
    world.crash("charge", counted, at(*REQUEST, "kill_after"))
    run_both_jobs(world, counted)
    state = world.read_state()

    assert len(requests.read_text().splitlines()) == 2
    assert state.get_statuses() == {"demo-1": "in_progress", "demo-2": "success"}
