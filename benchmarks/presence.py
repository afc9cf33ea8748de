"""The cost of Odoo's own screens with autopay installed, against without.

    bin/bench presence [--rounds 15] [--seconds 8] [--only WORDS] [--profile]
                       [--instructions] [--json FILE]

The same work is done in three databases with the same invoices: without autopay, with
autopay installed and off, and with autopay on and every invoice on it. The databases
take turns in one process; nothing that the work writes is kept.

Queries are counted: they are the same each time. CPU seconds are those of this process,
the least of the rounds, since the machine may have other things to do: short works are
repeated for some seconds. A further look is how many queries more twice as many records
take, which must be no more than without autopay. Ends with 1 when a "must" is missed.

With ``--instructions`` valgrind counts the processor's instructions instead, which are
the same on a busy machine.
"""

import argparse
import json
import sys
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from benchmarks.odoo_session import load_registry, superuser_environment
from benchmarks.presence_books import fill
from benchmarks.presence_cost import count_growth, measure, print_profile
from benchmarks.presence_instructions import count_instructions
from benchmarks.presence_work import WORKS, Desk
from benchmarks.report import format_table, get_machine, get_verdict
from tools.databases import BENCH_PREFIX, READY, TEMPLATE, copy_of, prepare

RECORDS = 80
WAYS = {"without": TEMPLATE, "off": READY, "on": READY}
UNITS = {
    "queries": ("queries", 1),
    "cpu": ("ms of CPU", 1000),
    "instructions": ("million instructions", 1e-6),
}
LIMITS = {"off": (1.05, 1.01), "on": (1.25, 1.1)}


def main(args=None):
    """Run the benchmark; return a process exit status."""
    options = _parse(args)
    works = [work for work in WORKS if options.only in work.label]
    prepare()
    count = _count_instructions if options.instructions else _count_queries_and_time
    found = count(works, options)
    return _report(list(chain.from_iterable(found)), options) if found else 0


def _count_instructions(works, options):
    counts = count_instructions(WAYS, options.only)
    return [get_figures(work, counts[work.label]) for work in works]


def _count_queries_and_time(works, options):
    """Return the rows of each work; none where only a profile was to be printed."""
    with ExitStack() as stack:
        desks = {way: set_up(stack, way) for way in WAYS}
        if options.profile:
            for work in works:
                print_profile(work, desks)
            return []
        return [_measure(work, desks, options) for work in works]


def _report(figures, options):
    """Print the table; return 1 when a figure falls short."""
    print(format_table(figures))
    if options.json:
        text = json.dumps({"figures": figures, "machine": get_machine()}, indent=2)
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    return int(any(get_verdict(figure) == "short" for figure in figures))


def _parse(args):
    parser = argparse.ArgumentParser(description="Odoo's screens with autopay there.")
    add = parser.add_argument
    add("--rounds", type=int, default=15, help="of each work, at least")
    add("--seconds", type=float, default=8, help="for each work, at least")
    add("--only", default="", metavar="WORDS", help="of the name of the work")
    add("--profile", action="store_true", help="print queries and where the time goes")
    add("--instructions", action="store_true", help="count them, by valgrind")
    add("--json", metavar="FILE", help="write the figures there as well")
    return parser.parse_args(args)


def set_up(stack, way):
    """Return the ``Desk`` of a database of its own, which goes with the stack."""
    database = stack.enter_context(copy_of(WAYS[way], BENCH_PREFIX))
    registry = load_registry(database)
    with superuser_environment(registry) as env:
        fill(env, RECORDS, on=way == "on")
    return Desk(registry)


def _measure(work, desks, options):
    costs = measure(work, desks, options.rounds, options.seconds)
    growth = count_growth(work, desks) if work.few else None
    return get_figures(work, costs, growth)


def get_figures(work, costs, growth=None):
    """Return the rows of the table for one kind of work.

    :param dict costs: {way: {"queries": int, "cpu": seconds}}, or "instructions"
    :param growth: {way: queries that the further records take}, or None
    """
    figures = []
    for way, (must, aim) in LIMITS.items():
        for key in costs[way]:
            unit, factor = UNITS[key]
            stock, ours = costs["without"][key] * factor, costs[way][key] * factor
            limits = {"ratio": ours / stock, "must": must, "aim": aim}
            label = f"{work.label}, {way}: {unit}"
            figures.append(_get_figure(label, stock, ours, "times", limits))
        if growth:
            stock, ours = growth["without"], growth[way]
            limits = {"ratio": max(ours - stock, 0), "must": 0, "aim": 0}
            label = f"{work.label}, {way}: queries for {work.count - work.few} of them"
            figures.append(_get_figure(label, stock, ours, "more", limits))
    return figures


def _get_figure(label, stock, ours, meaning, limits):
    return {
        "figure": label,
        "stock": stock,
        "autopay": ours,
        "meaning": meaning,
        **limits,
    }


if __name__ == "__main__":
    sys.exit(main())
