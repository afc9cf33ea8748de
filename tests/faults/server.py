"""Whole servers of Odoo with a scheduler that runs one job, as in production."""

import contextlib
import itertools
import os
import signal

import psycopg2

from tests.crash.world import wait_for

READY_SECONDS = 120
ONLY_JOB = """
    UPDATE ir_cron SET active = id = (
           SELECT res_id FROM ir_model_data
            WHERE module = 'autopay' AND name = 'ir_cron_charge_due_invoices')
"""
# A job that is running holds its row: waiting for it would be waiting for its end.
DUE_NOW = """
    UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC'
     WHERE id IN (SELECT id FROM ir_cron WHERE active
                     FOR NO KEY UPDATE SKIP LOCKED)
"""


class Servers:
    """Starts servers on a world's database and wakes their schedulers."""

    def __init__(self, world, odoo_env, folder):
        self._world = world
        self._env = odoo_env
        self._folder = folder
        self._numbers = itertools.count(1)
        self._started = []
        world.sql(ONLY_JOB)

    def start(self, *options, env=None):
        """Start a server that is ready to run jobs; return the path of its log.

        :param dict env: more environment variables
        """
        log = self._folder / f"server-{next(self._numbers)}.log"
        with open(log, "wb") as stream:
            process = self._env.popen(
                *("-c", str(self._env.conf), "-d", self._world.database),
                *("--http-port", str(self._env.free_port())),
                *("--gevent-port", str(self._env.free_port())),
                *("--max-cron-threads=1", "--log-level=info", *options),
                env={
                    "AUTOPAY_STRIPE_API_BASE": self._world.simulator.url,
                    **(env or {}),
                },
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        self._started.append(process)
        wait_for(
            lambda: "Registry loaded" in log.read_text(),
            "the server is not ready",
            READY_SECONDS,
        )
        return log

    def wake(self):
        """Make the job due and tell the servers, as Odoo does for urgent jobs."""
        self._world.sql(DUE_NOW)
        with (
            contextlib.closing(psycopg2.connect(dbname="postgres")) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "SELECT pg_notify('cron_trigger', %s)", [self._world.database]
            )

    def wake_until(self, condition, failure, seconds=READY_SECONDS):
        """Wake the servers again and again until a condition holds."""

        def woken():
            if condition():
                return True
            self.wake()
            return False

        wait_for(woken, failure, seconds)

    def kill(self, number=0):
        """Kill one server with all its workers, by default the oldest."""
        process = self._started.pop(number)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self):
        """Kill the servers with all their workers."""
        while self._started:
            self.kill()
        self._world.wait_until_disconnected()
