"""The checks that need no database: each a heading, what it looks at, a command."""

import os
import subprocess
import sys
import time

from tools.environment import ROOT, addons

ADDONS = [addon.name for addon in addons()]
# Tests may be longer than what they test.
SIZED_FOLDERS = [
    *ADDONS,
    *(
        name
        for name in ("stripe_simulator", "benchmarks", "tools")
        if any((ROOT / name).rglob("*.py"))
    ),
]
PO_FILES = [
    str(path.relative_to(ROOT))
    for addon in addons()
    for path in addon.glob("i18n/*.po*")
]
IMPORT_ROOTS = [
    name
    for name in ("autopay", "stripe_simulator")
    if (ROOT / name / "__init__.py").exists()
]
# The README describes all add-ons. An invoice has too many parts for one file.
PYLINT_OFF = "missing-readme,consider-merging-classes-inherited"
PYLINT = ["pylint", "--rcfile=pyproject.toml", f"--disable={PYLINT_OFF}"]
FUNCTION_SIZE = ["-T", "nloc=30", "-C", "8", "-a", "6", "-w", "-x", "*/tests/*"]

# heading, what it needs (nothing there: left out), command
CHECKS = [
    ("ruff check", ["."], ["ruff", "check", "-q", "."]),
    ("ruff format", ["."], ["ruff", "format", "-q", "--diff", "."]),
    ("pylint-odoo", ADDONS, [*PYLINT, *ADDONS]),
    (
        "OCA module checks",
        ADDONS,
        ["oca-checks-odoo-module", "--disable=prefer-readme-rst", *ADDONS],
    ),
    ("OCA translation checks", PO_FILES, ["oca-checks-po", *PO_FILES]),
    (
        "one-way imports",
        IMPORT_ROOTS[1:],
        ["lint-imports", "--config=pyproject.toml", "--no-cache"],
    ),
    (
        "function size",
        SIZED_FOLDERS,
        ["lizard", "-l", "python", *FUNCTION_SIZE, *SIZED_FOLDERS],
    ),
    ("layout", ADDONS, [sys.executable, "-m", "tools.check_layout"]),
    ("fault matrix", ["tests"], [sys.executable, "-m", "tools.fault_matrix"]),
]


def run_checks():
    """Run every check and return the headings of those that failed."""
    return [
        heading
        for heading, needs, command in CHECKS
        if not passes(heading, needs, command)
    ]


def passes(heading, needs, command):
    if not needs:
        print(f"-- {heading}: nothing to look at yet", flush=True)
        return True
    start = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    verdict = "FAILED" if done.returncode else "ok"
    print(f"-- {heading}: {verdict} ({time.monotonic() - start:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return not done.returncode
