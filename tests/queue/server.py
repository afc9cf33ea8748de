"""Servers of Odoo with the real job runner, which asks for jobs over HTTP."""

from tests.crash.world import wait_for
from tests.faults.server import READY_SECONDS, Servers

CHANNELS = 4
OPEN_BATCHES = """
    SELECT count(*) AS count FROM autopay_queue_batch
     WHERE state IN ('waiting', 'begun')
"""


class QueueServers(Servers):
    """Servers of which one has the runner; when it dies, another's takes over."""

    def start(self, *options, env=None):
        """Start a server; return the path of its log."""
        channels = f"root:{CHANNELS},root.autopay:{CHANNELS}"
        return super().start(
            "--load=base,web,queue_job",
            *(options or ("--workers=0",)),
            env={"ODOO_QUEUE_JOB_CHANNELS": channels, **(env or {})},
        )

    def start_without_runner(self):
        """Start a server that makes jobs and has nobody run them."""
        return super().start("--workers=0")

    def start_runner(self, *options):
        """Start a server, and wait until it runs jobs; return the path of its log."""
        log = self.start(*options)
        wait_for(
            lambda: "queue job runner ready" in log.read_text(),
            "there is no job runner",
            READY_SECONDS,
        )
        return log

    def wait_for_jobs(self, seconds=READY_SECONDS):
        """Wake the scheduler until there were jobs, and wait for their end."""
        self.wake_until(self.has_batches, "nothing was handed over", seconds)
        self.wait_until_done(seconds)

    def wait_until_done(self, seconds=READY_SECONDS):
        """Wait until no job has anything in hand."""
        wait_for(lambda: not self.has_open_batches(), "jobs do not end", seconds)

    def has_open_batches(self):
        """Return whether jobs have, or will have, anything in hand."""
        return bool(self._world.sql(OPEN_BATCHES)[0]["count"])

    def has_batches(self):
        """Return whether anything was handed to jobs yet."""
        return bool(self._world.sql("SELECT id FROM autopay_queue_batch LIMIT 1"))
