"""Messages for a real server with several threads: one event stays one event."""

import json
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from stripe import WebhookSignature

from tools.environment import TEST_CONF, run_odoo

SECRET = "whsec_of_the_server"
TOGETHER = 12
START_TIMEOUT = 120  # seconds
SET_UP = f"""
provider = env["payment.provider"].search([("code", "=", "stripe")], limit=1)
provider.write({{"autopay_webhook_secret": "{SECRET}"}})
print("ADDRESS", provider.autopay_webhook_token)
env.cr.commit()
"""
COUNT = """
events = env["autopay.event"].search([])
print("EVENTS", sorted(events.mapped("event_ref")))
"""


@pytest.fixture
def server(odoo_env, fresh_database):
    """The address of the webhook of a running Odoo, and how to read its events."""
    port = odoo_env.free_port()
    token = _say(fresh_database, SET_UP, "ADDRESS")
    process = odoo_env.popen(
        *("-d", fresh_database, "--db-filter", f"^{fresh_database}$"),
        *("-c", str(TEST_CONF), "--http-port", str(port), "--log-level=warn"),
        "--max-cron-threads=0",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        address = f"http://127.0.0.1:{port}/payment/autopay/stripe/webhook/"
        _wait_until_ready(address + "nothing")
        yield address + token, lambda: _say(fresh_database, COUNT, "EVENTS"), process
    finally:
        process.terminate()
        process.wait()


def _say(database, script, word):
    log = run_odoo("shell", "-d", database, "--no-http", script=script)
    lines = [line for line in log.splitlines() if line.startswith(word)]
    return lines[0].partition(" ")[2]


def _wait_until_ready(address):
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        try:
            if _post(address, b"", "") == 404:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"Nobody answers at {address}.")


def _post(address, body, signature):
    request = urllib.request.Request(  # noqa: S310 - the address is our own
        address,
        data=body,
        headers={"Content-Type": "application/json", "Stripe-Signature": signature},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def _event(number):
    return json.dumps(
        {
            "id": f"evt_{number}",
            "object": "event",
            "type": "payment_intent.succeeded",
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
        }
    )


def test_one_event_sent_by_many_at_once_is_stored_once(server):
    address, read_events, process = server

    def send(number):
        body = _event(number)
        header = WebhookSignature.generate_signature_header(body, SECRET)
        return _post(address, body.encode(), header)

    with ThreadPoolExecutor(TOGETHER) as pool:
        same = list(pool.map(send, [1] * TOGETHER))
        others = list(pool.map(send, range(2, 2 + TOGETHER)))

    assert set(same) | set(others) == {200}
    assert read_events() == str(sorted(f"evt_{n}" for n in range(1, 2 + TOGETHER)))
    process.terminate()
    log = process.communicate(timeout=60)[0].decode()
    assert "ERROR" not in log
    assert "duplicate key" not in log
