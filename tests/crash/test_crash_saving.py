"""kill -9 while a method is saved: no method twice, and no consent without one."""

from pathlib import Path

import pytest

from tests.crash.processes import ProcessDiedError
from tests.crash.world import at, wait_for
from tests.fault_matrix.row import fault

CUSTOMER = "saver"
OPENING_POINTS = {
    "wish not committed": ("autopay.setup.opener", "_insert", "kill_after"),
    "nothing asked": ("autopay.setup.opener", "_send", "kill_before"),
    "customer not kept": ("autopay.setup.opener", "_set_customer", "kill_before"),
    "customer not committed": ("autopay.setup.opener", "_set_customer", "kill_after"),
    "page not asked": ("autopay.setup.opener", "_ask_page", "kill_before"),
    "page not kept": ("autopay.setup.opener", "_take_page", "kill_before"),
    "page not committed": ("autopay.setup.opener", "_take_page", "kill_after"),
}
FINISHING_POINTS = {
    "answer not recorded": ("autopay.setup.reader", "_record", "kill_before"),
    "method not committed": ("autopay.setup.keeper", "_make_token", "kill_after"),
    "consent not committed": ("autopay.setup.keeper", "_record_consent", "kill_after"),
    "purpose not committed": ("autopay.setup.keeper", "_apply_purpose", "kill_after"),
    "visit not committed": ("autopay.setup.keeper", "_keep", "kill_after"),
    "copy not made": ("autopay.setup.keeper", "_send_copy", "kill_before"),
    "copy not committed": ("autopay.setup.keeper", "_send_copy", "kill_after"),
}


def _with_some_every_day(points):
    """Return the points as cases: every other one is run with the long tests only."""
    return [
        pytest.param(point, marks=() if number % 2 == 0 else pytest.mark.full)
        for number, point in enumerate(points)
    ]


@fault(105)
@pytest.mark.parametrize("point", _with_some_every_day(OPENING_POINTS))
def test_page_is_made_once_after_a_kill_at(world, point):
    with pytest.raises(ProcessDiedError):
        _open(world, at(*OPENING_POINTS[point]))
    world.wait_until_disconnected()

    world.admin.visit(_open(world), "card")

    _resolve(world)
    _assert_saved_once(world)
    assert len(_read_ours(world, world.stripe.v1.customers)) == 1
    assert len(_read_ours(world, world.stripe.v1.checkout.sessions)) == 1


@fault(106)
@pytest.mark.parametrize("point", _with_some_every_day(FINISHING_POINTS))
def test_method_is_saved_once_after_a_kill_at(world, point):
    world.admin.visit(_open(world), "card")
    world.let_time_pass()
    world.crash("resolve", at(*FINISHING_POINTS[point]))

    _resolve(world)

    _assert_saved_once(world)


@fault(107)
@pytest.mark.parametrize("kind", ["wait_before", "wait_after"])
def test_method_is_saved_once_by_two_at_once(world, tmp_path, kind):
    """The scheduled action has the answer, and the page of return is as far."""
    world.admin.visit(_open(world), "card")
    world.let_time_pass()
    started, until = str(tmp_path / "started"), str(tmp_path / "until")
    files = {"started": started, "until": until}
    with world.start() as job, world.start() as page:
        job.call("interfere", **at("autopay.setup.reader", "_record", kind, **files))
        job.begin("run_job", name="resolve")
        wait_for(Path(started).exists, "the scheduled action has no answer")
        page.call("act", deed="check_visits")
        Path(until).touch()
        job.end()
    _resolve(world)
    _assert_saved_once(world)


def _open(world, *interferences):
    """Press the button in a new process; return the page's address."""
    with world.start() as process:
        for interference in interferences:
            process.call("interfere", **interference)
        return process.call("act", deed="open_page", customer=CUSTOMER)


def _resolve(world):
    """Let time pass and run the scheduled action, twice: nothing is done again."""
    for _time in range(2):
        world.let_time_pass()
        world.run_job("resolve")


def _assert_saved_once(world):
    saved = world.sql(
        """SELECT setup.state, setup.token_id, consent.token_id AS agreed,
                  token.active, tx.state AS tx_state,
                  payer.autopay_token_id ->> setup.company_id::text AS chosen
             FROM autopay_method_setup setup
             JOIN res_partner payer ON payer.id = setup.partner_id
             JOIN payment_transaction tx ON tx.id = setup.transaction_id
        LEFT JOIN payment_token token ON token.id = setup.token_id
        LEFT JOIN autopay_authorization consent
               ON consent.id = setup.authorization_id"""
    )
    [row] = saved
    assert (row["state"], row["tx_state"], row["active"]) == ("done", "done", True)
    assert row["agreed"] == row["token_id"] == int(row["chosen"])
    for table in ("payment_token", "autopay_authorization"):
        rows = world.sql(
            f"SELECT own.id FROM {table} own JOIN res_partner payer"
            " ON payer.id = own.partner_id WHERE payer.name = %s",
            CUSTOMER,
        )
        assert len(rows) == 1, table
    copies = world.sql("SELECT id FROM autopay_notice WHERE kind = 'consent'")
    assert len(copies) == 1


def _read_ours(world, resource):
    """Return the provider's objects of a kind that were made for this database."""
    rows = resource.list({"limit": 100}).auto_paging_iter()
    ours = [row.to_dict() for row in rows]
    return [
        row for row in ours if row["metadata"].get("autopay_database") == world.uuid
    ]
