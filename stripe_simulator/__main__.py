"""Runs the simulator: ``python -m stripe_simulator``."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from aiohttp import web

from .memory.simulator import Simulator
from .rules.addresses import is_loopback
from .server.app import build

READY = "stripe_simulator listening on"
BACKLOG = 1024
# Seconds that requests under way get when the process is told to stop.
GRACE = 0.5


def main() -> int:
    """Serve until told to stop; return the exit code."""
    options = _options()
    if not is_loopback(options.host):
        print(
            f"stripe_simulator refuses to listen on {options.host}: it answers anybody "
            "who can reach it, so only a loopback address such as 127.0.0.1 will do.",
            file=sys.stderr,
        )
        return 2
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        print(f"stripe_simulator cannot start: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m stripe_simulator", description="A stand-in for Stripe's API."
    )
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument(
        "--port", type=int, default=0, help="0 (the default) picks a free one"
    )
    parser.add_argument("--ledger", help="file that gets a line for every movement")
    parser.add_argument(
        "--until-input-ends",
        action="store_true",
        help="also end when standard input does, as it does with whoever holds it",
    )
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    sim = Simulator(options.ledger)
    runner = web.AppRunner(
        build(sim), access_log=None, shutdown_timeout=GRACE, keepalive_timeout=3600
    )
    await runner.setup()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.until_input_ends:
        loop.add_reader(sys.stdin, stop.set)
    try:
        await web.TCPSite(runner, options.host, options.port, backlog=BACKLOG).start()
        host, port = runner.addresses[0][:2]
        shown = f"[{host}]" if ":" in host else host
        print(f"{READY} http://{shown}:{port}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()
        sim.ledger.close()


if __name__ == "__main__":
    sys.exit(main())
