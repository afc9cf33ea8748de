"""A process that hands due invoices to jobs which nobody begins, and measures itself.

One result for each size goes out as a line of JSON.
"""

import json
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import psycopg2

from benchmarks.odoo_session import odoo_environment
from benchmarks.ways import AutopayWay
from benchmarks.worker_process import get_peak, reset_peak
from tools.environment import ROOT

WARM_UP = 200


def measure_handovers(database, url, sizes):
    """Measure one hand-over after the other in a process of its own.

    :return: [{"invoices", "seconds", "jobs", "peak" in bytes}]
    """
    words = [str(size) for size in sizes]
    command = [sys.executable, "-m", __name__, database, url, *words]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.splitlines()]


def hand_over(env, way, size):
    """Make so many invoices due and run the scheduled action over them."""
    way.make_due(_get_ids(env, size))
    reset_peak()
    start = time.perf_counter()
    way.charge(())
    seconds = time.perf_counter() - start
    found = {"invoices": size, "seconds": seconds, "peak": get_peak()}
    found["jobs"] = _count_and_forget(env, size)
    return found


def _get_ids(env, size):
    env.cr.execute(
        "SELECT id FROM account_move WHERE move_type = 'out_invoice' AND state ="
        " 'posted' ORDER BY id LIMIT %s",
        [size],
    )
    return [move_id for (move_id,) in env.cr.fetchall()]


def _count_and_forget(env, size):
    """Return the number of jobs; nothing is due or handed over afterwards.

    :raises RuntimeError: when not all invoices were handed over
    """
    env.cr.execute("SELECT count(*), sum(invoice_count) FROM autopay_queue_batch")
    jobs, invoices = env.cr.fetchone()
    if invoices != size:
        raise RuntimeError(f"{invoices} of {size} invoices were handed over.")
    env.cr.execute("DELETE FROM queue_job")
    env.cr.execute("DELETE FROM autopay_queue_batch")
    env.cr.execute("UPDATE account_move SET autopay_status = NULL")
    env.cr.commit()
    env.invalidate_all()
    return jobs


@contextmanager
def idle_runner(database):
    """Hold the lock by which a job runner is known, for a block."""
    from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID

    with closing(psycopg2.connect(dbname=database)) as connection:
        connection.cursor().execute(
            "SELECT pg_advisory_lock(%s)", [PG_ADVISORY_LOCK_ID]
        )
        yield


def main(database, url, *sizes):
    with odoo_environment(database) as env, idle_runner(database):
        way = AutopayWay(env, url)
        for size in (WARM_UP, *map(int, sizes)):
            found = hand_over(env, way, size)
            if size != WARM_UP:
                print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
