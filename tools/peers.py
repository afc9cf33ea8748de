"""Odoo's own tests, and the OCA's, on databases with our add-ons and without.

bin/test --peers            runs them on both and prints what fails only with ours
bin/test --peers TAGS       some of them, see Odoo's --test-tags

``bin/test`` runs a part of them, see ``run_part``. Odoo's own runner takes the tests
that are meant for installed databases (tag ``post_install``).
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tools.databases import PEERS, PEERS_TEMPLATE, READY, copy_of_ready, prepare_peers
from tools.environment import LOCAL, ROOT, TEST_CONF
from tools.postgres import execute

# {module: {test: reason}}: fails with our add-ons, and is meant to.
EXCEPTIONS = {}

# Every menu and view, by Odoo's own robot.
CLICKS = "click_all/web:TestMenusAdmin"
# Tests that are meant for a module that is just being installed meet columns of modules
# that are not loaded yet.
INSTALLED = "-at_install"
ALL_TAGS = ",".join([*(f"/{module}" for module in PEERS), CLICKS, INSTALLED])
PART_TAGS = f"/account_payment,/payment,/payment_stripe,/payment_demo,{INSTALLED}"
# Fewer tests than that means that tests were not found.
ALL_TESTS, PART_TESTS = 700, 100

STARTED = re.compile(r" odoo\.addons\.(\w+)\.tests\.\S+: Starting (\S+) \.\.\.")
FAILED = re.compile(
    r" ERROR \S+ odoo\.addons\.(\w+)\.tests\.[^:\s]+: (?:FAIL|ERROR): (.+)"
)


@dataclass
class Result:
    """The outcome of a run of tests, read off Odoo's log.

    :param started: {(module, test)}
    :param failed: {(module, test): what the log says of it}
    """

    started: set = field(default_factory=set)
    failed: dict = field(default_factory=dict)
    seconds: float = 0.0

    def read(self, lines):
        """Take in the lines of a log."""
        last = None
        for line in lines:
            if match := STARTED.search(line):
                self.started.add(match.groups())
                last = None
            elif match := FAILED.search(line):
                last = match[1], match[2].strip()
                self.failed[last] = ""
            elif last and not re.match(r"\d{4}-\d\d-\d\d ", line):
                self.failed[last] += line
            else:
                last = None


def run_tests(database, tags, port):
    """Run Odoo's tests with these tags on a database and return a ``Result``.

    :param port: of the server's two, the lower one
    """
    log = LOCAL / f"peers_{database}.log"
    start = time.monotonic()
    # Tests compare links in mails with the port of the server that runs them.
    execute(
        "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url'",
        [f"http://localhost:{port}"],
        database=database,
    )
    with log.open("w") as out:
        subprocess.run(
            [
                *("odoo", "-c", str(TEST_CONF), "-d", database, "--stop-after-init"),
                *("--test-tags", tags, "--db-filter", f"^{database}$"),
                *("--http-port", str(port), "--gevent-port", str(port + 1)),
            ],
            stdout=out,
            stderr=subprocess.STDOUT,
            # The tests of our add-ons are imported as well, if not run.
            env={**os.environ, "ODOO_RC": str(TEST_CONF), "PYTHONPATH": str(ROOT)},
            check=False,
        )
    result = Result()
    with log.open(errors="replace") as lines:
        result.read(lines)
    result.seconds = time.monotonic() - start
    return result


def get_unexplained(result):
    """Return what failed and has no row in the table of exceptions."""
    return {
        (module, test): words
        for (module, test), words in result.failed.items()
        if test not in EXCEPTIONS.get(module, {})
    }


def print_result(heading, result):
    print(
        f"-- {heading}: {len(result.started)} tests, {len(result.failed)} failed"
        f" ({result.seconds:.0f} s)",
        flush=True,
    )


def print_failures(heading, failures):
    """Print each failed test with the end of what the log says of it."""
    print(f"-- {heading}: {len(failures) or 'none'}", flush=True)
    for (module, test), words in sorted(failures.items()):
        print(f"   {module}: {test}")
        print("".join(f"      {line}\n" for line in words.splitlines()[-6:]), end="")


def run_all(tags=ALL_TAGS, least=ALL_TESTS):
    """Run tests with our add-ons and without; return an exit status.

    :param int least: how many tests must have run with our add-ons
    """
    ready = prepare_peers()
    port = int(os.environ["AUTOPAY_TEST_HTTP_PORT"])
    with (
        copy_of_ready(PEERS_TEMPLATE) as without,
        copy_of_ready(ready) as with_ours,
        ThreadPoolExecutor() as pool,
    ):
        # The second pair of ports is the demo's, which does not run meanwhile.
        jobs = [
            pool.submit(run_tests, database, tags, number)
            for database, number in ((without, port), (with_ours, port + 2))
        ]
        plain, ours = (job.result() for job in jobs)
    print_result("without our add-ons", plain)
    print_result("with our add-ons", ours)
    missing = dict.fromkeys(plain.started - ours.started, "")
    only_ours = {
        key: words
        for key, words in get_unexplained(ours).items()
        if key not in plain.failed
    }
    print_failures("not started with our add-ons", missing)
    print_failures("fail without them, too", plain.failed)
    print_failures("fail with our add-ons only", only_ours)
    return int(bool(missing or only_ours or len(ours.started) < least))


def run_part(database):
    """Run the part that belongs to every test run; return whether all is well.

    :param database: a copy of ``autopay_ready``
    """
    port = int(os.environ["AUTOPAY_TEST_HTTP_PORT"])
    result = run_tests(database, PART_TAGS, port)
    print_result("Odoo's own tests of payments, with our add-ons", result)
    failures = get_unexplained(result)
    if failures:
        print_failures("failed", failures)
    return not failures and len(result.started) >= PART_TESTS


def check_part():
    """Run the part on a copy of the prepared database; return whether all is well."""
    with copy_of_ready(READY) as database:
        return run_part(database)


if __name__ == "__main__":
    sys.exit(run_all())
