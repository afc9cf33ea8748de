"""The options of bin/demo; standard library only: --help needs nothing else."""

import argparse
import hashlib
import re

from tools.environment import ROOT

SERVER_PORT = 8069
FALSIFICATIONS = ("payment", "ledger")

DESCRIPTION = """\
Shows Autopay at work. Fills a database with 40 customers and 120 invoices, whose cards
and bank accounts do all that cards and bank accounts can do, has the scheduled actions
charge what is due at a stand-in for Stripe, prints what became of every invoice, and
compares the books with the stand-in's own ledger to the cent. Then serves the web
client, with the scheduled actions running, until Ctrl-C.
"""

EPILOG = """\
Every start begins anew: the stand-in for Stripe forgets its customers and charges when
it ends, so the database of the last demonstration is replaced. What takes long, Odoo
with the add-on installed, is kept and copied (bin/test uses the same one).

exit status: 0 the books and the ledger agree and nothing is left unexplained, 1 they do
not or something is (the differences are printed), 2 the demonstration could not run.
"""


def parse_options(args=None):
    """Return the options of the command line; ends the process when they are wrong."""
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, settings in OPTIONS.items():
        parser.add_argument(name, **settings)
    return parser.parse_args(args)


def _port(text):
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 1 to 65535")
    return int(text)


def _database(text):
    # The database that it names is dropped: a typing error must not name another one.
    if not re.fullmatch(r"demo_[a-z0-9_]{1,50}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not demo_ and a few a-z, 0-9, _")
    return text


def _checkout_id():
    """Return what tells two checkouts on one machine apart."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


OPTIONS = {
    "--once": {
        "action": "store_true",
        "help": "end after the comparison, serve nothing",
    },
    "--reset": {
        "action": "store_true",
        "help": "install the add-on anew too, not only the demonstration's data",
    },
    "--port": {
        "type": _port,
        "default": SERVER_PORT,
        "help": "of the web client, on this machine only (default %(default)s)",
    },
    "--database": {
        "type": _database,
        "default": f"demo_{_checkout_id()}",
        "metavar": "NAME",
        "help": "replaced at every start; begins with demo_ (default %(default)s)",
    },
    "--falsify": {
        "action": "append",
        "choices": FALSIFICATIONS,
        "default": [],
        "help": "to see the comparison fail: take a payment out of the books, or "
        "charge a card behind their back; may be repeated",
    },
}


if __name__ == "__main__":
    parse_options()
