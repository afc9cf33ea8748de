"""Fixtures for tests that start real processes on databases of their own."""

import os
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tools.databases import copy_of_ready
from tools.environment import LOCAL, ROOT, TEST_CONF


@dataclass(frozen=True)
class OdooEnvironment:
    """The paths with which a test starts Odoo, or a program of ours, as a process."""

    root: Path = ROOT
    conf: Path = TEST_CONF
    local: Path = LOCAL
    environ: dict = field(
        default_factory=lambda: {**os.environ, "ODOO_RC": str(TEST_CONF)}
    )

    def popen(self, *args, env=None, **kwargs):
        """Start ``odoo ARGS...``, with more environment variables when given."""
        return subprocess.Popen(
            ["odoo", *args],
            cwd=self.root,
            env={**self.environ, **(env or {})},
            stdin=kwargs.pop("stdin", subprocess.DEVNULL),
            **kwargs,
        )

    @staticmethod
    def free_port():
        """Return a port of the loopback interface that nobody listens on."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]


@pytest.fixture(scope="session")
def odoo_env():
    return OdooEnvironment()


@pytest.fixture
def fresh_database():
    """The name of a copy of the prepared database, dropped after the test."""
    with copy_of_ready() as name:
        yield name
