"""bin/demo itself, in processes of its own, on a database of its own."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from tools.environment import LOCAL, ROOT
from tools.postgres import drop_database

DATABASE = f"demo_test_{os.getpid()}"
COMMAND = [str(ROOT / "bin" / "demo"), "--database", DATABASE]
LINE = re.compile(
    r"(?P<invoice>INV/\d{4}/\d{5}|draft \d+) +(?P<customer>\D+?) +"
    r"(?P<amount>[\d,.]+ [A-Z]{3})  (?P<method>.{15})  (?P<outcome>\w+) +(?P<why>.*)"
)
READY_TIMEOUT = 300  # seconds, of which the server takes some ten

# One invoice for each thing that can become of one: customer, outcome, why.
EXAMPLES = [
    ("Moonbeam Bottling Works", "charged", "PBNK1/"),
    ("Hollow Log Telegraph", "charged", "learned later"),
    ("Rubber Bridge Builders", "charged", "second attempt"),
    ("Castle-in-the-Air Roofs", "charged", "13,750.00 USD"),
    ("Castle-in-the-Air Roofs", "skipped", "Amount not accepted"),
    ("Gingerbread Masonry", "charged", "learned later"),
    ("Gingerbread Masonry", "skipped", "Currency not accepted"),
    ("Cheese Moon Mining", "pending", "no answer from the bank yet"),
    ("Rainbow Root Nursery", "pending", "no answer from the bank yet"),
    ("Whispering Gong Foundry", "waiting", "the customer must confirm"),
    ("Bottomless Bucket Works", "failed", "insufficient funds, retry"),
    ("Lost Sock Exchange", "failed", "lost card, no retry"),
    ("Sleepy Volcano Bakery", "failed", "account closed, no retry"),
    ("Two Left Shoes Cobblers", "failed", "canceled"),
    ("Toast Gravity Lab", "failed", "refused"),
    ("Moonbeam Bottling Works", "skipped", "Nothing due, paid"),
    ("Upside-Down Umbrellas", "skipped", "Nothing due, reversed"),
    ("Upside-Down Umbrellas", "skipped", "Amount not accepted"),
    ("Dry Water Springs", "skipped", "Amount not accepted"),
    ("Paper Anchor Shipyard", "skipped", "On hold"),
    ("Paper Anchor Shipyard", "skipped", "Scheduled"),
    ("Glass Hammer Forge", "skipped", "In dispute"),
    ("Yesterday Forecasts", "skipped", "Not posted"),
    ("Lost Sock Exchange", "skipped", "Not on autopay"),
    ("Cardboard Submarines", "skipped", "No payment method"),
    ("Jelly Ladder Rentals", "skipped", "Payment method archived"),
    ("Ice Candle Chandlers", "skipped", "Payment method expired"),
    ("Marzipan Brickyard", "skipped", "No authorization"),
    ("Silent Trumpet Brass", "skipped", "Authorization revoked"),
    ("Thimble Ocean Ferries", "skipped", "Autopay is off for the customer"),
    ("Pudding Tower Masons", "skipped", "Above the authorized amount"),
    ("Flying Carpet Laundry", "skipped", "Other payment pending"),
]


@pytest.fixture(scope="module", autouse=True)
def own_database():
    yield
    drop_database(DATABASE)
    for path in LOCAL.glob(f"{DATABASE}.*"):
        path.unlink()


@pytest.fixture(scope="module")
def once(own_database):
    """The output of the demonstration, and its exit status."""
    return subprocess.run(
        [*COMMAND, "--once"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def table(once):
    return [
        found.groupdict() for found in map(LINE.match, once.stdout.split("\n")) if found
    ]


# === THE TABLE === #


def test_books_and_ledger_agree(once):
    assert once.returncode == 0, once.stdout
    assert "The books agree with the ledger to the cent: 21 charges" in once.stdout


def test_the_table_shows_every_invoice(table):
    assert len(table) == 120
    assert len({line["invoice"] for line in table}) == 120


def test_the_table_fits_a_terminal_and_has_no_colours_in_a_file(once):
    assert max(map(len, once.stdout.splitlines())) <= 120
    assert "\033" not in once.stdout


@pytest.mark.parametrize(("customer", "outcome", "why"), EXAMPLES)
def test_the_table_says_what_became_of(table, customer, outcome, why):
    lines = [line for line in table if line["customer"] == customer]
    assert any(line["outcome"] == outcome and why in line["why"] for line in lines), (
        lines
    )


def test_every_currency_has_its_totals(once):
    totals = re.findall(r"^([A-Z]{3}) .* yes$", once.stdout, re.MULTILINE)
    assert totals == ["EUR", "GBP", "JPY", "KWD", "USD"]


# === THE EXIT STATUS === #


def test_a_taken_port_is_told_before_anything_is_done():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "--port", str(port)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert f"Port {port} is taken by another program" in done.stderr
    assert done.stdout == ""


def test_a_database_of_another_kind_is_refused():
    done = subprocess.run(
        [*COMMAND, "--database", "accounting"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "demo_" in done.stderr


# === THE WEB CLIENT === #


@contextlib.contextmanager
def served(port, *options):
    """Run the demonstration until it serves; give the process and what it printed."""
    process = subprocess.Popen(
        [*COMMAND, "--port", str(port), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed = []
    try:
        deadline = time.monotonic() + READY_TIMEOUT
        for line in process.stdout:
            printed.append(line)
            if "_admin/settle" in line or time.monotonic() > deadline:
                break
        yield process, "".join(printed)
    finally:
        process.terminate()
        process.communicate()


def get_status(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def test_falsified_books_are_noticed_and_served_until_ctrl_c(odoo_env, once):
    """A payment is gone and a card was charged in secret: both are in the exit status.

    The database of the first run is there, so that this is a second run too.
    """
    port = odoo_env.free_port()
    lies = ["--falsify", "payment", "--falsify", "ledger"]
    with served(port, *lies) as (process, printed):
        found = re.findall(r"^DIFFERENCE +(.*)", printed, re.MULTILINE)
        assert len(found) == 2, printed
        assert any(
            "0.00 in the books, 1249.00 USD in the ledger" in text for text in found
        )
        assert any("0 in the books, 1.00 USD in the ledger" in text for text in found)
        simulator = re.search(r"http://127.0.0.1:\d+/_admin", printed)[0]
        web = f"http://127.0.0.1:{port}/web/login"
        assert get_status(web) == 200
        assert get_status(f"{simulator}/ledger") == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 1
        assert get_status(web) is None
        assert get_status(f"{simulator}/ledger") is None
