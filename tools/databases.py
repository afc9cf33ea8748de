"""Prepared databases, so that a test run starts in seconds.

``autopay_template`` holds everything the add-ons depend on; ``autopay_ready`` is made
from it by installing the add-ons. Glue has a pair of its own, so that the add-ons are
tested without it: ``autopay_glue_template`` is the other template with all that glue
joins, ``autopay_glue_ready`` is made by installing the same add-ons; the glue installs
itself. ``autopay_peers_template`` and ``autopay_peers_ready`` are such a pair for
Odoo's own tests (``tools.peers``). Nobody works in these: tests get copies named
``autopay_test_<process id>...``, benchmarks ``bench_...``, dropped afterwards. What a
prepared database was made of is written in its comment; another comment than expected
means another database.
"""

import contextlib
import fcntl
import itertools
import os
import re
from dataclasses import dataclass

from tools.environment import LOCAL, addons, is_glue, manifest, run_odoo
from tools.fingerprint import digest_of, glue_files, installed_files, odoo_files
from tools.postgres import (
    comment_of,
    copy_database,
    database_names,
    drop_database,
    set_comment,
)

TEMPLATE = "autopay_template"
READY = "autopay_ready"
GLUE_TEMPLATE = "autopay_glue_template"
GLUE_READY = "autopay_glue_ready"
PEERS_TEMPLATE = "autopay_peers_template"
PEERS_READY = "autopay_peers_ready"
COPY_PREFIX = "autopay_test_"
BENCH_PREFIX = "bench_"
CRASH_PREFIX = "crash_"
COPY_PREFIXES = (COPY_PREFIX, BENCH_PREFIX, CRASH_PREFIX)

# Installed besides what the manifests ask for: tests charge through the Demo provider.
EXTRA_MODULES = {"account_payment", "payment_stripe", "payment_demo"}
# The modules whose own tests are run next to ours.
PEERS = (
    "account",
    "account_payment",
    "payment",
    "payment_stripe",
    "payment_demo",
    "payment_custom",
    "sale",
    "sale_management",
    "portal",
    "project",
    "contract",
)
# Modules that glue does not need, and whose work its tests look at.
NEIGHBOURS = ("subscription_oca",)
# Tests of OCA's contracts take a chart of accounts for granted.
LOAD_CHART = """
charts = env["account.chart.template"]
charts.try_loading("generic_coa", env.company, install_demo=False)
env.cr.commit()
"""
# The pages' scripts and styles take Odoo longer to build than most tests take to run. A
# test that builds them lets other requests of its browser wait, for 20 seconds at most.
BUILD_BUNDLES = """
for name in ["web.assets_web", "web.assets_web_print", "web.assets_backend_lazy",
             "web.assets_frontend", "web.assets_frontend_minimal",
             "web.assets_frontend_lazy", "web.assets_tests"]:
    bundle = env["ir.qweb"]._get_asset_bundle(name, css=True, js=True)
    bundle.js()
    bundle.css()
env.cr.commit()
"""
INSTALLED, UPDATED = "installed", "updated"
LOG_LINE = re.compile(r"\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")

copy_numbers = itertools.count(1)


# === PREPARED DATABASES === #


@dataclass(frozen=True)
class Pair:
    """A database with all that add-ons depend on, and one with them installed.

    :param glue: whether glue is among the add-ons
    :param extra: modules of others that are installed as well
    :param chart: whether the first company gets a chart of accounts
    """

    template: str
    ready: str
    glue: bool
    extra: tuple = ()
    chart: bool = False

    @property
    def addons(self):
        """The folders of the add-ons that are installed in ``ready``."""
        return [addon for addon in addons() if self.glue or not is_glue(addon)]


PLAIN = Pair(TEMPLATE, READY, glue=False)
GLUED = Pair(GLUE_TEMPLATE, GLUE_READY, glue=True, extra=NEIGHBOURS)
WITH_PEERS = Pair(PEERS_TEMPLATE, PEERS_READY, glue=True, extra=PEERS, chart=True)


def prepare(fresh=False, glue=False):
    """Bring ``autopay_ready`` up to date with the add-ons and return its name.

    :param fresh: install the add-ons anew where they changed or were last updated: an
        update leaves templates alone that people may have edited
    :param glue: bring ``autopay_glue_ready`` up to date instead
    """
    return _prepare_pair(GLUED if glue else PLAIN, fresh)


def prepare_peers():
    """Bring ``autopay_peers_ready`` up to date and return its name."""
    return _prepare_pair(WITH_PEERS, fresh=False)


