"""The same worlds as for the crash tests."""

from tests.crash.conftest import processes, simulator, world

__all__ = ["processes", "simulator", "world"]
