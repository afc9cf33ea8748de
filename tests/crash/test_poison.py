"""An invoice that kills the process is left alone, and the others are charged."""

from tests.crash.checker import assert_consistent
from tests.crash.processes import ProcessDiedError
from tests.crash.world import OUTCOMES, at
from tests.fault_matrix.row import fault

POISON = "card-1"


@fault(74)
def test_invoice_that_kills_every_run_is_set_aside_after_two_crashes(world):
    world.make_due()
    deaths = sum(is_deadly(world) for _run in range(4))
    state = world.read_state()

    assert deaths == 2
    assert [(row["invoice"], row["summary"]) for row in state.activities] == [
        (POISON, "Autopay has set this invoice aside")
    ]
    assert_consistent(state, {**OUTCOMES, POISON: "eligible"})


def is_deadly(world):
    """Run the charge job, which dies when it reserves the invoice; return whether."""
    try:
        world.run_job("charge", at("autopay.engine", "_reserve", "kill_on", ref=POISON))
    except ProcessDiedError:
        return True
    return False
