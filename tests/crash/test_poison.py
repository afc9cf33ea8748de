"""An invoice that kills the process is left alone, and the others are charged."""

import contextlib

from tests.crash.checker import assert_consistent
from tests.crash.processes import ProcessDiedError
from tests.crash.world import OUTCOMES


def test_invoice_that_kills_every_run_is_set_aside_after_two_crashes(world):
    world.make_due()
    deaths = sum(dies_on_poison(world, "card-1") for _try in range(5))
    state = world.read_state()

    assert deaths == 2
    assert [(row["invoice"], row["summary"]) for row in state.activities] == [
        ("card-1", "Autopay has set this invoice aside")
    ]
    others = {ref: status for ref, status in OUTCOMES.items() if ref != "card-1"}
    assert_consistent(state, {**others, "card-1": "eligible"})


def dies_on_poison(world, ref):
    """Run both jobs in a process that dies when it reserves the invoice."""
    died = True
    with world.start() as process:
        process.call(
            "interfere",
            kind="kill_on",
            model="autopay.engine",
            method="_reserve",
            ref=ref,
        )
        with contextlib.suppress(ProcessDiedError):
            world.let_time_pass()
            process.call("run_job", name="charge")
            process.call("run_job", name="resolve")
            died = False
    world.wait_until_disconnected()
    return died
