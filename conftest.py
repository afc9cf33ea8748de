"""What holds for every test: a skip is a failure, long tests run on demand."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / ".local/hypothesis"))


def pytest_addoption(parser):
    parser.addoption(
        "--full", action="store_true", help="also run the tests marked full"
    )


def pytest_collection_modifyitems(config, items):
    if config.getoption("--full"):
        return
    long = [item for item in items if item.get_closest_marker("full")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("full")]


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
            path = Path(nodeid.split("::")[0])
            is_addon = (ROOT / path.parts[0] / "__manifest__.py").exists()
            return str(path if is_addon else path.parent)

    return UnitScheduling(config, log)
