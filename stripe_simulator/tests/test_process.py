import json
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from stripe_simulator.admin_client import AdminClient
from stripe_simulator.process import DetachedSimulator, SimulatorProcess

from .support import charge, connect

COMMAND = [sys.executable, "-m", "stripe_simulator"]


def pay(sim, amount):
    api = connect(sim.url)
    customer = api.customers.create({}).id
    card = api.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    return charge(api, customer, card, amount=amount)


def test_host_that_others_can_reach_is_refused():
    done = subprocess.run(
        [*COMMAND, "--host", "0.0.0.0"],  # noqa: S104 - to see it refused
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "only a loopback address" in done.stderr


def test_port_in_use_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*COMMAND, "--port", port],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 1
    assert "cannot start" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_simulator_ends_in_good_order_when_told_to(number):
    with SimulatorProcess() as sim:
        sim.process.send_signal(number)
        assert sim.process.wait(10) == 0


def test_simulator_that_is_told_to_stop_does_not_wait_for_slow_requests():
    with SimulatorProcess() as sim:
        sim.admin.set_latency(30)
        with socket.create_connection(sim.url.removeprefix("http://").split(":")) as to:
            to.sendall(
                b"GET /v1/customers HTTP/1.1\r\nHost: x\r\n"
                b"Authorization: Bearer sk_test_x\r\n\r\n"
            )
            sim.admin.health()
            sim.stop()
    assert sim.process.returncode == 0


def test_detached_simulator_is_no_child_and_ends_when_it_is_let_go():
    simulator, before = DetachedSimulator(), psutil.Process().children()
    assert not simulator.is_alive
    simulator.start()
    assert simulator.is_alive
    assert psutil.Process().children() == before
    simulator.stop()
    assert _ends(simulator)


def test_detached_simulator_ends_with_whoever_started_it():
    script = (
        "import os, signal; from stripe_simulator.process import DetachedSimulator; "
        "simulator = DetachedSimulator(); simulator.start(); "
        "print(simulator.url, simulator.admin.health(), flush=True); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, timeout=30, check=False
    )
    assert done.returncode == -signal.SIGKILL
    simulator = DetachedSimulator()
    simulator.admin = AdminClient(done.stdout.split()[0].decode())
    assert _ends(simulator)


def _ends(simulator):
    deadline = time.monotonic() + 10
    while simulator.is_alive and time.monotonic() < deadline:
        time.sleep(0.05)
    return not simulator.is_alive


def test_ledger_file_gets_a_line_for_every_movement(tmp_path):
    path = tmp_path / "ledger.jsonl"
    with SimulatorProcess(ledger=path) as sim:
        pay(sim, 1001)
        pay(sim, 1002)
        entries = sim.admin.ledger()["entries"]
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines == entries
    assert [line["amount"] for line in lines] == [1001, 1002]


def test_ledger_file_survives_a_crash_and_is_carried_on(tmp_path):
    path = tmp_path / "ledger.jsonl"
    with SimulatorProcess(ledger=path) as sim:
        pay(sim, 1001)
        sim.kill()
    with SimulatorProcess(ledger=path) as sim:
        pay(sim, 1002)
        found = sim.admin.ledger()
    assert [entry["seq"] for entry in found["entries"]] == [1, 2]
    assert found["totals"]["usd"]["charged"] == 2003


def test_reset_adds_to_the_ledger_file_and_takes_nothing_away(tmp_path):
    path = tmp_path / "ledger.jsonl"
    with SimulatorProcess(ledger=path) as sim:
        pay(sim, 1001)
        sim.admin.reset()
        pay(sim, 1002)
        found = sim.admin.ledger()
    kinds = [json.loads(line)["kind"] for line in path.read_text().splitlines()]
    assert kinds == ["charge", "reset", "charge"]
    assert found["totals"]["usd"]["charged"] == 1002


def test_client_and_process_need_the_standard_library_only():
    script = (
        "import sys; sys.modules['aiohttp'] = sys.modules['stripe'] = None; "
        "import stripe_simulator.process, stripe_simulator.admin_client"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