def _prepare_pair(pair, fresh):
    with _locked():
        _drop_left_copies()
        _prepare_template(PLAIN)
        if pair.glue:
            _prepare_template(pair)
        _prepare_ready(pair, fresh)
    return pair.ready


def forget_ready():
    """Have the next ``prepare`` install the add-ons anew, changed or not."""
    with _locked():
        if READY in database_names():
            set_comment(READY, "")


def warnings_of_ready(name=READY):
    """Return what Odoo complained of when it installed the add-ons, or nothing."""
    return comment_of(name).partition("\n")[2]


def _prepare_template(pair):
    modules = _modules_wanted(pair)
    key = _key_of_template(pair, modules)
    if comment_of(pair.template) == key:
        return
    drop_database(pair.ready)
    drop_database(pair.template)
    if pair.glue:
        copy_database(TEMPLATE, pair.template)
    _install(pair.template, "-i", modules)
    if pair.chart:
        run_odoo("shell", "-d", pair.template, "--no-http", script=LOAD_CHART)
        run_odoo("shell", "-d", pair.template, "--no-http", script=BUILD_BUNDLES)
    set_comment(pair.template, key)


def _prepare_ready(pair, fresh):
    modules = [addon.name for addon in pair.addons]
    key = _key_of_ready(pair, modules)
    was, _, how = comment_of(pair.ready).partition("\n")[0].partition(" ")
    if was == key and (how == INSTALLED or not fresh):
        return
    # From here on it is neither: a failed update must not pass for the old state.
    if was and not fresh:
        set_comment(pair.ready, "")
        warnings, how = _install(pair.ready, "-u", modules), UPDATED
    else:
        warnings, how = _install_anew(pair), INSTALLED
    # The add-ons have scripts and styles of their own.
    run_odoo("shell", "-d", pair.ready, "--no-http", script=BUILD_BUNDLES)
    set_comment(pair.ready, f"{key} {how}\n{warnings}")


def _install_anew(pair):
    drop_database(pair.ready)
    copy_database(pair.template, pair.ready)
    modules = [addon.name for addon in PLAIN.addons]
    return _install(pair.ready, "-i", modules) if modules else ""


def _install(name, option, modules):
    print(f"-- preparing {name}: odoo {option} {','.join(modules)}", flush=True)
    options = ["--stop-after-init", "--no-http", "--log-level=warn"]
    log = run_odoo("-d", name, option, ",".join(modules), *options)
    return "\n".join(line for line in log.splitlines() if LOG_LINE.match(line))


def _modules_wanted(pair):
    ours = {addon.name for addon in addons()}
    wanted = {name for addon in pair.addons for name in manifest(addon)["depends"]}
    return sorted((wanted | EXTRA_MODULES | set(pair.extra)) - ours)


def _key_of_template(pair, modules):
    if not pair.glue:
        return digest_of([*modules, *odoo_files()])
    # An update installs no glue that is new.
    glue = [addon.name for addon in pair.addons]
    return digest_of([comment_of(TEMPLATE), *modules, *glue, *glue_files()])


def _key_of_ready(pair, modules):
    return digest_of([comment_of(pair.template), *installed_files(modules)])


# === COPIES === #


def copy_of_ready(name=READY):
    """Give the name of a throw-away copy of a prepared database, for a block."""
    return copy_of(name, COPY_PREFIX)


@contextlib.contextmanager
def copy_of(source, prefix):
    """Give the name of a throw-away copy of a database.

    :param source: ``READY``, ``GLUE_READY``, ``TEMPLATE`` for Odoo without our add-ons,
        or a copy
    :param prefix: one of ``COPY_PREFIXES``
    """
    name = f"{prefix}{os.getpid()}_{next(copy_numbers)}"
    with _locked():
        copy_database(source, name)
    try:
        yield name
    finally:
        drop_database(name)


def replace_by_copy_of_ready(name):
    """Put a copy of the prepared database in the place of another; it stays."""
    drop_database(name)
    with _locked():
        copy_database(READY, name)


def _drop_left_copies():
    for name in database_names():
        owner = re.match(rf"(?:{'|'.join(COPY_PREFIXES)})(\d+)_", name)
        if owner and not os.path.exists(f"/proc/{owner[1]}"):
            drop_database(name)


# === LOCK === #


@contextlib.contextmanager
def _locked():
    """Keep other test runs of this checkout out: a database in use is not copied."""
    with open(LOCAL / "databases.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
