import logging
import optparse
import sys
import textwrap
from collections import Counter

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
        parser = config.parser
        parser.prog = self.prog
        group = optparse.OptionGroup(parser, "Autopay check")
        group.add_option(
            "--provider",
            action="store_true",
            dest="autopay_provider",
            my_default=False,
            help="also compare charges with what the payment providers hold, and keep "
            "the reconciliations; exits with 2 when nothing is breached but a provider "
            "that can be asked gave no complete answer",
        )
        group.add_option(
            "--days",
            type="int",
            dest="autopay_days",
            my_default=30,
            help="how many days to compare with the providers (30)",
        )
        parser.add_option_group(group)
        config.parse_config(args, setup_logging=True)
        logging.getLogger("odoo").setLevel(logging.WARNING)
        options, _left = parser.parse_args(args)
        if options.autopay_days < 1:
            sys.exit(self._fail("--days is 1 or more."))
        names = config["db_name"]
        if len(names) != 1:
            sys.exit(self._fail("Name one database with -d."))
        return names[0], options.autopay_days if options.autopay_provider else 0

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
