"""Serves the web client of the demonstration until somebody ends it."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

from tools.demo.options import SERVER_PORT
from tools.demo.session import DEMO_CONF, log_file

HOST = "127.0.0.1"
START_TIMEOUT = 120  # seconds
STOP_TIMEOUT = 15  # seconds
TAIL = 15  # lines of the log that are shown when the server does not start


class ServerError(Exception):
    """The server cannot be had; the text says why."""


def check_port(port):
    """Raise ``ServerError`` when somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ServerError(_get_port_sentence(port, error)) from None


def _get_port_sentence(port, error):
    if isinstance(error, PermissionError):
        return f"Port {port} needs an administrator: choose another with --port."
    other = SERVER_PORT + 1 if port == SERVER_PORT else SERVER_PORT
    return (
        f"Port {port} is taken by another program: end that, or choose another port, "
        f"such as bin/demo --port {other}."
    )


class DemoServer:
    """Odoo with its scheduled actions, from ``with`` to the end of its block."""

    def __init__(self, database, port):
        self.url = f"http://localhost:{port}"
        self._port = port
        self._log = log_file(database)
        self._command = ["odoo", "-c", str(DEMO_CONF), "-d", database]
        self._command += [f"--db-filter=^{database}$", "--no-database-list"]
        self._command += [f"--http-interface={HOST}", f"--http-port={port}"]
        self._command += [f"--logfile={self._log}"]

    def __enter__(self):
        check_port(self._port)
        self._process = subprocess.Popen(
            self._command,
            env={**os.environ, "ODOO_RC": str(DEMO_CONF)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_exception):
        self._stop()

    def wait(self):
        """Wait until the server ends, which it does not by itself."""
        self._process.wait()
        raise ServerError(f"The server has ended: {self._get_last_words()}")

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_TIMEOUT
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"Odoo did not start: {self._get_last_words()}")
            time.sleep(0.3)

    def _answers(self):
        # A proxy of the environment must not come between two local processes.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://{HOST}:{self._port}/web/health", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _get_last_words(self):
        lines = self._log.read_text(errors="replace").splitlines()[-TAIL:]
        return "\n".join([f"see {self._log}, which ends with", *lines])

    def _stop(self):
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
