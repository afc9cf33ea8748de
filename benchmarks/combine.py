"""Charges what is due of customers invoice by invoice, and as one charge for each.

    bin/bench combine [--customers 200] [--invoices 5] [--rounds 1] [--json FILE]

Both ways are autopay's, on databases of their own, with one simulator of Stripe; all
is checked at the end, see ``benchmarks.charge``. Requests are those that the simulator
got, CPU seconds those of the Odoo process with all its threads. The median of the
rounds counts.
"""

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.books_process import make_books
from benchmarks.charge import check_ledger
from benchmarks.report import get_machine
from benchmarks.worker_process import WorkerProcess
from stripe_simulator.process import SimulatorProcess
from tools.databases import BENCH_PREFIX, READY, copy_of, prepare

WAYS = ("autopay", "combined")


def main(args=None):
    """Run the benchmark; return a process exit status."""
    options = _parse(args)
    prepare()
    with ExitStack() as stack:
        simulator = stack.enter_context(SimulatorProcess(options.port))
        result = _measure(stack, simulator, options)
    print(_format(result, options))
    if options.json:
        text = json.dumps(result, indent=2)
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    return 0


def _parse(args):
    parser = argparse.ArgumentParser(description="One charge for several invoices.")
    add = parser.add_argument
    add("--customers", type=int, default=200)
    add("--invoices", type=int, default=5, help="due of each customer at once")
    add("--rounds", type=int, default=1)
    add("--port", type=int, default=0, help="of the simulator")
    add("--json", metavar="FILE", help="write the figures there as well")
    return parser.parse_args(args)


def _measure(stack, simulator, options):
    count = options.customers * options.invoices
    workers = {}
    for way in WAYS:
        database = stack.enter_context(copy_of(READY, BENCH_PREFIX))
        # A first round proves the provider, and is not measured.
        needed = count * (options.rounds + 1)
        make_books(database, simulator.url, needed, options.customers)
        workers[way] = stack.enter_context(WorkerProcess(way, database, simulator.url))
        workers[way].charge(count)
    rounds = [
        {way: _measure_way(workers[way], simulator, count) for way in WAYS}
        for _number in range(options.rounds)
    ]
    check_ledger(simulator, [worker.get_books() for worker in workers.values()])
    return {"machine": get_machine(), "settings": vars(options), "rounds": rounds}


def _measure_way(worker, simulator, count):
    simulator.admin.clear_requests()
    found = worker.charge(count)
    return {**found, "requests": simulator.admin.count_requests()}


def _format(result, options):
    """Return the figures as a table in Markdown."""
    head = f"{options.customers} customers with {options.invoices} due invoices each"
    lines = [f"| {head} | one by one | together | times less |", "|---|---|---|---|"]
    for name, key in (("requests", "requests"), ("CPU seconds", "cpu")):
        alone, together = (
            median(found[way][key] for found in result["rounds"]) for way in WAYS
        )
        ratio = alone / together
        lines.append(f"| {name} | {alone:.1f} | {together:.1f} | {ratio:.1f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
