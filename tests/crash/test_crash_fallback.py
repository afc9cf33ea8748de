"""kill -9 while another method takes the place of one that was declined."""

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.world import at

REF = "declining-1"
POINTS = {
    "decline recorded": ("autopay.booking", "_book", "kill_before"),
    "other method not committed": ("autopay.booking", "_book", "kill_after"),
    "other method charged": ("autopay.engine", "_record_charged", "kill_before"),
}


@pytest.mark.parametrize(
    "point",
    [
        pytest.param("decline recorded", marks=pytest.mark.full),
        "other method not committed",
        pytest.param("other method charged", marks=pytest.mark.full),
    ],
)
def test_other_method_pays_once_after_a_kill_at(world, point):
    world.make_due(REF)
    with world.start() as process:
        process.call("act", deed="agree_to_other", customer="declining")
    if point == "other method charged":
        world.run_job("charge")
        assert [row["state"] for row in _read_attempts(world)] == ["declined"]
    world.crash("charge", at(*POINTS[point]))

    assert_consistent(world.converge(), {REF: "success"})

    states = [row["state"] for row in _read_attempts(world)]
    assert (states[0], states[-1]) == ("declined", "succeeded")
    assert states.count("succeeded") == 1


def _read_attempts(world):
    return world.sql("SELECT state FROM autopay_attempt ORDER BY id")
