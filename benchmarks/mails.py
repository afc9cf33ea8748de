"""Charges the same number of invoices with mails to customers off and on.

    bin/bench mails [--charges 2000] [--customers 200] [--rounds 3] [--json FILE]

With mails on each charge notes, in the transaction of its outcome, what its customer is
to be told, and the run has its summary for staff; the mails themselves are written by a
scheduled action of its own, which is measured apart. CPU seconds are those of the Odoo
process with all its threads. The ways take turns, the median of the rounds counts, and
the books are checked at the end, see ``benchmarks.charge``.

``MOST`` is the limit of the design notes: a charge costs at most 15 % more.
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

WAYS = ("quiet", "telling")
WARM_UP = 200
MOST = 1.15


def main(args=None):
    """Run the benchmark; return a process exit status."""
    options = _parse(args)
    prepare()
    with ExitStack() as stack:
        simulator = stack.enter_context(SimulatorProcess(options.port))
        result = _measure(stack, simulator, options)
    print(_format(result))
    if options.json:
        text = json.dumps(result, indent=2)
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    return 0


def _parse(args):
    parser = argparse.ArgumentParser(description="The cost of mails for a charge.")
    add = parser.add_argument
    add("--charges", type=int, default=2000, help="of each way and round")
    add("--customers", type=int, default=200)
    add("--rounds", type=int, default=3)
    add("--port", type=int, default=0, help="of the simulator")
    add("--json", metavar="FILE", help="write the figures there as well")
    return parser.parse_args(args)


def _measure(stack, simulator, options):
    needed = WARM_UP + options.charges * options.rounds
    workers = {}
    for way in WAYS:
        database = stack.enter_context(copy_of(READY, BENCH_PREFIX))
        make_books(database, simulator.url, needed, options.customers)
        workers[way] = stack.enter_context(WorkerProcess(way, database, simulator.url))
        workers[way].charge(WARM_UP)
        workers[way].tell()
    rounds = [
        {way: _measure_way(workers[way], options.charges) for way in WAYS}
        for _number in range(options.rounds)
    ]
    check_ledger(simulator, [worker.get_books() for worker in workers.values()])
    return {"machine": get_machine(), "settings": vars(options), "rounds": rounds}


def _measure_way(worker, count):
    """Return the CPU seconds of a charge, and of a mail, with the number of mails."""
    charged, told = worker.charge(count), worker.tell()
    return {
        "charge": charged["cpu"] / count,
        "mails": told["mails"],
        "mail": told["cpu"] / max(told["mails"], 1),
    }


def _format(result):
    """Return the figures as a table in Markdown."""
    rounds = result["rounds"]
    quiet, telling = (median(each[way]["charge"] for each in rounds) for way in WAYS)
    mail = median(each["telling"]["mail"] for each in rounds)
    mails = sum(each["telling"]["mails"] for each in rounds)
    verdict = "kept" if telling <= quiet * MOST else "missed"
    return "\n".join(
        [
            "| CPU of the Odoo process | mails off | mails on | more |",
            "|---|---|---|---|",
            f"| each charge | {quiet * 1000:.1f} ms | {telling * 1000:.1f} ms |"
            f" {telling / quiet - 1:+.0%} (limit {MOST - 1:.0%}: {verdict}) |",
            f"| each of {mails} mails, written apart | | {mail * 1000:.1f} ms | |",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
