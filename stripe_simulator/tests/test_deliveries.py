import time

import pytest
import stripe

from stripe_simulator.admin_client import AdminError

from .support import listen

HOUR = 3600


@pytest.fixture
def held(api, admin, customer, endpoint):
    """Three held deliveries, oldest first."""
    admin.hold_deliveries()
    for name in "ABC":
        api.customers.update(customer, {"name": f"Customer {name}{name}"})
    return [item["id"] for item in admin.deliveries(state="held")]


def names(receiver):
    return [event["data"]["object"]["name"][-1] for event in receiver.events]


def test_held_deliveries_wait_until_they_are_released(admin, receiver, held):
    assert (len(held), receiver.bodies) == (3, [])
    assert [item["id"] for item in admin.release()] == held
    assert names(receiver) == ["A", "B", "C"]
    assert admin.release() == []


def test_deliveries_can_be_sent_in_another_order(admin, receiver, held):
    admin.release(order="newest")
    assert names(receiver) == ["C", "B", "A"]


def test_deliveries_can_be_chosen_one_by_one(admin, receiver, held):
    admin.release([held[2]])
    admin.release([held[1], held[0]])
    assert names(receiver) == ["C", "B", "A"]


def test_random_order_is_replayed_from_its_seed(api, admin, receiver, held):
    first = [item["id"] for item in admin.release(order="random", seed=7)]
    again = [item["id"] for item in admin.release(first)]
    assert sorted(first) == sorted(held)
    assert names(receiver)[:3] == names(receiver)[3:]
    assert again == first


def test_delivery_can_be_sent_twice(admin, receiver, held):
    done = admin.release([held[0]], copies=2)[0]
    assert names(receiver) == ["A", "A"]
    assert [attempt["status"] for attempt in done["attempts"]] == [200, 200]


def test_dropped_deliveries_are_never_sent(admin, receiver, held):
    assert admin.drop([held[1]]) == [held[1]]
    admin.release()
    assert names(receiver) == ["A", "C"]


def test_held_deliveries_go_when_sending_is_resumed(admin, receiver, held):
    admin.send_deliveries()
    admin.wait_for_deliveries()
    assert sorted(names(receiver)) == ["A", "B", "C"]


def test_everything_can_be_lost(api, admin, customer, receiver, endpoint):
    admin.lose_deliveries()
    api.customers.update(customer, {"name": "B"})
    admin.send_deliveries()
    admin.wait_for_deliveries()
    assert receiver.bodies == []
    assert admin.deliveries()[0]["state"] == "dropped"


def test_event_can_be_replayed_by_its_id(api, admin, customer, receiver, endpoint):
    api.customers.update(customer, {"name": "B"})
    admin.wait_for_deliveries()
    event = api.events.list().data[0]
    sent = admin.replay(event.id, copies=2)
    assert [item["event"] for item in sent] == [event.id]
    assert [item["id"] for item in receiver.events] == [event.id] * 3


def test_event_can_be_replayed_to_an_endpoint_that_did_not_want_it(
    api, admin, customer, receiver
):
    made = listen(api, receiver, "charge.failed")
    api.customers.update(customer, {"name": "B"})
    event = api.events.list().data[0]
    assert admin.replay(event.id) == []
    admin.replay(event.id, made.id)
    assert receiver.types == ["customer.updated"]


def test_request_can_be_had_without_being_sent(
    api, admin, customer, receiver, endpoint
):
    admin.lose_deliveries()
    api.customers.update(customer, {"name": "B"})
    event = api.events.list().data[0]
    request = admin.signed_request(event.id)
    signature = request["headers"]["Stripe-Signature"]
    read = stripe.Webhook.construct_event(request["body"], signature, endpoint.secret)
    assert (read.id, request["url"]) == (event.id, receiver.url)
    assert receiver.bodies == []


def test_request_can_be_signed_in_the_past(api, admin, customer, endpoint):
    api.customers.update(customer, {"name": "B"})
    event = api.events.list().data[0]
    old = admin.signed_request(event.id, endpoint.id, at=int(time.time()) - HOUR)
    signature = old["headers"]["Stripe-Signature"]
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        stripe.Webhook.construct_event(old["body"], signature, endpoint.secret)


def test_rolled_secret_and_the_old_one_both_sign_for_a_day(
    api, admin, customer, receiver, endpoint
):
    new = admin.roll_secret(endpoint.id)
    api.customers.update(customer, {"name": "B"})
    admin.wait_for_deliveries()
    assert receiver.verify(new).id == receiver.verify(endpoint.secret).id
    admin.advance(25 * HOUR)
    api.customers.update(customer, {"name": "C"})
    admin.wait_for_deliveries()
    assert receiver.verify(new).type == "customer.updated"
    with pytest.raises(stripe.SignatureVerificationError):
        receiver.verify(endpoint.secret)


def test_unknown_ids_are_refused(admin):
    for call in (admin.replay, admin.signed_request, admin.roll_secret):
        with pytest.raises(AdminError, match="There is no"):
            call("evt_none")
    with pytest.raises(AdminError, match="no delivery dlv_0"):
        admin.release(["dlv_0"])


def test_reset_forgets_endpoints_and_deliveries(api, admin, held):
    admin.reset()
    assert admin.deliveries() == []
    assert list(api.webhook_endpoints.list()) == []
    assert admin.state()["deliveries"] == 0
