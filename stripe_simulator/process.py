"""Starts and stops a simulator, for tests, the demonstration and benchmarks."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from pathlib import Path

from .admin_client import AdminClient

READY = b"stripe_simulator listening on "
START_TIMEOUT = 30
STOP_TIMEOUT = 5
_ROOT = Path(__file__).resolve().parent.parent


class SimulatorProcess:
    """A simulator in a process of its own, from ``with`` to the end of its block.

    ``python`` is the interpreter that has aiohttp and the SDK; this one by default.
    """

    def __init__(
        self,
        port: int = 0,
        ledger: str | os.PathLike | None = None,
        python: str | None = None,
    ):
        self._command = [python or sys.executable, "-m", "stripe_simulator"]
        self._command += ["--port", str(port)]
        if ledger:
            self._command += ["--ledger", os.fspath(ledger)]
        self.process: subprocess.Popen | None = None
        self.url = ""
        self.admin: AdminClient | None = None

    def __enter__(self) -> SimulatorProcess:
        self.start()
        return self

    def __exit__(self, *_exception) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it listens; ``RuntimeError`` if it does not."""
        path = os.pathsep.join(filter(None, (str(_ROOT), os.getenv("PYTHONPATH"))))
        self.process = subprocess.Popen(
            self._command,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        try:
            self.url = self._wait_until_ready()
        except BaseException:
            self.kill()
            raise
        self.admin = AdminClient(self.url)

    def _wait_until_ready(self) -> str:
        deadline = time.monotonic() + START_TIMEOUT
        output = self.process.stdout
        # Unlike select(), a selector also takes files numbered above 1,024.
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            line = output.readline() if selector.select(START_TIMEOUT) else b""
        if not line.startswith(READY) or time.monotonic() > deadline:
            raise RuntimeError("stripe_simulator did not start; see its messages.")
        return line[len(READY) :].decode().strip()

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def stop(self) -> None:
        """End it in good order; does nothing when it has ended."""
        if self.process is None or self.process.poll() is not None:
            self._close()
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._close()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        if self.process and self.process.stdout:
            self.process.stdout.close()
