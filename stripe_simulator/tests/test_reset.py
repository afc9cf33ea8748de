"""One simulator serves many tests: after a reset it is as one that has just begun."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe
from aiohttp import web

from stripe_simulator.admin_client import AdminClient
from stripe_simulator.events.webhooks import AT_ONCE
from stripe_simulator.memory.simulator import Simulator
from stripe_simulator.server.app import build

from .memory import dump, dump_modules
from .saving import open_session
from .support import attach, charge, connect, create, listen


class _Lived:
    """A simulator that is served by a thread of this process."""

    def __init__(self):
        self.sim = Simulator()
        self._loop = asyncio.new_event_loop()
        self._runner = web.AppRunner(build(self.sim))
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._runner.setup())
        self._do(web.TCPSite(self._runner, "127.0.0.1", 0).start())
        self.url = "http://{}:{}".format(*self._runner.addresses[0])
        self.admin = AdminClient(self.url)

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def close(self):
        self._do(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


@pytest.fixture
def lived():
    living = _Lived()
    yield living
    living.close()


def _live(lived, receiver):
    """Do something of every kind that the simulator remembers."""
    api, admin = connect(lived.url), lived.admin
    for key in ("sk_test_acct_other", "sk_live_x"):
        connect(lived.url, key).customers.create({})
    listen(api, receiver)
    customer = api.customers.create({}).id
    card = attach(api, customer, "pm_card_visa")
    paid = charge(api, customer, card, key="k1")
    api.refunds.create({"payment_intent": paid.id})
    bank = attach(api, customer, "pm_usBankAccount_success")
    charge(api, customer, bank)
    admin.create_mandate(bank)
    admin.create_payment_method("card", customer, {"kind": "decline"})
    open_session(api, customer)
    admin.warn_of_fraud(charge(api, customer, card).id)
    admin.open_dispute(charge(api, customer, card).id)
    admin.wait_for_deliveries()
    admin.hold_deliveries()
    charge(api, customer, card)
    admin.set_next_visitor("leave")
    admin.add_fault("refuse", path="/v1/refunds")
    with pytest.raises(stripe.APIConnectionError):
        api.refunds.create({"payment_intent": paid.id})
    admin.set_latency(0.01)
    admin.advance(86_400)


def test_whole_memory_is_that_of_a_new_one(lived, receiver):
    modules, new = dump_modules(), dump(lived.sim)
    _live(lived, receiver)
    grown = lived.admin.state()
    assert all(grown.values())
    assert len(grown["objects"]) == 3
    assert dump(lived.sim) != new
    lived.admin.reset()
    assert dump(lived.sim) == new
    assert dump_modules() == modules


def test_number_of_the_first_movement_is_one_again(api, admin, customer, card):
    charge(api, customer, card)
    admin.reset()
    owner = api.customers.create({}).id
    charge(api, owner, attach(api, owner, "pm_card_visa"))
    assert [entry["seq"] for entry in admin.ledger()["entries"]] == [1]


def test_request_under_way_moves_no_money_and_leaves_no_trace(
    api, admin, customer, card
):
    intent = create(api, customer, card)
    admin.set_latency(0.5)
    with ThreadPoolExecutor() as pool:
        late = pool.submit(
            api.payment_intents.confirm, intent.id, {}, {"idempotency_key": "late"}
        )
        time.sleep(0.2)
        admin.reset()
        with pytest.raises(stripe.APIError):
            late.result()
    state = admin.state()
    assert not any(state.values()), state


def test_delivery_that_waits_for_its_turn_is_forgotten(api, admin, endpoint, receiver):
    admin.hold_deliveries()
    for _number in range(30):
        api.customers.create({})
    receiver.seconds = 0.5
    admin.send_deliveries()
    time.sleep(0.2)
    admin.reset()
    admin.wait_for_deliveries()
    time.sleep(0.5)
    assert 0 < len(receiver.bodies) <= AT_ONCE
