"""The README keeps its word: what it prints is run as it is printed."""

import contextlib
import json
import re
import signal
import subprocess
import urllib.request
from dataclasses import dataclass, field

import pytest

from tests import readme
from tools.databases import copy_of_ready
from tools.demo.options import parse_options
from tools.environment import ROOT, run_odoo

DIAGRAM = "select -> reserve -> prepare -> gate -> charge -> record -> book -> notify"
# Printed as code, and neither a command nor a file of this checkout.
WORDS = {
    DIAGRAM: "the stages",
    "kill -9": "the signal, said of a test",
    ".local/": "made by bin/setup",
    "dbfilter": "an option of Odoo",
    "AUTOPAY_STRIPE_API_BASE": "an environment variable",
    "--provider": "an option of autopay-check, in OPTIONS",
    "_autopay_collect": "a method",
    "queue_job": "an add-on of OCA",
    "_charge_with_token()": "Odoo's",
    "_post_process()": "Odoo's",
}
COLLECT = {"PYTEST_ADDOPTS": "--collect-only -q"}
TABLE = "21 invariants, 0 breached"


@dataclass(frozen=True)
class Command:
    """How a command is tried, and what it has to say.

    :param said: a text that it prints
    :param arguments: put behind it, only to make it take less time
    :param environ: more environment variables; {folder} is the test's own
    :param status: the exit status it ends with
    """

    said: str
    arguments: str = ""
    environ: dict = field(default_factory=dict)
    status: int = 0


# NAME stands for a database, as in the README.
QUICK = {
    'pip install "stripe==16.1.0"': Command("already satisfied: stripe==16.1.0"),
    "bin/odoo autopay-check -d NAME": Command(TABLE),
    "odoo autopay_check -d NAME": Command(TABLE),
    "bin/test autopay/tests/engine/test_autopay_engine.py": Command(
        "1 passed", environ={"PYTEST_ADDOPTS": "-k test_only_the_residual_is_charged"}
    ),
}
OPTIONS = {
    "bin/odoo autopay-check -d NAME --provider": Command(TABLE),
    "odoo autopay_check -d NAME --provider": Command(TABLE),
}
LONG = {
    "bin/demo --once": Command("The books agree with the ledger to the cent"),
    "bin/bench charge": Command(
        "CPU", "--rounds 1 --charges 10 --stock-charges 2 --memory-charges 0"
    ),
    "bin/bench decide": Command(
        "faster", "--invoices 500 --customers 10 --rounds 1 --naive 5"
    ),
    "bin/bench select": Command("faster", "--invoices 40000 --rounds 2"),
    "bin/test --peers": Command(
        "fail with our add-ons only: none", "/payment_custom,-at_install"
    ),
    # They would run the test that runs them.
    "bin/test": Command("tests collected", environ=COLLECT),
    "bin/test --matrix": Command(
        "written: ",
        environ={**COLLECT, "AUTOPAY_MATRIX_PAGE": "{folder}/page.md"},
        status=1,
    ),
}
SERVING = {"bin/demo"}

LOOK = """
import json
menus = env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True}).search([])
settings = env["res.config.settings"].get_view()["arch"]
providers = env["payment.provider"].search([])
print("FOUND" + json.dumps({
    "menus": menus.mapped("complete_name"),
    "settings": settings,
    "providers": providers.mapped("name"),
}))
"""


# === WHAT IS PRINTED IS KNOWN === #


def is_file(word):
    """Tell whether it is a file or a folder of the checkout or of the add-on."""
    return any((top / word).exists() for top in (ROOT, ROOT / "autopay"))


def get_commands():
    """Return what is printed as code and is no file and no other word."""
    code = [word for word in readme.get_code() if word not in WORDS]
    return {word for word in code if not is_file(word) or word.startswith("bin/")}


def test_every_command_of_the_readme_is_run_by_a_test():
    assert get_commands() - {"bin/"} == {*QUICK, *LONG, *SERVING}


def test_no_word_is_explained_that_the_readme_does_not_print():
    assert set(WORDS) <= set(readme.get_code())


def test_a_command_that_nobody_runs_is_found(monkeypatch):
    monkeypatch.setattr(readme, "TEXT", "Call `bin/odoo\nautopay-heal` daily.")
    assert get_commands() == {"bin/odoo autopay-heal"}


@pytest.mark.parametrize("path", readme.get_links())
def test_what_the_readme_links_to_is_there(path):
    assert (ROOT / path).is_file()


