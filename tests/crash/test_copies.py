"""A copy of the database charges nothing and asks nobody, however it was made."""

import contextlib
import subprocess

import pytest

from tests.crash.cluster import PrivateCluster
from tests.crash.world import World
from tools.databases import CRASH_PREFIX
from tools.postgres import drop_database


@contextlib.contextmanager
def copied_by_createdb(database, name):
    subprocess.run(["createdb", "-T", database, name], check=True)
    yield {}


@contextlib.contextmanager
def copied_by_dump(database, name):
    subprocess.run(["createdb", "-T", "template0", name], check=True)
    dump = subprocess.Popen(["pg_dump", database], stdout=subprocess.PIPE)
    quiet = ["-q", "-o", "/dev/null", "-d", name]
    subprocess.run(["psql", *quiet], stdin=dump.stdout, check=True)
    assert dump.wait() == 0
    yield {}


@contextlib.contextmanager
def restored_elsewhere(database, name):
    cluster = PrivateCluster()
    with cluster.running(database):
        yield cluster.server


@contextlib.contextmanager
def copied_with_its_cluster(database, name):
    cluster = PrivateCluster()
    with cluster.running_backup():
        yield cluster.server


WAYS = [
    copied_by_createdb,
    pytest.param(copied_by_dump, marks=pytest.mark.full),
    restored_elsewhere,
    pytest.param(copied_with_its_cluster, marks=pytest.mark.full),
]
# These keep the name that the database had.
SAME_NAME = (restored_elsewhere, copied_with_its_cluster)


class Copy(World):
    """A database that was copied, and is not told that it is one."""

    def __init__(self, original, database, server):
        self.database, self.server, self.uuid = database, server, original.uuid
        self.simulator, self.admin = original.simulator, original.admin
        self.processes, self.bystanders = original.processes, []

    def run_jobs(self):
        """Run each scheduled action once, with all that waits due."""
        self.let_time_pass()
        for job in ("charge", "resolve"):
            self.run_job(job)


@contextlib.contextmanager
def new_copy(world, way):
    """Give a copy of the world's database that was made in a way."""
    name = world.database
    if way not in SAME_NAME:
        name = f"{CRASH_PREFIX}{world.database.removeprefix(CRASH_PREFIX)}_copy"
    try:
        with way(world.database, name) as server:
            yield Copy(world, name, server)
    finally:
        if name != world.database:
            drop_database(name)


@pytest.fixture
def home(world):
    """A database that charges: a debit is under way, other invoices are due."""
    world.make_due("debit-1")
    with world.start() as process:
        process.call("act", deed="switch_on_again")
        process.call("run_job", name="charge")
    world.wait_until_disconnected()
    world.make_due("card-1", "card-2")
    return world


@pytest.mark.parametrize("way", WAYS)
def test_copy_leaves_all_to_the_database_that_charges(home, way):
    with new_copy(home, way) as copy:
        before = home.read_ledger()
        home.admin.clear_requests()
        copy.run_jobs()
        assert home.admin.requests() == []
        assert home.read_ledger() == before
        # Nothing is wrong with the other one.
        home.settle_debits()
        home.let_time_pass()
        home.run_job("charge")
        home.run_job("resolve")
    assert get_statuses(home) == {"card-1": "success", "card-2": "success"} | DEBIT


@pytest.mark.parametrize("way", WAYS)
def test_copy_takes_over_once_somebody_has_said_so(home, way):
    with new_copy(home, way) as copy:
        copy.run_jobs()
        home.settle_debits()
        with copy.start() as process:
            process.call("act", deed="adopt")
        copy.wait_until_disconnected()
        copy.run_jobs()
        assert get_statuses(copy) == {"card-1": "success", "card-2": "success"} | DEBIT


def test_person_in_charge_is_told_once(home):
    with new_copy(home, copied_by_createdb) as copy:
        for _round in range(2):
            copy.run_jobs()
        alarms = copy.sql(
            "SELECT note FROM mail_activity WHERE summary LIKE %s",
            "Autopay does nothing in this copy%",
        )
        assert len(alarms) == 1
        assert "This Is the Real Database Now" in alarms[0]["note"]


DEBIT = {"debit-1": "success"}


def get_statuses(world):
    rows = world.sql(
        "SELECT ref, autopay_status AS status FROM account_move"
        " WHERE ref IN ('card-1', 'card-2', 'debit-1') AND move_type = 'out_invoice'"
    )
    return {row["ref"]: row["status"] for row in rows}
