"""Charges on several channels of the job queue, and hands over very many invoices.

    bin/bench scale [--channels 1,2,4] [--charges 400] [--stock-charges 10]
                    [--sizes 1000,10000] [--customers 200] [--latency 0.3]
                    [--json FILE]

**Charges.** For each number of channels a server of Odoo is started with as many
workers, and with queue_job's own runner; due invoices are handed over by the scheduled
action in another process. The clock runs from its start until the last charge is
booked. One worker is the same without a runner, where the scheduled action charges by
itself. The stock way is Odoo's own modules, see ``benchmarks.charge``. Afterwards every
charge is in the simulator's ledger once, and posted and reconciled in the books.

**Handing over.** So many invoices are due at the same minute, and a runner is there
that begins none of them: what is measured is the scheduled action, which decides about
each and makes the jobs. ``--sizes 1000,10000,100000`` is the figure of the design
notes, the default is for a quick look. Memory is the peak of the process above that
over the smallest size.
"""

import argparse
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path

from benchmarks.books_process import make_books
from benchmarks.charge import check_ledger
from benchmarks.handover_process import measure_handovers
from benchmarks.queue_server import QueueServer
from benchmarks.report import format_table, get_machine
from benchmarks.worker_process import WorkerProcess
from stripe_simulator.process import SimulatorProcess
from tools.databases import BENCH_PREFIX, GLUE_READY, TEMPLATE, copy_of, prepare

WARM_UP = {"stock": 5, "autopay": 200, "queued": 200}
MB = 2**20


def main(args=None):
    """Run the benchmark; return a process exit status."""
    options = _parse(args)
    prepare()
    prepare(glue=True)
    with SimulatorProcess(options.port) as simulator:
        rates = _measure_rates(simulator, options)
        handed = _measure_handovers(simulator, options)
    figures = _get_rate_figures(rates) + _get_handover_figures(handed)
    print(format_table(figures))
    if options.json:
        result = {
            "figures": figures,
            "machine": get_machine(),
            "settings": vars(options),
            "rates": rates,
            "handovers": handed,
        }
        Path(options.json).write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    return 0


def _parse(args):
    parser = argparse.ArgumentParser(description="Several workers, many invoices.")
    add = parser.add_argument
    add("--channels", type=_numbers, default=[1, 2, 4], help="numbers with commas")
    add("--charges", type=int, default=400, help="by autopay, for each measurement")
    add("--stock-charges", type=int, default=10, help="the same for the stock way")
    add("--sizes", type=_numbers, default=[1000, 10_000], help="invoices due at once")
    add("--customers", type=int, default=200)
    add("--latency", type=float, default=0.3, help="seconds per request")
    add("--port", type=int, default=0, help="of the simulator")
    add("--json", metavar="FILE", help="write the figures there as well")
    return parser.parse_args(args)


def _numbers(text):
    return [int(word) for word in text.split(",") if word]


# === CHARGES A SECOND === #


def _measure_rates(simulator, options):
    """Return {label: charges a second}."""
    rates = {}
    if options.stock_charges:
        rates["stock"] = _measure_way(
            simulator, options, "stock", TEMPLATE, options.stock_charges
        )
    if options.charges:
        rates["one worker"] = _measure_way(
            simulator, options, "autopay", GLUE_READY, options.charges
        )
    for channels in options.channels:
        rates[f"{channels} channels"] = _measure_way(
            simulator, options, "queued", GLUE_READY, options.charges, channels
        )
    return rates


def _measure_way(simulator, options, way, source, count, channels=0):
    before = simulator.admin.ledger()["entries"]
    with ExitStack() as stack:
        database = stack.enter_context(copy_of(source, BENCH_PREFIX))
        make_books(database, simulator.url, WARM_UP[way] + count, options.customers)
        if channels:
            stack.enter_context(QueueServer(database, simulator.url, channels))
        worker = stack.enter_context(WorkerProcess(way, database, simulator.url))
        simulator.admin.set_latency(0)
        worker.charge(WARM_UP[way])
        simulator.admin.set_latency(options.latency)
        found = worker.charge(count)
        simulator.admin.set_latency(0)
        _check(simulator, before, worker.get_books())
    rate = found["charges"] / found["wall"]
    print(f"-- {way} {channels or ''}: {rate:.1f} charges a second", file=sys.stderr)
    return rate


def _check(simulator, before, books):
    """Compare what moved since with the books; see ``benchmarks.charge``."""
    earlier = {
        "charges": len(before),
        "minor": sum(entry["amount"] for entry in before),
        "open": 0,
    }
    check_ledger(simulator, [books, earlier])


def _get_rate_figures(rates):
    stock = rates.get("stock")
    one = rates.get("one worker")
    rows = []
    for label, rate in rates.items():
        if label == "stock":
            continue
        if stock:
            rows.append(_rate_row(label, stock, rate))
        if one and label not in ("one worker", "1 channels"):
            rows.append(_speedup_row(label, one, rate))
    return rows


def _rate_row(label, stock, rate):
    # One channel does the work of one worker.
    alone = label in ("one worker", "1 channels")
    must, aim = (12, 25) if alone else (20, 40)
    return {
        "figure": f"charges per second with latency, {label}",
        "stock": stock,
        "autopay": rate,
        "ratio": rate / stock,
        "meaning": "times stock",
        "must": must,
        "aim": aim,
    }


def _speedup_row(label, one, rate):
    return {
        "figure": f"charges per second with latency, {label}",
        "stock": None,
        "autopay": rate,
        "ratio": rate / one,
        "meaning": "times one worker",
        "must": 1,
        "aim": 2,
    }


# === HANDING OVER === #


def _measure_handovers(simulator, options):
    """Return [{"invoices", "seconds", "jobs", "peak"}], one for each size."""
    if not options.sizes:
        return []
    with copy_of(GLUE_READY, BENCH_PREFIX) as database:
        customers = max(options.customers, max(options.sizes) // 100)
        make_books(database, simulator.url, max(options.sizes), customers)
        found = measure_handovers(database, simulator.url, options.sizes)
    for row in found:
        print(
            f"-- {row['invoices']} invoices: {row['seconds']:.1f} s, "
            f"{row['jobs']} jobs, peak {row['peak'] / MB:.0f} MB",
            file=sys.stderr,
        )
    return found


def _get_handover_figures(handed):
    if not handed:
        return []
    small, large = handed[0], handed[-1]
    per_invoice = [row["seconds"] / row["invoices"] for row in (small, large)]
    growth = (large["peak"] - small["peak"]) / MB
    name = f"{large['invoices']} invoices due at once"
    least = small["invoices"]
    return [
        _limit_row(f"{name}: decided and queued, s", large["seconds"], 60, 30),
        _limit_row(f"{name}: MB more than {least} take", growth, 50, 20),
        _limit_row(
            f"{name}: time for each, against {least}",
            per_invoice[1] / per_invoice[0],
            1.2,
            1.05,
        ),
    ]


def _limit_row(figure, found, must, aim):
    return {
        "figure": figure,
        "stock": None,
        "autopay": found,
        "ratio": found,
        "meaning": "at most",
        "must": must,
        "aim": aim,
    }


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
