"""The database is slow, busy, full of work, or says no."""

import contextlib
from collections import Counter

import psycopg2
import pytest

from benchmarks.invoice_copies import multiply_invoices
from tests.crash.checker import assert_consistent
from tests.crash.processes import CommandError
from tests.crash.test_crash_network import CHARGE
from tests.crash.world import OUTCOMES, at, wait_for
from tests.fault_matrix.row import fault

MANY = 10_000
OLD = 50
SCHEDULER_SECONDS = 10
# A batch that was begun is finished; the machine may be busy.
SLACK_SECONDS = 30


@fault(3)
def test_statement_that_takes_too_long_charges_nothing_and_is_made_up_for(world):
    world.make_due()
    world.sql(f"ALTER DATABASE {world.database} SET statement_timeout = '2s'")
    with contextlib.closing(world.connect()) as other, world.start() as process:
        other.cursor().execute("LOCK TABLE account_move IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(CommandError, match="statement timeout"):
            process.call("run_job", name="charge")
    world.sql(f"ALTER DATABASE {world.database} RESET statement_timeout")
    world.wait_until_disconnected()

    state = world.read_state()
    assert not state.attempts
    assert not state.ledger
    assert_consistent(world.converge(), OUTCOMES)


@fault(4)
def test_invoice_that_a_user_has_in_hand_is_left_for_the_next_run(world):
    world.make_due()
    with contextlib.closing(world.connect()) as other, world.start() as process:
        other.cursor().execute(
            "SELECT FROM account_move WHERE ref = 'card-1' FOR UPDATE"
        )
        process.call("run_job", name="charge")
    world.wait_until_disconnected()

    state = world.read_state()
    assert_consistent(state, {**OUTCOMES, "card-1": "eligible"})
    assert not state.activities
    assert {row["crash_count"] for row in state.invoices} == {0}
    assert_consistent(world.converge(), OUTCOMES)


@fault(73)
def test_job_that_raises_after_charging_asks_for_each_invoice_once(world):
    world.make_due()
    for _run in range(3):
        with world.start() as process:
            for method in ("_run", "_charge_due_invoices"):
                broken = at("autopay.engine", method, "conflict_after")
                process.call("interfere", **broken)
            with pytest.raises(CommandError):
                process.call("run_job", name="charge")

    confirmed = [row for row in world.admin.requests() if is_charge(row)]
    assert len(confirmed) == len(OUTCOMES)
    assert_consistent(world.converge(), OUTCOMES)


def is_charge(request):
    return request["method"] == CHARGE["method"] and request["path"].endswith("confirm")


@pytest.mark.full
@fault(1)
def test_ten_thousand_due_invoices_are_taken_oldest_first_and_in_time(world):
    world.make_due("card-1")
    make_many(world)
    with world.start() as process:
        process.begin("run_job", name="charge")
        wait_for(lambda: world.sql(FIRST_RUN), "no run came to its end", 120)
        process.kill()
    world.wait_until_disconnected()

    (run,) = world.sql(FIRST_RUN)
    charged = [row["move_id"] for row in world.sql(CHARGED, run["id"])]
    due = [row["id"] for row in world.sql(DUE)]
    assert run["seconds"] <= SCHEDULER_SECONDS + SLACK_SECONDS
    assert run["resume_ids"] == due[len(charged) : len(charged) + 100]
    assert charged == due[: len(charged)]
    assert OLD < len(charged) < MANY
    tags = Counter(entry["metadata"]["autopay_tx"] for entry in world.read_ledger())
    assert set(tags.values()) == {1}


FIRST_RUN = """
    SELECT id, extract(epoch FROM date_end - date_start) AS seconds, resume_ids
      FROM autopay_run WHERE state = 'done' ORDER BY id LIMIT 1
"""
CHARGED = """
    SELECT line.move_id FROM autopay_attempt_line line
      JOIN autopay_attempt attempt ON attempt.id = line.attempt_id
      JOIN account_move move ON move.id = line.move_id
     WHERE attempt.run_id = %s ORDER BY move.autopay_date, move.id
"""
DUE = """
    SELECT id FROM account_move
     WHERE autopay_date IS NOT NULL AND ref = 'card-1' ORDER BY autopay_date, id
"""


def make_many(world):
    """Copy an invoice ten thousand times; the last copies have waited longest."""
    (origin,) = world.sql("SELECT id FROM account_move WHERE ref = 'card-1'")
    with (
        contextlib.closing(psycopg2.connect(dbname=world.database)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        multiply_invoices(cursor, [origin["id"]], MANY)
    world.sql(
        "UPDATE account_move SET autopay_date = autopay_date - 5 WHERE id IN ("
        " SELECT id FROM account_move WHERE ref = 'card-1' ORDER BY id DESC LIMIT %s)",
        OLD,
    )
