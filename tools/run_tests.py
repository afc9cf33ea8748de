"""Runs bin/test once the environment is there."""

import os
import subprocess
import sys
import time

from tools import check_pot, fault_matrix, peers
from tools.checks import run_checks
from tools.databases import copy_of_ready, prepare, warnings_of_ready
from tools.environment import (
    LOCAL,
    ROOT,
    TEST_CONF,
    CommandError,
    addons,
    is_glue,
)

WORKERS = os.environ.get("AUTOPAY_TEST_WORKERS", "2")
PARALLEL = ["-n", WORKERS] if WORKERS != "0" else []
NO_TESTS = 5  # pytest's exit status


def test_folders():
    folders = [f"{addon.name}/tests" for addon in addons()]
    folders += ["stripe_simulator/tests", "tests"]
    return [folder for folder in folders if any((ROOT / folder).rglob("test_*.py"))]


def targets_of(args):
    return [arg for arg in args if (ROOT / arg.split("::")[0]).exists()]


def needs_odoo(target):
    """Tell whether tests there run inside Odoo's test framework."""
    top = (ROOT / target.split("::")[0]).resolve().relative_to(ROOT).parts[:1]
    return not top or (ROOT / top[0] / "__manifest__.py").exists()


def needs_database(target):
    return needs_odoo(target) or not target.startswith("stripe_simulator")


def needs_glue(target):
    """Tell whether tests there need the add-ons that join autopay with others."""
    path = (ROOT / target.split("::")[0]).resolve()
    return any(path.is_relative_to(addon) for addon in addons() if is_glue(addon))


def split_targets(targets):
    """Return targets in parts of one database each: glue first, then all others."""
    glue = [target for target in targets if needs_glue(target)]
    rest = [target for target in targets if target not in glue]
    return [part for part in (glue, rest) if part]


def run_pytest(args, database=None):
    """Run pytest, inside Odoo when a database is given; return its exit status."""
    options = ["-p", "no:odoo"]
    books = {}
    if database:
        # The books that tests share are committed there once, see common_books.
        books = {"AUTOPAY_TEST_DATABASE_IS_THROWN_AWAY": "1"}
        options = [f"--odoo-database={database}", f"--odoo-config={TEST_CONF}"]
        options.append("--odoo-http")
    environ = {
        **os.environ,
        **books,
        # Chromium and the font cache write there.
        "XDG_CACHE_HOME": str(LOCAL / "cache"),
        "XDG_CONFIG_HOME": str(LOCAL / "config"),
        # No job runner starts beside tests in Odoo's own process.
        "ODOO_QUEUE_JOB_CHANNELS": "root:0",
    }
    command = [sys.executable, "-m", "pytest", *options, *args]
    status = subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode
    if status < 0:
        print(f"pytest was ended by signal {-status} before it was done")
    return abs(status)


def run_some(args):
    """Run pytest with somebody's own arguments, on the prepared databases."""
    targets = targets_of(args)
    options = [arg for arg in args if arg not in targets]
    parts = split_targets(targets or test_folders())
    return join_statuses([run_part(options, part) for part in parts])


def run_part(options, targets):
    """Run tests of one database."""
    if not any(map(needs_database, targets)):
        return run_pytest([*options, *targets])
    ready = prepare(glue=needs_glue(targets[0]))
    if not any(map(needs_odoo, targets)):
        return run_pytest([*options, *targets])
    with copy_of_ready(ready) as database:
        return run_pytest([*options, *targets], database)


def join_statuses(statuses):
    """Return the exit status of several runs; one that found no test may pass."""
    failed = [status for status in statuses if status not in (0, NO_TESTS)]
    if failed:
        return failed[0]
    return 0 if 0 in statuses else NO_TESTS


def run_all(args):
    """Run every check, then every test."""
    if not check_everything():
        return 1
    if not test_folders():
        print("no tests yet: there is no add-on and no simulator in this checkout")
        return 0
    if not peers.check_part():
        return 1
    # The last line is that of most tests.
    for part in split_targets(test_folders()):
        if status := run_part([*PARALLEL, *args], part):
            break
    return status


def check_everything():
    failed = run_checks()
    for glue in sorted({is_glue(addon) for addon in addons()}):
        ready = prepare(fresh=True, glue=glue)
        failed += check_installation(ready) + check_translations(ready, glue)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return not failed


def check_installation(ready):
    warnings = warnings_of_ready(ready)
    verdict = "FAILED" if warnings else "ok"
    print(f"-- installation without warnings: {verdict} ({ready})")
    print(warnings, end="\n" if warnings else "", flush=True)
    return ["installation"] if warnings else []


def check_translations(ready, glue, *options):
    start = time.monotonic()
    options = [*options, "--glue"] if glue else options
    with copy_of_ready(ready) as database:
        stale = check_pot.main(["--database", database, *options])
    verdict = "FAILED" if stale else "ok"
    print(f"-- translation templates: {verdict} ({time.monotonic() - start:.1f} s)")
    return ["translation templates"] if stale else []


def update_translations():
    for glue in sorted({is_glue(addon) for addon in addons()}):
        check_translations(prepare(fresh=True, glue=glue), glue, "--update")


def main(args):
    match args:
        case [] | ["--full"]:
            return run_all(args)
        case ["--checks"]:
            return not check_everything()
        case ["--peers"]:
            return peers.run_all()
        case ["--peers", tags]:
            return peers.run_all(tags, least=1)
        case ["--matrix"]:
            return fault_matrix.run(run_some)
        case ["--update-pot"]:
            return update_translations()
        case _:
            return run_some(args)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CommandError as failure:
        sys.exit(f"{failure}\nOdoo could not prepare the database (its log is above).")
