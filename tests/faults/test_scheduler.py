"""Odoo's own scheduler, with its limits, its lock and its moods."""

import time

from tests.crash.checker import assert_consistent
from tests.crash.test_crash_network import CHARGE, count_hits
from tests.crash.world import CROWD, OUTCOMES, wait_for
from tests.fault_matrix.row import fault

# Seconds that a worker may spend on jobs, and that an answer takes.
LIMIT = 8
FOREVER = 20
# Invoices that fall due while the first server is charging.
LATER = CROWD[:5]
JOB_LOCK = """
    SELECT pg_terminate_backend(activity.pid)
      FROM pg_locks JOIN pg_stat_activity activity USING (pid)
     WHERE locktype = 'relation' AND relation = 'ir_cron'::regclass
       AND mode = 'RowShareLock' AND activity.state = 'idle in transaction'
       AND datname = current_database()
"""


@fault(44)
def test_worker_killed_at_its_time_limit_while_charging_charges_once(world, servers):
    world.make_due()
    fault = world.admin.add_fault("delay_after", times=5, seconds=FOREVER, **CHARGE)
    log = servers.start("--workers=1", f"--limit-time-real-cron={LIMIT}")
    servers.wake_until(lambda: count_hits(world, fault) == 1, "no charge arrived")

    wait_for(lambda: "timeout after" in log.read_text(), "the limit killed nobody")
    servers.stop()
    world.admin.clear_faults()

    assert_consistent(world.converge(), OUTCOMES)


@fault(72)
def test_two_servers_charge_once_when_the_lock_of_the_job_is_lost(world, servers):
    fault = world.admin.add_fault("delay_after", times=5, seconds=5, **CHARGE)
    for _server in range(2):
        servers.start("--workers=0")
    # A scheduler looks by itself as well: nothing is due before both servers are there.
    world.make_due()
    servers.wake_until(lambda: count_hits(world, fault), "no charge arrived")

    lost = world.sql(JOB_LOCK)
    world.make_due(*LATER)
    servers.wake_until(lambda: len(read_runs(world)) > 1, "the job ran only once", 60)
    wait_for(lambda: "running" not in read_runs(world), "a run does not end", 60)
    servers.stop()

    assert lost
    wanted = {**OUTCOMES, **dict.fromkeys(LATER, "success")}
    assert_consistent(world.converge(), wanted)


@fault(77)
def test_nothing_is_charged_while_a_module_is_being_upgraded(world, servers):
    world.make_due()
    log = servers.start("--workers=0")
    world.sql("UPDATE ir_module_module SET state = 'to upgrade' WHERE name = 'autopay'")
    servers.wake_until(
        lambda: "because of modules to install" in log.read_text(), "nobody looked"
    )
    time.sleep(1)

    assert not world.read_state().attempts
    world.sql("UPDATE ir_module_module SET state = 'installed' WHERE name = 'autopay'")
    servers.wake_until(lambda: "done" in read_runs(world), "nothing was charged")
    servers.stop()
    assert_consistent(world.converge(), OUTCOMES)


def read_runs(world):
    return [row["state"] for row in world.sql("SELECT state FROM autopay_run")]