def test_the_readme_names_the_version_of_the_sdk_that_is_tested():
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    version = re.search(r"^stripe==\S+", pinned, re.MULTILINE)[0]
    assert f'pip install "{version}"' in readme.get_code()


# === COMMANDS === #


def run_as_printed(command, how, odoo_env, database="", folder=""):
    """Run a command by the shell, as somebody who has copied it from the README."""
    line = f"{command} {how.arguments}".replace("NAME", database)
    more = {name: text.format(folder=folder) for name, text in how.environ.items()}
    return subprocess.run(
        ["bash", "-c", line],
        cwd=ROOT,
        env={**odoo_env.environ, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def database():
    """The name of a database with the add-on, for all commands that are tried."""
    with copy_of_ready() as name:
        yield name


@pytest.mark.parametrize("command", [*QUICK, *OPTIONS])
def test_command_does_what_the_readme_says(command, odoo_env, database):
    how = {**QUICK, **OPTIONS}[command]
    done = run_as_printed(command, how, odoo_env, database)
    assert done.returncode == how.status, done.stdout
    assert how.said in done.stdout


@pytest.mark.full
@pytest.mark.parametrize("command", LONG)
def test_long_command_does_what_the_readme_says(command, odoo_env, tmp_path):
    how = LONG[command]
    done = run_as_printed(command, how, odoo_env, folder=tmp_path)
    assert done.returncode == how.status, done.stdout
    assert how.said in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("-d nobody_has_such_a_database", "does not exist"),
        ("-d postgres", "not installed there"),
        ("-d NAME --days 0", "--days is 1 or more"),
        ("-d NAME --days soon", "invalid int value"),
        ("-d NAME --privider", "no such option: --privider"),
    ],
)
def test_check_says_why_it_could_not_look(arguments, said, odoo_env, database):
    command = f"odoo autopay_check {arguments}"
    done = run_as_printed(command, Command(said), odoo_env, database)
    assert done.returncode == 2, done.stdout
    assert said in done.stdout


def test_check_explains_its_own_options(odoo_env):
    done = run_as_printed("odoo autopay_check --help", Command(""), odoo_env)
    assert done.returncode == 0
    assert "--provider" in done.stdout
    assert "Exits with 0 when nothing is breached" in done.stdout


# === THE DEMONSTRATION === #


@contextlib.contextmanager
def serving(command, odoo_env):
    """Run a command until it serves; give what it printed until then."""
    process = subprocess.Popen(
        ["bash", "-c", f"exec {command}"],
        cwd=ROOT,
        env=odoo_env.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed = []
    try:
        for line in process.stdout:
            printed.append(line)
            if "_admin/settle" in line:
                break
        yield "".join(printed)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


@pytest.mark.full
def test_demonstration_serves_where_the_readme_says(odoo_env):
    with serving("bin/demo", odoo_env) as printed:
        (url,) = readme.get_urls()
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310
            assert answer.status == 200
        address = re.search(r"curl -X POST (\S+)/_admin/settle", printed)[1]
        environ = {"AUTOPAY_STRIPE_API_BASE": address}
        how = Command(TABLE, environ=environ)
        command = "bin/odoo autopay-check -d NAME --provider"
        database = parse_options([]).database
        done = run_as_printed(command, how, odoo_env, database)
    assert done.returncode == 0, done.stdout
    assert how.said in done.stdout
    # Odoo's Demo provider cannot be asked; the stand-in for Stripe was, to the end.
    assert "Cannot be asked: Demo." in done.stdout
    assert "No complete answer" not in done.stdout


# === MENUS === #


@pytest.fixture(scope="module")
def screens(database):
    """The menus, the settings and the providers of a database with the add-on."""
    options = ("shell", "-d", database, "--no-http", "--log-level=error")
    log = run_odoo(*options, script=LOOK)
    return json.loads(log.partition("FOUND")[2].splitlines()[0])


@pytest.mark.parametrize("menu", readme.get_menus(), ids=" > ".join)
def test_menu_is_where_the_readme_says(menu, screens):
    way = "/".join(menu)
    if menu[0] == "Settings":
        app = screens["settings"].partition(f'<app data-string="{menu[1]}"')[2]
        assert f'<block title="{menu[2]}"' in app.partition("<app ")[0]
    elif way not in screens["menus"]:
        # The last word may name a record of the list.
        assert way.rpartition("/")[0] in screens["menus"]
        assert menu[-1] in screens["providers"]
