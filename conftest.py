"""Rules that hold for every test: a skip is a failure, long tests run on demand."""

import os
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent
# Few tests that take long: one worker would still be busy with them at the end.
LONG_FIRST = (
    "autopay/tests/ordinary/test_click_everywhere.py",
    "tests/crash",
    "tests",
    "tests/faults",
    "autopay/tests/attack/test_attack_rpc_methods.py",
    "autopay/tests/ordinary/test_every_screen.py",
)
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / ".local/hypothesis"))


def pytest_addoption(parser):
    parser.addoption(
        "--full", action="store_true", help="also run the tests marked full"
    )


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--full"):
        long = [item for item in items if item.get_closest_marker("full")]
        if long:
            config.hook.pytest_deselected(items=long)
            items[:] = [item for item in items if not item.get_closest_marker("full")]
    if hasattr(config, "workerinput"):
        _sort_by_unit(items)


def _sort_by_unit(items):
    """Put what takes longest first, and then the units with most tests."""
    units = [_get_unit(item.nodeid) for item in items]
    sizes = Counter(units)
    first = {unit: -number for number, unit in enumerate(reversed(LONG_FIRST), 1)}
    ranks = {unit: (first.get(unit, 0), -sizes[unit]) for unit in sizes}
    items.sort(key=lambda item: ranks[_get_unit(item.nodeid)])


def _get_unit(nodeid):
    path = Path(nodeid.split("::")[0])
    is_addon = (ROOT / path.parts[0] / "__manifest__.py").exists()
    return str(path if is_addon else path.parent)


def _forbid_skip(report):
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"skipped, and a skip hides what was not tested: {report.longrepr}"
        )
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    # Odoo skips browser tests without Chromium, websocket-client or a server.
    return _forbid_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _forbid_skip((yield))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each worker a file of an add-on's tests, or a whole folder of other tests.

    Odoo's test classes end every child process they find when they are done, so the
    processes that a folder's tests share must not outlive a change to Odoo's tests.
    """
    from xdist.scheduler import LoadScopeScheduling

    class UnitScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return _get_unit(nodeid)

    # The workers have sorted the units by how long they take.
    config.option.loadscopereorder = False
    return UnitScheduling(config, log)
