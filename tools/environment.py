"""The places of things: what bin/setup left in the environment and in .local."""

import ast
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
TEST_CONF = LOCAL / "test.conf"
FILESTORE = LOCAL / "data" / "filestore"


class CommandError(Exception):
    """A command that had to succeed did not; the text is what it printed."""


def addons():
    """Return the folders of the add-ons in this checkout, sorted by name."""
    return sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))


def manifest(addon):
    """Return the manifest of an add-on's folder as a dict."""
    return ast.literal_eval((addon / "__manifest__.py").read_text())


def is_glue(addon):
    """Tell whether an add-on installs itself where all that it joins is installed."""
    return bool(manifest(addon).get("auto_install"))


def run_odoo(*args, conf=TEST_CONF, script=""):
    """Run Odoo's command line to its end and return its log.

    :param script: what ``odoo shell`` is to run
    :raises CommandError: with the log, when Odoo fails
    """
    command, options = split_command(args)
    done = subprocess.run(
        ["odoo", *command, "-c", str(conf), *options],
        input=script,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "ODOO_RC": str(conf)},
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(done.stdout)
    return done.stdout


def split_command(args):
    """Split off the sub-commands (words before the first option)."""
    first_option = next(
        (index for index, word in enumerate(args) if word.startswith("-")), len(args)
    )
    return args[:first_option], args[first_option:]
