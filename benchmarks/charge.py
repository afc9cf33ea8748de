"""Charges invoices in two ways and compares: Odoo's own, and autopay's.

    bin/bench charge [--rounds 3] [--charges 300] [--stock-charges 20]
                     [--memory-charges 1000] [--latency 0.3] [--json FILE]

The stock way is what Odoo's modules do for each invoice: create a transaction,
``_charge_with_token()``, ``_post_process()``, commit. It runs on a database without
autopay; only the address of Stripe is replaced. Both ways talk over HTTP to one
simulator of Stripe, take turns, and are checked at the end: every charge is in the
simulator's ledger once, and posted and reconciled in the books.

CPU seconds are those of the Odoo process with all its threads; PostgreSQL and the
simulator are other processes and not in them. They do count where charges per second
are measured, as they share the machine. Each figure is the median of the rounds.

Memory is the peak resident size of the Odoo process over one run of so many charges,
less the peak over a run of 200 before it: ``--memory-charges 10000`` is the figure of
the design notes, the default is for a quick look.
"""

import argparse
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path

from benchmarks.books_process import make_books
from benchmarks.figures import get_figures
from benchmarks.report import format_table, get_machine
from benchmarks.worker_process import WorkerProcess
from stripe_simulator.process import SimulatorProcess
from tools.databases import BENCH_PREFIX, READY, TEMPLATE, copy_of, prepare

WARM_UP = {"stock": 5, "autopay": 200}
# The stock way does not know autopay: its database has never seen it.
SOURCES = {"stock": TEMPLATE, "autopay": READY}


def main(args=None):
    """Run the benchmark; return a process exit status."""
    options = _parse(args)
    prepare()
    with ExitStack() as stack:
        simulator = stack.enter_context(SimulatorProcess(options.port))
        result = _measure(stack, simulator, options)
    print(format_table(result["figures"]))
    if options.json:
        text = json.dumps(result, indent=2)
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    return 0


def _parse(args):
    parser = argparse.ArgumentParser(description="Autopay against Odoo's own way.")
    add = parser.add_argument
    add("--rounds", type=int, default=3)
    add("--charges", type=int, default=300, help="by autopay, per round and latency")
    add("--stock-charges", type=int, default=20, help="the same for the stock way")
    add("--memory-charges", type=int, default=1000, help="0 leaves the row out")
    add("--customers", type=int, default=200)
    add("--latency", type=float, default=0.3, help="seconds per request")
    add("--port", type=int, default=0, help="of the simulator")
    add("--json", metavar="FILE", help="write the figures there as well")
    return parser.parse_args(args)


def _measure(stack, simulator, options):
    counts = {"stock": options.stock_charges, "autopay": options.charges}
    workers = {}
    for way, count in counts.items():
        database = stack.enter_context(copy_of(SOURCES[way], BENCH_PREFIX))
        needed = WARM_UP[way] + 2 * options.rounds * count
        needed += options.memory_charges if way == "autopay" else 0
        make_books(database, simulator.url, needed, options.customers)
        worker = WorkerProcess(way, database, simulator.url)
        workers[way] = stack.enter_context(worker)
    warm = {way: workers[way].charge(WARM_UP[way]) for way in workers}
    rounds = [
        _measure_round(number, workers, counts, simulator, options.latency)
        for number in range(1, options.rounds + 1)
    ]
    memory = _measure_memory(workers["autopay"], simulator, options.memory_charges)
    check_ledger(simulator, [worker.get_books() for worker in workers.values()])
    return {
        "figures": get_figures(rounds, warm["autopay"], memory),
        "machine": get_machine(),
        "settings": vars(options),
        "rounds": rounds,
        "memory": memory,
    }


def _measure_round(number, workers, counts, simulator, latency):
    """Return {way: {"fast" | "slow": measurement}}; the ways take turns."""
    found = {way: {} for way in workers}
    for speed, seconds in (("fast", 0), ("slow", latency)):
        simulator.admin.set_latency(seconds)
        for way, worker in workers.items():
            found[way][speed] = worker.charge(counts[way])
            _say(number, way, seconds, found[way][speed])
    return found


def _measure_memory(worker, simulator, count):
    if not count:
        return None
    simulator.admin.set_latency(0)
    found = worker.charge(count)
    _say("memory", "autopay", 0, found)
    return found


def _say(number, way, latency, found):
    print(
        f"-- {number}: {way}, {found['charges']} charges at {latency:g} s: "
        f"{found['cpu'] / found['charges'] * 1000:.1f} ms CPU each, "
        f"{found['charges'] / found['wall']:.1f} per second, "
        f"peak {found['peak'] / 2**20:.0f} MB",
        file=sys.stderr,
    )


def check_ledger(simulator, books):
    """Compare the money that moved with what is posted and reconciled.

    :raises SystemExit: when the figures above would be of charges gone wrong
    """
    taken = simulator.admin.ledger()["entries"]
    ledger = {
        "charges": len(taken),
        "minor": sum(entry["amount"] for entry in taken),
    }
    booked = {key: sum(book[key] for book in books) for key in ledger}
    if booked != ledger or any(book["open"] for book in books):
        sys.exit(f"The books do not agree with the ledger: {books}, {ledger}.")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
