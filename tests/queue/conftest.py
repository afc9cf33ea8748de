"""Worlds in which due invoices become jobs, and servers that run them."""

import pytest

from tests.crash.conftest import new_processes, simulator, world  # noqa: F401
from tests.queue.server import QueueServers
from tools.databases import prepare


@pytest.fixture(scope="session")
def processes(simulator, tmp_path_factory):  # noqa: F811 - the fixture above
    """Processes of Odoo with all glue, on a database with scenery."""
    ready = prepare(glue=True)
    with new_processes(ready, simulator, tmp_path_factory.mktemp("odoo")) as loader:
        yield loader


@pytest.fixture
def servers(world, odoo_env, tmp_path):  # noqa: F811 - the fixture above
    """Servers of Odoo on the world's database, ended with the test."""
    started = QueueServers(world, odoo_env, tmp_path)
    try:
        yield started
    finally:
        started.stop()
