"""What bin/demo does once the environment is there."""

import contextlib
import fcntl
import os
import signal
import sys
import time

from stripe_simulator.process import SimulatorProcess
from tools.demo import report
from tools.demo.options import parse_options
from tools.demo.server import DemoServer, ServerError, check_port
from tools.environment import LOCAL, CommandError

API_BASE_VARIABLE = "AUTOPAY_STRIPE_API_BASE"
# Set by bin/demo before the set-up, in seconds since 1970.
STARTED_VARIABLE = "AUTOPAY_DEMO_STARTED"
BANKS_HINT = "curl -X POST {url}/_admin/clock -d '{{\"advance\": 604800}}'"


class DemoError(Exception):
    """The demonstration cannot run; the text says why and what to do."""


def main():
    """Run the demonstration; return the exit status."""
    options = parse_options()
    # Whoever ends this process ends the simulator and the server with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not options.once:
            check_port(options.port)
        with _alone(options.database), SimulatorProcess() as simulator:
            return _run(options, simulator)
    except KeyboardInterrupt:
        print("\nThe demonstration was ended.")
        return 130
    except (DemoError, ServerError, CommandError, RuntimeError) as error:
        print(f"bin/demo: {error}", file=sys.stderr)
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
    """Tell how long a stage took, once it is over."""
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
        print(
            f"\n{server.url}/odoo  login admin, password admin. Ctrl-C ends it.\n"
            "The scheduled actions are running. A week at the banks passes with\n"
            f"  {BANKS_HINT.format(url=simulator.url)}",
            flush=True,
        )
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
