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
        self.process = self._launch({**os.environ, "PYTHONPATH": path})
        try:
            self.url = self._wait_until_ready()
        except BaseException:
            self.kill()
            raise
        self.admin = AdminClient(self.url)

    def _launch(self, environ: dict[str, str]) -> subprocess.Popen:
        return subprocess.Popen(
            self._command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )

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


class DetachedSimulator(SimulatorProcess):
    """A simulator that is no child of this process, and still ends with it.

    Odoo ends every child process it finds after a test class. A simulator that several
    classes share must not be one; it ends when the pipe to its standard input closes,
    which also happens when this process is killed.
    """

    # The shell leaves at once, and the simulator to whoever adopts orphans. A command
    # in the background reads from /dev/null unless its input is named.
    _ADOPTED = 'exec 3<&0; "$@" --until-input-ends <&3 3<&- &'

    def _launch(self, environ: dict[str, str]) -> subprocess.Popen:
        shell = subprocess.Popen(
            ["sh", "-c", self._ADOPTED, "sh", *self._command],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        shell.wait()
        return shell

    @property
    def is_alive(self) -> bool:
        """Whether it answers."""
        try:
            return bool(self.admin and self.admin.health())
        except OSError:
            return False

    def stop(self) -> None:
        """Let it end; does nothing when it has ended."""
        self._close()

    kill = stop

    def _close(self) -> None:
        if self.process:
            self.process.stdin.close()
        super()._close()
