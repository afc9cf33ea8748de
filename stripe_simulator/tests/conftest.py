"""One simulator for all tests; each starts with nothing in it."""

import pytest
import stripe

from stripe_simulator.process import SimulatorProcess

from .receiver import Receiver
from .support import connect, listen


@pytest.fixture(scope="session")
def process():
    # The SDK would write an identifier into the home folder and send it.
    stripe.enable_telemetry = False
    with SimulatorProcess() as running:
        yield running


@pytest.fixture
def sim(process):
    process.admin.reset()
    return process


@pytest.fixture
def admin(sim):
    return sim.admin


@pytest.fixture
def api(sim):
    return connect(sim.url)


@pytest.fixture
def customer(api):
    return api.customers.create({"name": "Customer A", "email": "a@example.com"}).id


@pytest.fixture
def card(api, customer):
    return api.payment_methods.attach("pm_card_visa", {"customer": customer}).id


@pytest.fixture
def receiver():
    listening = Receiver()
    yield listening
    listening.close()


@pytest.fixture
def endpoint(api, customer, card, receiver):
    """An endpoint that wants everything that happens from now on."""
    return listen(api, receiver)
