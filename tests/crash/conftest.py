"""A prepared world for every test: books, provider, processes."""

import contextlib

import pytest

from stripe_simulator.process import SimulatorProcess
from tests.crash.processes import OdooProcesses
from tests.crash.world import World
from tools.databases import CRASH_PREFIX, READY, copy_of


@pytest.fixture(scope="session")
def simulator():
    with SimulatorProcess() as process:
        yield process


@pytest.fixture(scope="session")
def processes(simulator, tmp_path_factory):
    """Processes of Odoo, and a database with scenery that tests take copies of."""
    with new_processes(READY, simulator, tmp_path_factory.mktemp("odoo")) as loader:
        yield loader


@contextlib.contextmanager
def new_processes(ready, simulator, folder):
    """Give processes of Odoo for copies of a prepared database, with scenery."""
    with copy_of(ready, CRASH_PREFIX) as prepared:
        loader = OdooProcesses(prepared, folder)
        try:
            with loader.start(prepared, simulator.url) as process:
                process.call("make_scenery")
            loader.prepared = prepared
            yield loader
        finally:
            loader.stop()


@contextlib.contextmanager
def new_world(simulator, processes):
    """Give a copy of the prepared database and the means to work on it."""
    simulator.admin.clear_faults()
    simulator.admin.clear_requests()
    with copy_of(processes.prepared, CRASH_PREFIX) as database:
        yield World(database, simulator, processes)


@pytest.fixture
def world(simulator, processes):
    """A world of one's own."""
    with new_world(simulator, processes) as fresh:
        yield fresh
