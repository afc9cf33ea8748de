"""What holds for every test: a skip is a failure, long tests run on demand."""

import os
from pathlib import Path

import pytest

LOCAL = Path(__file__).resolve().parent / ".local"
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(LOCAL / "hypothesis"))


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
