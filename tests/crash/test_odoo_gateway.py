"""Providers that only Odoo's own code can charge: they are asked once, and never again.

Nobody can find out what became of a request to them that was cut off: staff decide.
"""

import pytest

from tests.crash.processes import ProcessDiedError

SENDS = {"model": "payment.transaction", "method": "_send_payment_request"}


@pytest.fixture
def calls(tmp_path):
    """The file that gets a line for each request to the provider."""
    path = tmp_path / "calls"
    path.touch()
    return path


def count(calls):
    return len(calls.read_text().splitlines())


def test_charge_cut_off_by_a_kill_is_never_repeated(world, calls):
    world.make_due("demo-1")
    with world.start() as process:
        process.call("interfere", kind="count_calls", path=str(calls), **SENDS)
        process.call("interfere", kind="kill_after", **SENDS)
        with pytest.raises(ProcessDiedError):
            process.call("run_job", name="charge")
    world.wait_until_disconnected()
    with world.start() as process:
        process.call("interfere", kind="count_calls", path=str(calls), **SENDS)
        for _round in range(3):
            world.run_round(process)
    state = world.read_state()

    assert count(calls) == 1
    assert state.get_attempt_states("demo-1") == ["unknown"]
    assert state.get_statuses() == {"demo-1": "in_progress"}
    assert [row["summary"] for row in state.activities] == [
        "Still unknown whether the customer was charged"
    ]


def test_charge_is_not_repeated_when_its_record_meets_a_conflict(world, calls):
    world.make_due("demo-1")
    with world.start() as process:
        process.call("interfere", kind="count_calls", path=str(calls), **SENDS)
        process.call(
            "interfere",
            kind="conflict_after",
            model="payment.transaction",
            method="_autopay_charge",
        )
        for _round in range(3):
            world.run_round(process)
    state = world.read_state()

    assert count(calls) == 1
    assert state.get_attempt_states("demo-1") == ["unknown"]
    assert not state.payments
