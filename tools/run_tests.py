"""What bin/test does once the environment is there."""

import os
import subprocess
import sys
import time

from tools import check_pot, fault_matrix
from tools.checks import run_checks
from tools.databases import copy_of_ready, prepare, warnings_of_ready
from tools.environment import LOCAL, ROOT, TEST_CONF, CommandError, addons

WORKERS = os.environ.get("AUTOPAY_TEST_WORKERS", "2")
PARALLEL = ["-n", WORKERS] if WORKERS != "0" else []


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


def run_pytest(args, database=None):
    """Run pytest, inside Odoo when a database is given; return its exit status."""
    options = ["-p", "no:odoo"]
    if database:
        options = [f"--odoo-database={database}", f"--odoo-config={TEST_CONF}"]
        options.append("--odoo-http")
    environ = {
        **os.environ,
        # Chromium and the font cache write there.
        "XDG_CACHE_HOME": str(LOCAL / "cache"),
        "XDG_CONFIG_HOME": str(LOCAL / "config"),
    }
    command = [sys.executable, "-m", "pytest", *options, *args]
    status = subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode
    if status < 0:
        print(f"pytest was ended by signal {-status} before it was done")
    return abs(status)


def run_some(args):
    """Run pytest with somebody's own arguments, on the prepared database."""
    targets = targets_of(args)
    if not targets:
        targets = test_folders()
        args = [*args, *targets]
    if any(map(needs_database, targets)):
        prepare()
    if not any(map(needs_odoo, targets)):
        return run_pytest(args)
    with copy_of_ready() as database:
        return run_pytest(args, database)


def run_all(args):
    """Run every check, then every test."""
    if not check_everything():
        return 1
    if not test_folders():
        print("no tests yet: there is no add-on and no simulator in this checkout")
        return 0
    with copy_of_ready() as database:
        return run_pytest([*PARALLEL, *args, *test_folders()], database)


def check_everything():
    failed = run_checks()
    prepare(fresh=True)
    failed += check_installation() + check_translations()
    if failed:
        print(f"failed: {', '.join(failed)}")
    return not failed


def check_installation():
    warnings = warnings_of_ready()
    print(f"-- installation without warnings: {'FAILED' if warnings else 'ok'}")
    print(warnings, end="\n" if warnings else "", flush=True)
    return ["installation"] if warnings else []


def check_translations():
    start = time.monotonic()
    with copy_of_ready() as database:
        stale = check_pot.main(["--database", database])
    verdict = "FAILED" if stale else "ok"
    print(f"-- translation templates: {verdict} ({time.monotonic() - start:.1f} s)")
    return ["translation templates"] if stale else []


def main(args):
    match args:
        case [] | ["--full"]:
            return run_all(args)
        case ["--checks"]:
            return not check_everything()
        case ["--matrix"]:
            return fault_matrix.run(run_some)
        case ["--update-pot"]:
            prepare()
            with copy_of_ready() as database:
                return check_pot.main(["--update", "--database", database])
        case _:
            return run_some(args)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CommandError as failure:
        sys.exit(f"{failure}\nOdoo could not prepare the database (its log is above).")
