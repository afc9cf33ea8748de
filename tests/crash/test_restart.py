"""PostgreSQL is restarted in the middle of a run, on a server of the test's own."""

import contextlib

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.cluster import PrivateCluster
from tests.crash.processes import CommandError
from tests.crash.test_races import job_in_flight
from tests.crash.world import OUTCOMES, World


@pytest.fixture
def cluster(world):
    """A server with a copy of the world's database, which nobody else uses."""
    world.wait_until_disconnected()
    with PrivateCluster().running(world.database) as cluster:
        yield cluster


@pytest.mark.full
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_nobody_pays_twice_when_postgresql_restarts_during_a_run(world, cluster, mode):
    private = World(world.database, world.simulator, world.processes, cluster.server)
    private.make_due()
    with job_in_flight(private, seconds=4) as process:
        cluster.restart(mode)
        with contextlib.suppress(CommandError):
            process.end()

    # All five requests have arrived, one was declined; four have no record of it.
    assert len(private.read_ledger()) == 4
    assert_consistent(private.converge(), OUTCOMES)
