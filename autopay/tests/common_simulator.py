"""A Stripe for tests: the simulator in a process of its own, and a door that lies."""

import contextlib
import itertools
import json
import os
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

import stripe

from stripe_simulator.process import DetachedSimulator

from ..gateways.base import ChargeOrder, ChargeRequest, Credentials
from ..gateways.stripe.gateway import StripeGateway
from ..gateways.stripe.session import API_BASE_VARIABLE

TEST_KEY = "sk_test_autopay"

_numbers = itertools.count(1)


_shared = DetachedSimulator()


def get_simulator():
    """Return the simulator of this process, which remembers nothing.

    Starting one costs more than most classes' tests do, so that all share it; another
    takes its place when it has died.
    """
    if _shared.is_alive:
        _shared.admin.reset()
    else:
        _shared.stop()
        _shared.start()
    return _shared


def stripe_address(url):
    """Return a patch of the environment that sends the gateway to this address."""
    return patch.dict(os.environ, {API_BASE_VARIABLE: url})


class SimulatorMixin:
    """Has a simulator without a past for the class; mix it in before Odoo's test case.

    ``simulator.url`` is its address, ``simulator.admin`` what it can be asked for. The
    Stripe gateway of this process talks to it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.simulator = get_simulator()
        address = stripe_address(cls.simulator.url)
        address.start()
        cls.addClassCleanup(address.stop)
        cls.admin = cls.simulator.admin

    def setUp(self):
        super().setUp()
        self.admin.clear_faults()

    # === FACTORIES === #

    @classmethod
    def _create_gateway(cls, secret_key=TEST_KEY, livemode=False):
        return StripeGateway(Credentials(1, secret_key, livemode))

    @classmethod
    def _create_client(cls):
        """Return the SDK's own client, for what the gateway does not do."""
        address = {"api": cls.simulator.url}
        return stripe.StripeClient(TEST_KEY, base_addresses=address)

    @classmethod
    def _create_customer(cls):
        """Return the id of a new customer at the simulator."""
        return cls._create_client().v1.customers.create({}).id

    def _create_order(self, behaviour=None, **values):
        """Return an order for a new customer with a method that behaves like this."""
        customer = values.pop("customer_ref", None) or self._create_customer()
        method_type = values.get("method_type", "card")
        method = self.admin.create_payment_method(method_type, customer, behaviour)
        defaults = {
            "reference": f"INV/{next(_numbers)}",
            "amount_minor": 12345,
            "currency": "usd",
            "method_type": method_type,
            "method_ref": method["id"],
        }
        return ChargeOrder(customer_ref=customer, **{**defaults, **values})

    def _create_request(self, behaviour=None, **values):
        """Return a request as the engine would have committed it."""
        return build_request(self._create_order(behaviour, **values))

    def _prepare(self, request, gateway=None):
        """Return the request with the PaymentIntent that was made for it."""
        outcome = (gateway or self._create_gateway()).prepare(request)
        self.assertEqual(outcome.kind, "prepared", outcome)
        return replace(request, object_ref=outcome.object_ref)

    # === WHAT THE SIMULATOR KNOWS === #

    def _count_charges(self, request):
        """Return how often money was taken, or a debit submitted, for this request."""
        return sum(
            entry["kind"] in ("charge", "submitted")
            and entry["metadata"].get("autopay_tx") == request.metadata_tag
            for entry in self.admin.ledger()["entries"]
        )


def build_request(order, gateway=None):
    """Return an order as the request the engine would have committed."""
    gateway = gateway or SimulatorMixin._create_gateway()
    prepare_params, charge_params = gateway.build_requests(order)
    number = next(_numbers)
    return ChargeRequest(
        attempt_id=number,
        amount_minor=order.amount_minor,
        currency=order.currency,
        customer_ref=order.customer_ref,
        metadata_tag=order.reference,
        prepare_params=prepare_params,
        charge_params=charge_params,
        prepare_key=f"prepare-{order.reference}-{number}",
        charge_key=f"charge-{order.reference}-{number}",
        reserved_at=int(time.time()),
    )


@contextlib.contextmanager
def canned_stripe(answers):
    """Serve fixed answers in place of Stripe, whatever they are.

    :param answers: {"METHOD path": (status, body)}; a body that is no text is sent as
        JSON. Anything else is answered with 404.
    :return: the list of requests that came in, as "METHOD path"
    """
    seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _get_handler(answers, seen))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        with stripe_address(f"http://127.0.0.1:{server.server_port}"):
            yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _get_handler(answers, seen):
    class Handler(BaseHTTPRequestHandler):
        def _answer(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = f"{self.command} {self.path.partition('?')[0]}"
            seen.append(asked)
            status, body = answers.get(asked, (404, "nothing here"))
            content = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header("Location", "/v1/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *_args):
            """Say nothing."""

    return Handler
