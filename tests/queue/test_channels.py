"""Four jobs at once, on two servers of one database: every invoice is charged once."""

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.test_crash_network import CHARGE, count_hits
from tests.crash.world import CROWD, OUTCOMES, wait_for
from tests.fault_matrix.row import fault
from tests.faults.test_scheduler import JOB_LOCK, read_runs

ALL = {**dict.fromkeys(CROWD, "success"), **OUTCOMES}
FIRST, LATER = CROWD[::2], CROWD[1::2]
# Seconds that an answer takes which a killed process will never read.
FOREVER = 30
LIMIT = 8
# As people requeue jobs, whatever became of them.
REQUEUE = """
    UPDATE queue_job SET state = 'pending', date_enqueued = NULL, date_started = NULL,
           date_done = NULL, retry = 0
     WHERE state = 'done'
"""
AT_ONCE = """
    SELECT max(others) AS most FROM (
        SELECT (SELECT count(*) FROM autopay_queue_batch other
                 WHERE other.start_date <= batch.start_date
                   AND other.end_date >= batch.start_date) AS others
          FROM autopay_queue_batch batch) batches
"""


@fault(9)
@fault(72)
def test_jobs_repeated_and_a_server_killed_charge_each_invoice_once(world, servers):
    servers.start_runner()
    other = servers.start()
    world.make_due(*FIRST, *OUTCOMES)
    world.admin.set_latency(0.2)
    servers.wait_for_jobs()
    assert world.sql(AT_ONCE)[0]["most"] >= 2
    before = world.read_ledger()
    world.sql(REQUEUE)
    wait_until_jobs_are(world, "done")
    assert world.read_ledger() == before
    world.admin.set_latency(0)

    world.make_due(*LATER)
    fault = world.admin.add_fault("delay_after", times=20, seconds=FOREVER, **CHARGE)
    servers.wake_until(lambda: count_hits(world, fault) > 1, "no charge arrived")
    servers.kill()
    world.admin.clear_faults()
    wait_for(lambda: "runner ready" in other.read_text(), "no other runner", 60)
    # An invoice in whose charge a second process dies would wait for a person.
    servers.wake_until(lambda: is_at_rest(world, servers), "nobody goes on", 120)
    servers.stop()

    assert_consistent(world.converge(), ALL)


@pytest.mark.full
@fault(44)
def test_jobs_killed_at_the_limit_of_requests_charge_once(world, servers):
    options = ("--workers=4", f"--limit-time-real={LIMIT}")
    log = servers.start_runner(*options)
    world.make_due(*ALL)
    fault = world.admin.add_fault("delay_after", times=12, seconds=FOREVER, **CHARGE)
    servers.wake_until(lambda: count_hits(world, fault) > 1, "no charge arrived")
    wait_for(lambda: "timeout after" in log.read_text(), "the limit killed nobody", 60)
    world.admin.clear_faults()
    # Jobs that the queue runs again by itself find nothing to do.
    wait_until_jobs_are(world, "done", "failed")
    servers.stop()

    assert_consistent(world.converge(), ALL)


@pytest.mark.full
@fault(72)
def test_two_schedulers_and_a_person_beside_the_jobs_charge_once(world, servers):
    servers.start_runner()
    servers.start()
    world.admin.set_latency(0.3)
    world.make_due(*FIRST, *OUTCOMES)
    servers.wake_until(servers.has_batches, "nothing was handed over")
    world.sql(JOB_LOCK)
    world.make_due(*LATER)
    with world.start() as process:
        world.bystanders.append(process.pid)
        process.call("charge_directly")
        world.bystanders.remove(process.pid)
    servers.wake()
    servers.wait_until_done()
    wait_for(lambda: "running" not in read_runs(world), "a run does not end", 60)
    servers.stop()
    world.admin.set_latency(0)

    assert_consistent(world.converge(), ALL)


def is_at_rest(world, servers):
    """Return whether nothing is due, and no job or run has anything in hand."""
    due = world.sql("SELECT id FROM account_move WHERE autopay_status = 'eligible'")
    in_hand = servers.has_open_batches() or "running" in read_runs(world)
    return not due and not in_hand


def wait_until_jobs_are(world, *states):
    wait_for(
        lambda: (
            not world.sql(
                "SELECT id FROM queue_job WHERE state != ALL(%s) LIMIT 1", list(states)
            )
        ),
        f"jobs are not {states}",
        120,
    )
