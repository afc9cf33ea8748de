"""kill -9 of the job that mends what an earlier kill -9 left behind."""

import itertools

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.processes import ProcessDiedError
from tests.crash.test_crash_points import CRASH_POINTS
from tests.crash.world import OUTCOMES, at
from tests.fault_matrix.row import fault

RESOLVER_POINTS = {
    "doubt not committed": ("autopay.resolver", "_mark_unknown", "kill_after"),
    "answer arrived": ("autopay.resolver", "_record_read", "kill_before"),
    "answer not committed": ("autopay.resolver", "_record_read", "kill_after"),
    "answer committed": ("autopay.resolver", "_withdraw_open", "kill_before"),
    "closing arrived": ("autopay.resolver", "_record_withdrawn", "kill_before"),
    "closing not committed": ("autopay.resolver", "_record_withdrawn", "kill_after"),
    "book not committed": ("autopay.booking", "_book", "kill_after"),
    "book committed": ("autopay.notification", "_notify", "kill_before"),
}
FIRST_CRASHES = [
    "reserve committed",
    "prepare answered",
    "prepare committed",
    "gate committed",
    "charge answered",
    "record committed",
    "closing committed",
]
# Enough for every day; in the others not every place is passed.
EVERY_DAY = [
    ("gate committed", "doubt not committed"),
    ("gate committed", "closing arrived"),
    ("gate committed", "closing not committed"),
    ("charge answered", "answer arrived"),
    ("charge answered", "answer not committed"),
    ("charge answered", "book not committed"),
    ("charge answered", "book committed"),
]
PAIRS = [
    pytest.param(*pair, marks=() if pair in EVERY_DAY else pytest.mark.full)
    for pair in itertools.product(FIRST_CRASHES, RESOLVER_POINTS)
]


@pytest.mark.parametrize(("first", "then"), PAIRS)
@fault(
    59,
    "gate committed-doubt not committed",
    "gate committed-closing arrived",
    "charge answered-answer arrived",
    "charge answered-answer not committed",
    "charge answered-book not committed",
)
def test_next_run_converges_when_the_resolver_dies_too(world, first, then):
    world.make_due()
    world.crash("charge", at(*CRASH_POINTS[first]))
    world.let_time_pass()
    died = False
    try:
        world.run_job("resolve", at(*RESOLVER_POINTS[then]))
    except ProcessDiedError:
        died = True

    assert died or (first, then) not in EVERY_DAY
    assert_consistent(world.converge(), OUTCOMES)
