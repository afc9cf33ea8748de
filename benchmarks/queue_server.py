"""A server of Odoo with queue_job's runner, and a worker for each channel."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tools.environment import ROOT, TEST_CONF

READY_SECONDS = 300


class QueueServer:
    """The server, for a block; killed with its workers at the end."""

    def __init__(self, database, url, channels):
        self._log = Path(tempfile.mkdtemp(prefix="autopay_bench_")) / "server.log"
        command = ["odoo", "-c", str(TEST_CONF), "-d", database]
        command += ["--load=base,web,queue_job", f"--workers={channels}"]
        command += ["--max-cron-threads=0", "--log-level=info", "--limit-time-cpu=600"]
        command += ["--http-port", str(_free_port())]
        command += ["--gevent-port", str(_free_port())]
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={
                    **os.environ,
                    "AUTOPAY_STRIPE_API_BASE": url,
                    "ODOO_QUEUE_JOB_CHANNELS": f"root:{channels},"
                    f"root.autopay:{channels}",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def __enter__(self):
        deadline = time.monotonic() + READY_SECONDS
        while "queue job runner ready" not in self._log.read_text(encoding="utf-8"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self._log.read_text(encoding="utf-8"))
            time.sleep(0.2)
        return self

    def __exit__(self, *_exception):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
