"""Decides what would be charged of many due invoices under many configurations.

    bin/bench decide [--invoices 5000] [--customers 500] [--rounds 3]
                     [--naive 20] [--profile] [--json FILE]

Each customer has five configurations of three conditions: in one database all say the
same and a few customers share the invoices, in the other one each has values of its
own. What is measured is ``autopay.decision._decide`` with empty caches, for all
invoices at once and in the batches in which the engine works; the median of the rounds
counts.

The stock way is what a few lines of Odoo would do: for each invoice and configuration,
one search for the invoice with the configuration's conditions, until one matches. It is
measured on some invoices and multiplied.
"""

import argparse
import cProfile
import json
import pstats
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.odoo_session import odoo_environment
from benchmarks.report import format_table, get_machine
from benchmarks.rule_books import fill_rules
from tools.databases import BENCH_PREFIX, READY, copy_of, prepare

BATCH = 100
FEW_CUSTOMERS = 5


def main(args=None):
    """Run the benchmark; return a process exit status."""
    options = _parse(args)
    prepare()
    figures = []
    for label, customers, distinct in (
        ("one list", FEW_CUSTOMERS, False),
        (f"own lists of {options.customers}", options.customers, True),
    ):
        with copy_of(READY, BENCH_PREFIX) as database:
            found = _measure(database, options, customers, distinct)
        figures += get_figures(label, options.invoices, found)
    print(format_table(figures))
    if options.json:
        result = {
            "figures": figures,
            "machine": get_machine(),
            "settings": vars(options),
        }
        Path(options.json).write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    return 0


def _parse(args):
    parser = argparse.ArgumentParser(description="Deciding many invoices.")
    add = parser.add_argument
    add("--invoices", type=int, default=5000)
    add("--customers", type=int, default=500, help="with configurations of their own")
    add("--rounds", type=int, default=3)
    add("--naive", type=int, default=20, help="invoices decided one by one")
    add("--profile", action="store_true", help="print where the time goes")
    add("--json", metavar="FILE", help="write the figures there as well")
    return parser.parse_args(args)


def get_figures(label, invoices, found):
    """Return the rows of the table for one way to share configurations."""
    naive = median(found["naive"])
    return [
        {
            "figure": f"seconds to decide {invoices} invoices, {label}, {how}",
            "stock": naive,
            "autopay": median(found[key]),
            "ratio": median(found[key]),
            "meaning": f"s, {naive / median(found[key]):.0f} times faster",
            "must": 5,
            "aim": 1,
        }
        for key, how in (("whole", "at once"), ("batches", f"by {BATCH}"))
    ]


def _measure(database, options, customers, distinct):
    """Return the seconds of each round: {"whole", "batches", "naive"}."""
    with odoo_environment(database) as env:
        moves = fill_rules(env, options.invoices, customers, distinct)
        if len(moves) != options.invoices:
            sys.exit(f"{len(moves)} invoices are due instead of {options.invoices}.")
        _check(env, moves, options.naive)
        if options.profile:
            _profile(env, moves)
        found = {"whole": [], "batches": [], "naive": []}
        for _number in range(options.rounds):
            found["whole"].append(_time(env, _decide_whole, moves))
            found["batches"].append(_time(env, _decide_batches, moves))
            some = moves[: options.naive]
            seconds = _time(env, choose_naively, some)
            found["naive"].append(seconds * len(moves) / len(some))
            _say(customers, found)
        return found


def _time(env, work, moves):
    """Return how long it takes with empty caches, in seconds; tell the CPU time."""
    env.invalidate_all()
    start, cpu = time.perf_counter(), time.process_time()
    work(moves)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(f"-- {work.__name__}: {seconds:.2f} s, {cpu:.2f} s of CPU", file=sys.stderr)
    return seconds


def _decide_whole(moves):
    return moves.env["autopay.decision"]._decide(moves)


def _decide_batches(moves):
    for start in range(0, len(moves), BATCH):
        _decide_whole(moves[start : start + BATCH])


def choose_naively(moves):
    """Return {invoice: configuration} by one search for each pair."""
    # Odoo is on the path once its environment is there.
    from odoo.fields import Domain

    chosen = {}
    choice = moves.env["autopay.configuration.choice"]
    for move in moves:
        today = move.company_id._get_autopay_today()
        configurations = moves.env["autopay.configuration"].search(
            [("partner_id", "=", move.partner_id.id), ("enabled", "=", True)]
        )
        chosen[move] = configurations.browse()
        for configuration in configurations:
            domain = choice._get_matching_domain(configuration, today)
            if move.search_count(Domain("id", "=", move.id) & domain):
                chosen[move] = configuration
                break
    return chosen


def _check(env, moves, count):
    """Compare what both ways choose.

    :raises SystemExit: when the figures would be of decisions gone wrong
    """
    decisions = _decide_whole(moves)
    blocked = {decision.blocker for decision in decisions.values()} - {False}
    naive = choose_naively(moves[:count])
    other = [
        move for move, each in naive.items() if decisions[move].configuration != each
    ]
    used = {decision.configuration.sequence for decision in decisions.values()}
    if blocked or other or len(used) < 2:
        sys.exit(f"Decided wrongly: {blocked}, {other}, {used}.")


def _profile(env, moves):
    for work in (_decide_whole, _decide_batches):
        env.invalidate_all()
        profile = cProfile.Profile()
        profile.runcall(work, moves)
        stats = pstats.Stats(profile, stream=sys.stderr)
        stats.sort_stats("cumulative").print_stats(45)
        stats.sort_stats("tottime").print_stats(25)


def _say(customers, found):
    print(
        f"-- {customers} customers: "
        + ", ".join(f"{key} {found[key][-1]:.2f} s" for key in found),
        file=sys.stderr,
    )


if __name__ == "__main__":
    sys.exit(main())
