"""A process of Odoo that charges invoices in one way and measures itself.

Commands come as lines of JSON on its input, measurements go out the same way.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.odoo_session import odoo_environment
from benchmarks.ways import WAYS
from tools.environment import ROOT


class WorkerProcess:
    """The process, seen from the benchmark; ended at the end of its block."""

    def __init__(self, way, database, url):
        command = [sys.executable, "-m", __name__, way, database, url]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def charge(self, count):
        """Charge so many invoices that are still open.

        :return: {"charges", "cpu" and "wall" in seconds, "peak" in bytes}
        """
        return self._ask("charge", count)

    def tell(self):
        """Write the mails that wait to be written.

        :return: {"mails", "cpu" in seconds}
        """
        return self._ask("tell")

    def get_books(self):
        """Return what is posted and reconciled: {"charges", "minor", "open"}."""
        return self._ask("get_books")

    def _ask(self, *command):
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("The process that charges ended; see its messages.")
        return json.loads(answer)


class Worker:
    """Carries out the commands in the process."""

    def __init__(self, env, way):
        self.env = env
        self.way = way

    def charge(self, count):
        """Charge the oldest invoices that are still open, and measure it.

        :raises RuntimeError: when not all are paid in the end
        """
        move_ids = self._get_open_ids(count)
        self.way.make_due(move_ids)
        reset_peak()
        cpu, wall = time.process_time(), time.perf_counter()
        self.way.charge(move_ids)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        peak = get_peak()
        if unpaid := set(move_ids) & set(self._get_open_ids(None)):
            raise RuntimeError(f"{len(unpaid)} of {count} invoices were not charged.")
        return {"charges": len(move_ids), "cpu": cpu, "wall": wall, "peak": peak}

    def tell(self):
        """Write the mails that wait to be written, and measure it."""
        cpu = time.process_time()
        mails = self.way.tell()
        return {"mails": mails, "cpu": time.process_time() - cpu}

    def _get_open_ids(self, count):
        self.env.cr.execute(
            "SELECT id FROM account_move WHERE move_type = 'out_invoice' AND state ="
            " 'posted' AND payment_state = 'not_paid' ORDER BY id LIMIT %s",
            [count],
        )
        return [move_id for (move_id,) in self.env.cr.fetchall()]

    def get_books(self):
        """Return the payments that are posted, reconciled and have a transaction."""
        payments = self.env["account.payment"].search(
            [("payment_transaction_id.state", "=", "done"), ("move_id", "!=", False)]
        )
        reconciled = payments.filtered(_is_settled)
        cents = sum(round(payment.amount * 100) for payment in reconciled)
        return {
            "charges": len(reconciled),
            "minor": cents,
            "open": len(payments - reconciled),
        }


def _is_settled(payment):
    transaction = payment.payment_transaction_id
    receivable = payment.move_id.line_ids.filtered(
        lambda line: line.account_id == payment.destination_account_id
    )
    return (
        payment.move_id.state == "posted"
        and all(receivable.mapped("reconciled"))
        and transaction.payment_id == payment
        and payment.reconciled_invoice_ids == transaction.invoice_ids
    )


def reset_peak():
    # proc(5): 5 resets the peak resident set size to what is resident now.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def get_peak():
    """Return the peak resident set size since the last reset, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main(way, database, url):
    with odoo_environment(database) as env:
        worker = Worker(env, WAYS[way](env, url))
        for line in sys.stdin:
            verb, *args = json.loads(line)
            print(json.dumps(getattr(worker, verb)(*args)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
