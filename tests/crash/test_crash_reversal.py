"""kill -9 while money that went back is read and booked: the next run books it once."""

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.world import OUTCOMES, at

REVERSAL_POINTS = {
    "lists read": ("autopay.reversal.watch", "_take_in", "kill_before"),
    "reports not committed": (
        "autopay.reversal.report",
        "_record_reports",
        "kill_after",
    ),
    "reports committed": ("autopay.reversal.watch", "_settle", "kill_before"),
    "payments not reconciled": (
        "autopay.reversal.booking",
        "_reconcile_gone",
        "kill_before",
    ),
    "people not told": ("autopay.reversal.notice", "_on_booked", "kill_before"),
    "booking not committed": (
        "autopay.reversal.booking",
        "_book_reversals",
        "kill_after",
    ),
}


@pytest.mark.parametrize("point", REVERSAL_POINTS)
def test_what_went_back_is_booked_once_after_a_kill_at(world, point):
    world.make_due()
    charged = world.converge()
    intents = {row["invoice"]: row["object_ref"] for row in charged.attempts}
    world.stripe.v1.refunds.create({"payment_intent": intents["card-1"], "amount": 100})
    world.admin.open_dispute(intents["card-2"])
    world.let_time_pass()
    world.crash("resolve", at(*REVERSAL_POINTS[point]))

    state = world.converge()

    assert [row["kind"] for row in state.reversals] == ["refund", "dispute"]
    assert_consistent(state, {**OUTCOMES, "card-2": "error"})
