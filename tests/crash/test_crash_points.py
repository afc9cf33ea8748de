"""kill -9 between and inside the stages: the next run mends what was cut off."""

import pytest
import stripe

from tests.crash.checker import assert_consistent, intents_left_open
from tests.crash.world import OUTCOMES, at
from tests.fault_matrix.row import fault

# Points of death: model, method, and whether it dies before the method or after it. A
# stage's method is followed by its commit: "after" dies with the work not committed.
CRASH_POINTS = {
    "run started": ("autopay.run", "_start", "kill_after"),
    "invoices in hand": ("autopay.run", "_take_in_hand", "kill_after"),
    "reserve not committed": ("autopay.engine", "_reserve", "kill_after"),
    "reserve committed": ("autopay.engine", "_prepare", "kill_before"),
    "prepare answered": ("autopay.engine", "_record_prepared", "kill_before"),
    "prepare not committed": ("autopay.engine", "_record_prepared", "kill_after"),
    "prepare committed": ("autopay.engine", "_gate", "kill_before"),
    "gate not committed": ("autopay.engine", "_open_gate", "kill_after"),
    "gate committed": ("autopay.engine", "_charge", "kill_before"),
    "charge answered": ("autopay.engine", "_record_charged", "kill_before"),
    "record not committed": ("autopay.engine", "_record_charged", "kill_after"),
    "record committed": ("autopay.engine", "_settle", "kill_before"),
    "decline closed": ("autopay.engine", "_record_withdrawn", "kill_before"),
    "closing not committed": ("autopay.engine", "_record_withdrawn", "kill_after"),
    "closing committed": ("autopay.booking", "_book", "kill_before"),
    "book not committed": ("autopay.booking", "_book", "kill_after"),
    "book committed": ("autopay.notification", "_notify", "kill_before"),
    "notify not committed": ("autopay.notification", "_notify", "kill_after"),
    "notify committed": ("autopay.run", "_finish", "kill_before"),
    "run closed": ("autopay.run", "_finish", "kill_after"),
}


# Deaths next to one that is tried every day.
NEXT_TO_ANOTHER = {
    "run started",
    "prepare committed",
    "record committed",
    "closing not committed",
    "closing committed",
    "notify committed",
    "run closed",
}
EACH_POINT = [
    pytest.param(point, marks=pytest.mark.full if point in NEXT_TO_ANOTHER else ())
    for point in CRASH_POINTS
]


@pytest.mark.parametrize("point", EACH_POINT)
@fault(7, "reserve not committed")
@fault(8, "reserve committed")
@fault(22, "prepare answered", "prepare not committed")
@fault(50, "charge answered", "record not committed")
@fault(56, "book not committed")
@fault(58, "book committed", "notify not committed")
def test_next_run_converges_after_a_kill_at(world, point):
    world.make_due()
    world.crash("charge", at(*CRASH_POINTS[point]))

    state = world.converge()

    assert_consistent(state, OUTCOMES)


def test_debit_that_settles_after_a_kill_is_booked_once(world):
    world.make_due()
    world.crash("charge", at(*CRASH_POINTS["charge answered"]))
    world.converge()
    world.settle_debits()

    assert_consistent(world.converge(), {**OUTCOMES, "debit-1": "success"})


@fault(29)
def test_charge_that_arrives_after_the_invoice_was_given_back_takes_nothing(world):
    world.make_due()
    world.crash("charge", at(*CRASH_POINTS["gate committed"]))
    late = world.sql("SELECT * FROM autopay_attempt")
    world.converge()

    for request in late:
        with pytest.raises(stripe.InvalidRequestError):
            world.stripe.v1.payment_intents.confirm(
                request["object_ref"],
                request["charge_params"],
                {"idempotency_key": request["charge_key"], "max_network_retries": 0},
            )

    assert_consistent(world.converge(), OUTCOMES)


@fault(62)
def test_preparation_that_arrives_after_the_invoice_was_given_back_is_ignored(world):
    world.make_due()
    world.crash("charge", at(*CRASH_POINTS["reserve committed"]))
    late = world.sql("SELECT * FROM autopay_attempt")
    world.converge()

    for request in late:
        world.stripe.v1.payment_intents.create(
            request["prepare_params"], {"idempotency_key": request["prepare_key"]}
        )

    assert_consistent(world.converge(), OUTCOMES, spared=intents_left_open)
