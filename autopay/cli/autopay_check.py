import argparse
import logging
import sys
import textwrap
from collections import Counter
from inspect import cleandoc

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config

LABELS = {"ok": "OK", "breach": "BREACH", "partial": "not checked"}
WIDTH = 100
INDENT = " " * 19


class AutopayCheck(Command):
    """Check on a database what autopay promises, and name what breaks it.

    Exits with 0 when nothing is breached, 1 when something is, 2 when the check itself
    could not run, or, with --provider, when a provider was not read to the end.
    Without --provider nothing is written and nobody is asked.
    """

    name = "autopay_check"

    def run(self, args):
        """Override of `odoo.cli`: print a table, exit with the verdict."""
        database, days = self._parse(args)
        try:
            registry = Registry(database)
        except psycopg2.Error as error:
            sys.exit(self._fail(str(error)))
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if "autopay.invariant" not in env:
                sys.exit(self._fail("The add-on Autopay is not installed there."))
            findings = env["autopay.invariant"]._check(provider_days=days)
        sys.exit(self._report(findings))

    def _parse(self, args):
        """Return the database and how many days to compare with the providers."""
        own, others = self._get_parser().parse_known_args(args)
        # All other options are Odoo's: -d, -c, --addons-path ...
        config.parse_config(["--no-http", *others], setup_logging=True)
        logging.getLogger("odoo").setLevel(logging.WARNING)
        if own.days < 1:
            sys.exit(self._fail("--days is 1 or more."))
        names = config["db_name"]
        if len(names) != 1:
            sys.exit(self._fail("Name one database with -d."))
        return names[0], own.days if own.provider else 0

    def _get_parser(self):
        """Return the parser of the options that are ours."""
        # Not abbreviated: --data-dir is Odoo's.
        parser = argparse.ArgumentParser(
            prog=self.prog,
            description=cleandoc(self.__doc__),
            epilog="Odoo's own options are taken as well: -d DATABASE, -c FILE ...",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        parser.add_argument(
            "--provider",
            action="store_true",
            help="also compare charges with what the payment providers hold, and keep "
            "the reconciliations; exits with 2 when nothing is breached but a provider "
            "that can be asked gave no complete answer",
        )
        parser.add_argument(
            "--days",
            type=int,
            default=30,
            help="how many days to compare with the providers (%(default)s)",
        )
        return parser

    def _fail(self, text):
        sys.stderr.write(f"{text}\n")
        return 2

    def _report(self, findings):
        """Print a line for each invariant and return the exit code."""
        for finding in findings:
            label = LABELS[finding.verdict]
            sys.stdout.write(f"{finding.code:<4}  {label:<11}  {finding.sentence}\n")
            self._print_details(finding)
        verdicts = Counter(finding.verdict for finding in findings)
        sys.stdout.write(
            f"\n{len(findings)} invariants, {verdicts['breach']} breached, "
            f"{verdicts['partial']} not fully checked\n"
        )
        if verdicts["breach"]:
            return 1
        return 2 if any(finding.unread for finding in findings) else 0

    def _print_details(self, finding):
        """Print what breaches an invariant, or why it was not fully checked."""
        shown = [
            f"{model},{res_id}: {text}" for model, res_id, text in finding.offenders[:5]
        ]
        if finding.count > len(shown):
            shown.append(f"... {finding.count - len(shown)} more")
        for text in shown or filter(None, [finding.note]):
            wrapped = textwrap.wrap(text, WIDTH - len(INDENT))
            sys.stdout.write("".join(f"{INDENT}{line}\n" for line in wrapped))
