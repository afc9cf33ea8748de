"""Processes of Odoo under test, seen from the tests."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time

from tools.environment import ROOT, TEST_CONF

START_TIMEOUT = 300  # seconds; Odoo takes 4 on an idle machine
ANSWER_TIMEOUT = 120


class ProcessDiedError(Exception):
    """The process was gone before it answered."""


class CommandError(Exception):
    """A command raised in the process; the text is its traceback."""


class OdooProcesses:
    """Makes processes of Odoo for copies of one database; see the driver."""

    def __init__(self, database, folder):
        self._address = str(folder / "odoo.sock")
        self.log = folder / "odoo.log"
        command = [sys.executable, "-m", "tests.crash.driver", database, self._address]
        with open(self.log, "wb") as log:
            self._loader = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "ODOO_RC": str(TEST_CONF)},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        self._wait_until_ready()

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_TIMEOUT
        while not os.path.exists(self._address):
            if self._loader.poll() is not None or time.monotonic() > deadline:
                raise ProcessDiedError(self.log.read_text())
            time.sleep(0.1)

    @contextlib.contextmanager
    def start(self, database, api_base, server=None):
        """Give a new process that works on that database.

        :param server: host and port of another PostgreSQL than the project's
        """
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self._address)
            connection.settimeout(ANSWER_TIMEOUT)
            process = OdooProcess(connection)
            process.pid = process.call(
                "open", database=database, api_base=api_base, server=server or {}
            )
            try:
                yield process
            finally:
                process.kill()

    def stop(self):
        """End everything in good order."""
        self._loader.stdin.close()
        self._loader.wait()


class OdooProcess:
    """One process of Odoo. Its commands are the methods of ``commands.Commands``."""

    def __init__(self, connection):
        self._connection = connection
        self._stream = connection.makefile("rw")
        self.pid = None

    def be_patient(self, seconds):
        """Wait so long for each answer from now on."""
        self._connection.settimeout(seconds)

    def call(self, verb, **values):
        """Have a command done and return its result.

        :raises ProcessDiedError: when the process is gone before it answers
        :raises CommandError: when the command raised
        """
        self.begin(verb, **values)
        return self.end()

    def begin(self, verb, **values):
        """Have a command done and do not wait for it."""
        self._stream.write(json.dumps([verb, values]) + "\n")
        self._stream.flush()

    def end(self):
        """Wait for the command that was begun and return its result."""
        try:
            line = self._stream.readline()
        except ConnectionResetError:
            line = ""
        if not line:
            raise ProcessDiedError(f"The process {self.pid} is gone.")
        answer = json.loads(line)
        if "error" in answer:
            raise CommandError(answer["error"])
        return answer["result"]

    def kill(self):
        """Send SIGKILL; nothing happens when the process is gone already."""
        if self.is_alive():
            os.kill(self.pid, signal.SIGKILL)

    def is_alive(self):
        """Return whether the process still holds its end of the connection."""
        if not select.select([self._connection], [], [], 0)[0]:
            return True
        try:
            return self._connection.recv(1, socket.MSG_PEEK) != b""
        except ConnectionResetError:
            return False
