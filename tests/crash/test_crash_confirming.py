"""kill -9 while a customer confirms a charge: the same charge, once, or none."""

from pathlib import Path

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.processes import ProcessDiedError
from tests.crash.world import at, wait_for
from tests.fault_matrix.row import fault

REF = "guarded-1"
# The points at which a press dies, and how many requests had reached the bank by then.
POINTS = {
    "press not committed": (("autopay.confirmation", "_take_press", "kill_after"), 0),
    "request not sent": (
        ("autopay.attempt", "_get_confirmation_request", "kill_before"),
        0,
    ),
    "answer not recorded": (
        ("autopay.confirmation", "_take_answer", "kill_before"),
        1,
    ),
    "answer not committed": (
        ("autopay.confirmation", "_take_answer", "kill_after"),
        1,
    ),
}
EVERY_DAY = ("request not sent", "answer not recorded")
BACK_POINTS = {
    "reading not committed": ("autopay.confirmation", "_take_reading", "kill_after"),
    "payment not committed": ("autopay.booking", "_book", "kill_after"),
}


def _cases(points, every_day):
    return [
        pytest.param(point, marks=() if point in every_day else pytest.mark.full)
        for point in points
    ]


@pytest.mark.parametrize("point", _cases(POINTS, EVERY_DAY))
@fault(100, "request not sent", "answer not recorded")
def test_same_charge_is_confirmed_after_a_kill_at(world, point):
    place, sent = POINTS[point]
    _make_waiting(world)
    with pytest.raises(ProcessDiedError):
        _act(world, "press_confirm", at(*place))
    world.wait_until_disconnected()
    assert _count_sent(world) == sent

    # Nobody presses while the answer may still come.
    world.sql(
        "UPDATE autopay_attempt SET confirm_sent_date ="
        " confirm_sent_date - interval '2 minutes'"
    )
    page = _act(world, "press_confirm")
    assert _count_sent(world) == 1

    world.admin.visit(page, "pass")
    _act(world, "come_back")
    _assert_charged_once(world)


@pytest.mark.parametrize("point", _cases(BACK_POINTS, ("payment not committed",)))
@fault(100, "payment not committed")
def test_confirmed_charge_is_booked_once_after_a_kill_at(world, point):
    _make_waiting(world)
    world.admin.visit(_act(world, "press_confirm"), "pass")
    with pytest.raises(ProcessDiedError):
        _act(world, "come_back", at(*BACK_POINTS[point]))
    world.wait_until_disconnected()

    for _time in range(2):
        world.let_time_pass()
        world.run_job("resolve")
    _assert_charged_once(world)


@fault(101)
def test_two_presses_at_once_send_one_request(world, tmp_path):
    _make_waiting(world)
    started, until = str(tmp_path / "started"), str(tmp_path / "until")
    place = at(
        "autopay.attempt",
        "_get_confirmation_request",
        "wait_before",
        started=started,
        until=until,
    )
    with world.start() as first, world.start() as second:
        first.call("interfere", **place)
        first.begin("act", deed="press_confirm", ref=REF)
        wait_for(Path(started).exists, "the first press is not as far")
        assert second.call("act", deed="press_confirm", ref=REF) == ""
        Path(until).touch()
        page = first.end()
    assert _count_sent(world) == 1
    world.admin.visit(page, "pass")
    _act(world, "come_back")
    _assert_charged_once(world)


def _make_waiting(world):
    world.make_due(REF)
    world.run_job("charge")
    [attempt] = world.sql("SELECT state FROM autopay_attempt")
    assert attempt["state"] == "action_required"


def _act(world, deed, *interferences):
    """Do something as the customer does, in a new process."""
    with world.start() as process:
        for interference in interferences:
            process.call("interfere", **interference)
        return process.call("act", deed=deed, ref=REF)


def _count_sent(world):
    """Return how many confirmations of a customer have reached the provider."""
    [intent] = world.read_intents()
    path = f"/v1/payment_intents/{intent['id']}/confirm"
    return sum(
        row["path"] == path and "return_url" in row["body"]
        for row in world.admin.requests()
    )


def _assert_charged_once(world):
    assert_consistent(world.read_state(), {REF: "success"})
    assert [intent["status"] for intent in world.read_intents()] == ["succeeded"]
