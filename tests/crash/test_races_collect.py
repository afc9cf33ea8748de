"""Invoices collected since something was done: asked twice at once, killed between."""

import pytest

from tests.crash.processes import ProcessDiedError
from tests.crash.world import at, wait_for

REF = "draft-1"
ASKED = {"deed": "collect", "ref": REF, "source": "task:7:stage:3"}
KILLED = [pytest.param("kill_before", marks=pytest.mark.full), "kill_after"]


@pytest.fixture
def drafted(world):
    """Give a world with one draft, of which nobody else's invoice is due."""
    with world.start() as process:
        process.call("act", deed="make_draft", customer="card", ref=REF, amount=30)
    return world


def test_same_asked_for_twice_at_once_is_posted_and_charged_once(drafted, tmp_path):
    started, until = tmp_path / "started", tmp_path / "until"
    with drafted.start() as one, drafted.start() as other:
        waits = {"started": str(started), "until": str(until)}
        point = at("autopay.collect.source", "_note", "wait_after", **waits)
        one.call("interfere", **point)
        one.begin("act", **ASKED)
        wait_for(started.exists, "the first did not begin")
        # The work of the first is not committed yet.
        [told] = other.call("act", **ASKED)
        until.touch()
        assert one.end() == []
        assert other.call("act", **ASKED) == []
    assert "working on the invoice at this moment" in told
    _assert_collected_once(drafted)


def test_process_that_dies_while_it_collects_leaves_a_draft(drafted):
    point = at("autopay.collect.source", "_note", "kill_after")
    with pytest.raises(ProcessDiedError):
        _collect(drafted, point)
    drafted.wait_until_disconnected()
    [draft] = drafted.sql("SELECT state FROM account_move WHERE ref = %s", REF)
    assert draft["state"] == "draft"
    assert _collect(drafted) == []
    _assert_collected_once(drafted)


@pytest.mark.parametrize("point", KILLED)
def test_what_follows_a_payment_is_done_after_a_kill(drafted, point):
    _collect(drafted)
    drafted.crash("charge", at("autopay.collect.source", "_close", point))
    [row] = _read_rows(drafted)
    assert (row["state"], row["payment_state"]) == ("waiting", "paid")
    drafted.run_job("resolve")
    _assert_collected_once(drafted)


def _collect(world, *interferences):
    with world.start() as process:
        for interference in interferences:
            process.call("interfere", **interference)
        return process.call("act", **ASKED)


def _read_rows(world):
    return world.sql(
        "SELECT source.state, move.payment_state"
        "  FROM autopay_collect_source source"
        "  JOIN account_move move ON move.id = source.move_id"
    )


def _assert_collected_once(world):
    world.run_job("charge")
    world.run_job("charge")
    [row] = _read_rows(world)
    assert (row["state"], row["payment_state"]) == ("collected", "paid")
    assert len(world.read_ledger()) == 1
