"""Opens the Overview with very many invoices on autopay.

    bin/bench overview [--invoices 100000] [--rounds 9] [--json FILE]

The invoices are made inside PostgreSQL: most wait for their day, others are blocked by
ten reasons, failed or collected. What is measured is what the page asks first,
``autopay.overview.action_get_overview``, for a billing user with empty caches; the
median of the rounds counts.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.invoice_copies import multiply_invoices
from benchmarks.odoo_session import odoo_environment
from benchmarks.report import format_table, get_machine
from benchmarks.rule_books import create_invoice
from tools.databases import BENCH_PREFIX, READY, copy_of, prepare

REASONS = (
    "no_method",
    "method_archived",
    "method_expired",
    "method_paused",
    "no_authorization",
    "authorization_revoked",
    "open_credit",
    "above_cap",
    "customer_off",
    "no_date",
)
# Of ten copies, by their number c.k, six are scheduled, two blocked, one failed.
VALUES = {
    "autopay_status": """CASE WHEN c.k % 10 < 8 THEN 'eligible'
                              WHEN c.k % 10 = 8 THEN 'error' ELSE 'success' END""",
    "autopay_standing": """CASE WHEN c.k % 10 < 6 THEN 'scheduled'
                                WHEN c.k % 10 < 8 THEN 'blocked'
                                WHEN c.k % 10 = 8 THEN 'failed'
                                ELSE 'collected' END""",
    "autopay_reason": """CASE WHEN c.k % 10 < 6 THEN 'date_not_reached'
                              WHEN c.k % 10 < 8
                              THEN (ARRAY[{reasons}])[1 + (c.k / 10) % 10]
                              WHEN c.k % 10 = 8 THEN 'failed' END""",
    "autopay_next_date": """CASE WHEN c.k % 10 < 6
                                 THEN CURRENT_DATE + (c.k % 60)::int END""",
    "autopay_next_amount": "CASE WHEN c.k % 10 < 6 THEN o.amount_total END",
    "autopay_standing_date": "now() AT TIME ZONE 'UTC'",
}


def main(args=None):
    """Run the benchmark; return a process exit status."""
    options = _parse(args)
    prepare()
    with copy_of(READY, BENCH_PREFIX) as database:
        rounds = _measure(database, options)
    figure = get_figure(options, median(rounds))
    print(format_table([figure]))
    if options.json:
        text = json.dumps({"figures": [figure], "machine": get_machine()}, indent=2)
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    return int(figure["ratio"] > figure["must"])


def _parse(args):
    parser = argparse.ArgumentParser(description="The page that the app opens on.")
    add = parser.add_argument
    add("--invoices", type=int, default=100_000)
    add("--rounds", type=int, default=9)
    add("--json", metavar="FILE", help="write the figures there as well")
    return parser.parse_args(args)


def _measure(database, options):
    from odoo.tests import new_test_user

    with odoo_environment(database) as env:
        fill(env, options.invoices)
        user = new_test_user(env, "overview", "account.group_account_invoice")
        env.cr.commit()
        turns = range(options.rounds + 1)
        return [_open(env, user, options.invoices) for _turn in turns][1:]


def get_figure(options, ours):
    """Return the row of the table, from milliseconds."""
    return {
        "figure": f"ms for the Overview with {options.invoices} invoices on autopay",
        "stock": None,
        "autopay": ours,
        "ratio": ours,
        "meaning": "ms",
        "must": 300,
        "aim": 150,
    }


def fill(env, invoices):
    """Create so many posted invoices on autopay."""
    env.company.write({"autopay_enabled": True, "autopay_policy": "manual"})
    partner = env["res.partner"].create({"name": "Customer"})
    original = create_invoice(env, partner)
    env.flush_all()
    reasons = ", ".join(f"'{reason}'" for reason in REASONS)
    values = {key: text.replace("{reasons}", reasons) for key, text in VALUES.items()}
    multiply_invoices(env.cr, original.ids, invoices, values, with_lines=False)
    env.cr.commit()


def _open(env, user, invoices):
    """Return how long the page takes, in milliseconds.

    :raises SystemExit: when it counts something else
    """
    env.invalidate_all()
    start = time.perf_counter()
    page = env["autopay.overview"].with_user(user).action_get_overview()
    seconds = time.perf_counter() - start
    counts = {
        card["key"]: card["count"]
        for section in page["sections"]
        for card in section["cards"]
    }
    if (counts["blocked"], counts["failed"]) != (invoices // 5, invoices // 10):
        sys.exit(f"The page counts {counts}.")
    return seconds * 1000


if __name__ == "__main__":
    sys.exit(main())
