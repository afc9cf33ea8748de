"""The worlds of the crash tests, and servers of Odoo with their scheduler."""

import pytest

from tests.crash.conftest import processes, simulator, world  # noqa: F401
from tests.faults.server import Servers


@pytest.fixture
def servers(world, odoo_env, tmp_path):  # noqa: F811 - the fixture above
    """Servers of Odoo on the world's database, ended with the test."""
    started = Servers(world, odoo_env, tmp_path)
    try:
        yield started
    finally:
        started.stop()
