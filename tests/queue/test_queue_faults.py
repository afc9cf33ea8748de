"""Faults around the queue: a provider that is overrun, and a queue without a runner."""

import pytest

from tests.crash.checker import assert_consistent
from tests.crash.test_crash_network import PREPARE
from tests.crash.world import CROWD, OUTCOMES
from tests.fault_matrix.row import fault
from tests.queue.test_channels import ALL, AT_ONCE, FIRST, LATER

# Requests in a second, few enough to see that they become half as many.
LIMIT = 30
SET_LIMIT = """
    UPDATE payment_provider SET autopay_requests_per_second = %s
     WHERE code = 'stripe'
"""
# The requests that are refused, far enough from each other to be of several jobs.
REFUSED = (3, 15, 27, 39)
# Seconds until all know of a refusal, and have used the turns that they had.
SETTLING = 2.5
ATTEMPTS = """
    SELECT move.ref, array_agg(attempt.state) AS states
      FROM autopay_attempt_line line
      JOIN autopay_attempt attempt ON attempt.id = line.attempt_id
      JOIN account_move move ON move.id = line.move_id
     GROUP BY move.ref
"""
LONG_AGO = """
    UPDATE ir_config_parameter
       SET value = to_char(now() AT TIME ZONE 'UTC' - interval '31 minutes',
                           'YYYY-MM-DD HH24:MI:SS')
     WHERE key = 'autopay_queue_job.trouble_since'
"""
CALLS = """
    SELECT note FROM mail_activity WHERE active AND autopay_wait LIKE 'queue:%'
"""


@fault(121)
def test_too_many_requests_slow_all_workers_down_and_fail_nobody(world, servers):
    servers.start_runner()
    world.sql(SET_LIMIT, LIMIT)
    world.make_due(*ALL)
    for number in REFUSED:
        world.admin.add_fault("rate_limit_429", nth=number, **PREPARE)
    world.admin.clear_requests()
    servers.wait_for_jobs()
    servers.stop()

    sent = [row for row in world.admin.requests() if row["method"] == "POST"]
    last = max(row["at"] for row in sent if row["status"] == 429)
    later = [row["at"] for row in sent if row["at"] > last + SETTLING]
    assert world.sql(AT_ONCE)[0]["most"] >= 2
    assert len(later) >= LIMIT // 2
    assert count_most_in_a_second(later) <= LIMIT // 2
    states = {row["ref"]: row["states"] for row in world.sql(ATTEMPTS)}
    assert {ref: states[ref] for ref in CROWD} == dict.fromkeys(CROWD, ["succeeded"])
    assert_consistent(world.converge(), ALL)


@pytest.mark.full
@fault(122)
def test_without_a_runner_a_person_is_called_until_one_is_back(world, servers):
    servers.start_without_runner()
    world.make_due(*FIRST, *OUTCOMES)
    servers.wake_until(lambda: has_charged(world, FIRST), "nothing was charged")
    servers.stop()
    assert not servers.has_batches()
    assert not world.sql(CALLS)

    world.sql(LONG_AGO)
    servers.start_without_runner()
    servers.wake_until(lambda: world.sql(CALLS), "nobody was called")
    assert "No job runner is at work" in world.sql(CALLS)[0]["note"]
    servers.stop()

    servers.start_runner()
    world.make_due(*LATER)
    servers.wait_for_jobs()
    servers.wake_until(lambda: not world.sql(CALLS), "the call stays open")
    servers.stop()
    assert_consistent(world.converge(), ALL)


def has_charged(world, refs):
    """Return whether invoices are paid."""
    paid = world.sql(
        "SELECT count(*) AS count FROM account_move"
        " WHERE ref = ANY(%s) AND autopay_status = 'success'",
        list(refs),
    )
    return paid[0]["count"] == len(refs)


def count_most_in_a_second(moments):
    """Return how many of these moments are within one second, at most.

    :param moments: seconds since 1970
    """
    return max(sum(at <= each < at + 1 for each in moments) for at in moments)
