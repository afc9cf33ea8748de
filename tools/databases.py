"""Prepared databases, so that a test run starts in seconds.

``autopay_template`` holds everything the add-ons depend on; ``autopay_ready`` is made
from it by installing the add-ons. Nobody works in these two: tests get copies named
``autopay_test_<process id>...``, benchmarks ``bench_...``, dropped afterwards. What a
prepared database was made of is written in its comment; another comment than expected
means another database.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import itertools
import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg2
from psycopg2 import sql

from tools.environment import FILESTORE, LOCAL, ROOT, addons, manifest, run_odoo

TEMPLATE = "autopay_template"
READY = "autopay_ready"
COPY_PREFIX = "autopay_test_"
BENCH_PREFIX = "bench_"
COPY_PREFIXES = (COPY_PREFIX, BENCH_PREFIX)

# Installed besides what the manifests ask for: tests charge through the Demo provider.
EXTRA_MODULES = {"account_payment", "payment_stripe", "payment_demo"}
# Changes there do not change what is in a database.
FREE_FOLDERS = {"tests", "static", "readme", "i18n", "__pycache__"}
LOG_LINE = re.compile(r"\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")

copy_numbers = itertools.count(1)


# === PREPARED DATABASES === #


def prepare(fresh=False):
    """Bring ``autopay_ready`` up to date with the add-ons and return its name.

    :param fresh: install the add-ons anew rather than update them when they changed
    """
    with _locked():
        _drop_left_copies()
        _prepare_template()
        _prepare_ready(fresh)
    return READY


def warnings_of_ready():
    """Return what Odoo complained of when it installed the add-ons, or nothing."""
    return _comment_of(READY).partition("\n")[2]


def _prepare_template():
    modules = _modules_wanted()
    key = _key_of_template(modules)
    if _comment_of(TEMPLATE) == key:
        return
    _drop(READY)
    _drop(TEMPLATE)
    _install(TEMPLATE, "-i", modules)
    _set_comment(TEMPLATE, key)


def _prepare_ready(fresh):
    modules = [addon.name for addon in addons()]
    key = _key_of_ready(modules)
    was = _comment_of(READY).partition("\n")[0]
    if was == key:
        return
    anew = fresh or not was
    if anew:
        _drop(READY)
        _copy(TEMPLATE, READY)
    # From here on it is neither: a failed update must not pass for the old state.
    _set_comment(READY, "")
    warnings = _install(READY, "-i" if anew else "-u", modules) if modules else ""
    _set_comment(READY, f"{key}\n{warnings}")


def _install(name, option, modules):
    print(f"-- preparing {name}: odoo {option} {','.join(modules)}", flush=True)
    options = ["--stop-after-init", "--no-http", "--log-level=warn"]
    log = run_odoo("-d", name, option, ",".join(modules), *options)
    return "\n".join(line for line in log.splitlines() if LOG_LINE.match(line))


def _modules_wanted():
    ours = {addon.name for addon in addons()}
    wanted = {name for addon in addons() for name in manifest(addon)["depends"]}
    return sorted((wanted | EXTRA_MODULES) - ours)


def _key_of_template(modules):
    release = Path(importlib.util.find_spec("odoo.release").origin)
    files = [ROOT / "requirements.txt", release]
    return _digest([*modules, *files])


def _key_of_ready(modules):
    files = sorted(
        path
        for module in modules
        for path in (ROOT / module).rglob("*")
        if path.is_file() and not FREE_FOLDERS & set(path.relative_to(ROOT).parts)
    )
    return _digest([_comment_of(TEMPLATE), *files])


def _digest(parts):
    """Return a hash of words, and of the paths and contents of files."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else b""
        digest.update(f"{part}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


# === COPIES === #


def copy_of_ready():
    """Give the name of a throw-away copy of the prepared database, for a block."""
    return copy_of(READY, COPY_PREFIX)


@contextlib.contextmanager
def copy_of(source, prefix):
    """Give the name of a throw-away copy of a database.

    :param source: ``READY``, or ``TEMPLATE`` for Odoo without our add-ons
    :param prefix: one of ``COPY_PREFIXES``
    """
    name = f"{prefix}{os.getpid()}_{next(copy_numbers)}"
    with _locked():
        _copy(source, name)
    try:
        yield name
    finally:
        _drop(name)


def _drop_left_copies():
    for name in _names():
        owner = re.match(rf"(?:{'|'.join(COPY_PREFIXES)})(\d+)_", name)
        if owner and not os.path.exists(f"/proc/{owner[1]}"):
            _drop(name)


# === POSTGRESQL === #


@contextlib.contextmanager
def _locked():
    """Keep other test runs of this checkout out: a database in use is not copied."""
    with open(LOCAL / "databases.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _execute(query, params=None, database="postgres"):
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    try:
        cursor = connection.cursor()
        cursor.execute(query, params)
        return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def _names():
    return [name for (name,) in _execute("SELECT datname FROM pg_database")]


def _comment_of(name):
    rows = _execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname = %s",
        [name],
    )
    return (rows[0][0] or "") if rows else ""


def _set_comment(name, text):
    query = sql.SQL("COMMENT ON DATABASE {} IS {}")
    _execute(query.format(sql.Identifier(name), sql.Literal(text)))


def _copy(source, target):
    subprocess.run(["createdb", "-T", source, target], check=True)
    # Files of the store are never changed, so links to them are as good as copies.
    if (FILESTORE / source).is_dir():
        shutil.copytree(FILESTORE / source, FILESTORE / target, copy_function=os.link)
    _set_comment(target, "")
    # Keys of requests are made from it: two databases must not share them.
    _execute(
        "UPDATE ir_config_parameter SET value = gen_random_uuid()::text"
        " WHERE key = 'database.uuid'",
        database=target,
    )


def _drop(name):
    if name in _names():
        subprocess.run(["dropdb", "--force", name], check=True)
    shutil.rmtree(FILESTORE / name, ignore_errors=True)
