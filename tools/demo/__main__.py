"""Runs bin/demo once the environment is there."""

import contextlib
import fcntl
import os
import signal
import sys
import time
import traceback

from stripe_simulator.process import SimulatorProcess
from tools.demo import report
from tools.demo.options import parse_options
from tools.demo.server import DemoServer, ServerError, check_port
from tools.environment import LOCAL, CommandError

API_BASE_VARIABLE = "AUTOPAY_STRIPE_API_BASE"
# Set by bin/demo before the set-up, in seconds since 1970.
STARTED_VARIABLE = "AUTOPAY_DEMO_STARTED"
SERVED = """
{server}/odoo   login admin, password admin, until Ctrl-C. The scheduled actions run.

From "no card" to "paid" as a customer, in a private window: {server}/my/autopay, login
customer, password customer. Add a payment method: the page of the stand-in for Stripe
has a button for each kind. The scheduled action charges what is due.

The two bank debits of Cheese Moon Mining wait for an answer. Let the bank say yes with
  curl -X POST {simulator}/_admin/settle
then press "Check with Provider Now" on their charges (Autopay > Charges)."""


class DemoError(Exception):
    """The demonstration cannot run; the text says why and what to do."""


def main():
    """Run the demonstration; return the exit status."""
    options = parse_options()
    # The end of this process ends the simulator and the server with it, also where
    # it was started in the background and would not hear Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        if not options.once:
            check_port(options.port)
        with _alone(options.database), SimulatorProcess() as simulator:
            return _run(options, simulator)
    except KeyboardInterrupt:
        print("\nThe demonstration was cut short.")
        return 130
    except (DemoError, ServerError, CommandError, RuntimeError) as error:
        print(f"bin/demo: {error}", file=sys.stderr)
        return 2
    except Exception:  # noqa: BLE001 - a crash must not pass for a difference
        traceback.print_exc()
        return 2


@contextlib.contextmanager
def _alone(database):
    """Keep a second demonstration from replacing the database of this one."""
    with open(LOCAL / f"{database}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(
                f"another bin/demo works on {database}: end it, or choose another "
                "database with --database demo_NAME."
            ) from None
        yield


def _run(options, simulator):
    # Loaded only now: a taken port is told at once.
    from tools.demo.play import make_database, play

    os.environ[API_BASE_VARIABLE] = simulator.url
    _tell_setup_time()
    with _stage("database"):
        make_database(options.database, options.reset)
    rows, agreement = play(options, simulator, _stage)
    _print_report(rows, agreement)
    status = 0 if report.is_fine(agreement, rows) else 1
    if not options.once:
        _serve(options, simulator)
    return status


# === STAGES === #


@contextlib.contextmanager
def _stage(text):
    """Tell of a stage, and how long it took once it is over."""
    if sys.stdout.isatty():
        print(f"     ...  {text}", end="\r", flush=True)
    start = time.monotonic()
    yield
    _tell_stage(text, time.monotonic() - start)


def _tell_stage(text, seconds):
    print(f"{seconds:6.1f} s  {text}", flush=True)


def _tell_setup_time():
    started = os.environ.get(STARTED_VARIABLE)
    if started:
        _tell_stage("set-up", time.time() - float(started))


# === OUTPUT === #


def _print_report(rows, agreement):
    colourful = report.is_colourful()
    parts = (
        report.format_table(rows, colourful),
        report.format_legend(rows, colourful),
        report.format_totals(agreement, colourful),
        report.format_verdict(agreement, rows, colourful),
    )
    print("", *parts, sep="\n\n", flush=True)


def _serve(options, simulator):
    """Serve the web client until Ctrl-C."""
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        with _stage("web client"):
            server = DemoServer(options.database, options.port)
            stack.enter_context(server)
        urls = {"server": server.url, "simulator": simulator.url}
        print(SERVED.format(**urls), flush=True)
        server.wait()
    print("\nThe demonstration has ended.")


if __name__ == "__main__":
    sys.exit(main())
