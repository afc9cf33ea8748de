"""Selects the few invoices that are due among very many that are posted.

    bin/bench select [--invoices 1000000] [--due 50] [--rounds 20] [--json FILE]

The invoices are made inside PostgreSQL: most are paid, some thousands wait for a date
to come or for another try, and 50 are due. What is measured is what a run of the engine
does first, ``autopay.engine._get_due_ids``; the median of the rounds counts. The stock
way is the same search without the indexes of autopay.
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

INDEXES = ("account_move_autopay_eligible_idx", "account_move_autopay_retry_idx")

# Of the copies, by their number c.k: due ones first, then what waits, then the paid.
WAITING, FAILED = 20_000, 5_000
STATE_VALUES = {
    "payment_state": "CASE WHEN c.k <= {open} THEN 'not_paid' ELSE 'paid' END",
    "amount_residual": "CASE WHEN c.k <= {open} THEN o.amount_total ELSE 0 END",
    "autopay_status": """CASE WHEN c.k <= {waiting} THEN 'eligible'
                              WHEN c.k <= {open} THEN 'error' ELSE 'success' END""",
    "autopay_date": """CASE WHEN c.k <= {due} OR c.k > {waiting} THEN o.invoice_date
                            ELSE CURRENT_DATE + 2 + (c.k % 300)::int END""",
    "autopay_retry_date": """CASE WHEN c.k BETWEEN {waiting} + 1 AND {open}
                                  THEN CURRENT_DATE + 2 + (c.k % 5)::int END""",
}


def main(args=None):
    """Run the benchmark; return a process exit status."""
    options = _parse(args)
    prepare()
    with copy_of(READY, BENCH_PREFIX) as database:
        result = _measure(database, options)
    print(format_table(result["figures"]))
    if options.json:
        text = json.dumps({**result, "machine": get_machine()}, indent=2)
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    return 0


def _parse(args):
    parser = argparse.ArgumentParser(description="Selecting what is due.")
    add = parser.add_argument
    add("--invoices", type=int, default=1_000_000)
    add("--due", type=int, default=50)
    add("--rounds", type=int, default=20)
    add("--json", metavar="FILE", help="write the figures there as well")
    return parser.parse_args(args)


def _measure(database, options):
    with odoo_environment(database) as env:
        fill(env, options.invoices, options.due)
        first = _select(env, options.due)
        rounds = [_select(env, options.due) for _number in range(options.rounds)]
        plan = explain(env)
        for index in INDEXES:
            env.cr.execute(f"DROP INDEX {index}")
        _select(env, options.due)
        stock = [_select(env, options.due) for _number in range(3)]
        env.cr.rollback()
    print(plan, file=sys.stderr)
    print(f"-- first {first:.1f} ms, slowest {max(rounds):.1f} ms", file=sys.stderr)
    figures = [get_figure(options, median(stock), median(rounds))]
    return {"figures": figures, "plan": plan, "first": first, "rounds": rounds}


def get_figure(options, stock, ours):
    """Return the row of the table, from milliseconds."""
    return {
        "figure": f"ms to select {options.due} due among {options.invoices} invoices",
        "stock": stock,
        "autopay": ours,
        "ratio": ours,
        "meaning": f"ms, {stock / ours:.0f} times faster",
        "must": 50,
        "aim": 10,
    }


def fill(env, invoices, due):
    """Create so many posted invoices, with so many due."""
    env.company.write({"autopay_enabled": True, "autopay_policy": "manual"})
    partner = env["res.partner"].create({"name": "Customer"})
    original = create_invoice(env, partner)
    env.flush_all()
    limits = {"due": due, "waiting": due + WAITING, "open": due + WAITING + FAILED}
    values = {column: text.format(**limits) for column, text in STATE_VALUES.items()}
    multiply_invoices(env.cr, original.ids, invoices, values, with_lines=False)
    env.cr.commit()


def _select(env, due):
    """Return how long it takes to find what is due, in milliseconds.

    :raises SystemExit: when something else is found
    """
    env.invalidate_all()
    start = time.perf_counter()
    found = env["autopay.engine"]._get_due_ids(env.company)
    seconds = time.perf_counter() - start
    if len(found) != due:
        sys.exit(f"{len(found)} invoices were found instead of {due}.")
    return seconds * 1000


def explain(env):
    """Return how PostgreSQL finds what is due."""
    moves = env["account.move"]
    domain = moves._get_autopay_due_domain(
        env.company, env.company._get_autopay_today()
    )
    query = moves._search(domain, order="autopay_date, id").select()
    code, params = query.code, query.params
    env.cr.execute(f"EXPLAIN (ANALYZE, BUFFERS) {code}", params)
    return "\n".join(line for (line,) in env.cr.fetchall())


if __name__ == "__main__":
    sys.exit(main())
