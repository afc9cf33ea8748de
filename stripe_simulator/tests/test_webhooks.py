import time

import pytest
import stripe

from .support import attach, charge, connect, create, listen

MINUTE, HOUR = 60, 3600


# === REGISTRATION === #


def test_secret_of_an_endpoint_is_shown_once(api, receiver):
    made = listen(api, receiver, "charge.failed", description="x", metadata={"a": "1"})
    read = api.webhook_endpoints.retrieve(made.id)
    assert made.secret.startswith("whsec_")
    assert "secret" not in read.to_dict()
    assert (read.url, read.enabled_events) == (receiver.url, ["charge.failed"])
    assert (read.status, read.description) == ("enabled", "x")


def test_endpoint_can_be_changed_listed_and_deleted(api, endpoint):
    changes = {"enabled_events": ["charge.failed"], "disabled": True}
    changed = api.webhook_endpoints.update(endpoint.id, changes)
    assert (changed.status, changed.enabled_events) == ("disabled", ["charge.failed"])
    assert [item.id for item in api.webhook_endpoints.list()] == [endpoint.id]
    assert api.webhook_endpoints.delete(endpoint.id).deleted is True
    assert list(api.webhook_endpoints.list()) == []


@pytest.mark.parametrize(
    "url", ["http://example.com/hook", "ftp://127.0.0.1/", "nonsense", "http://[::"]
)
def test_address_that_stripe_would_not_take_is_refused(api, url):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.webhook_endpoints.create({"url": url, "enabled_events": ["*"]})
    assert (refused.value.code, refused.value.param) == ("url_invalid", "url")


def test_live_mode_wants_https(sim, receiver):
    live = connect(sim.url, "sk_live_x")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        listen(live, receiver)
    assert refused.value.code == "url_invalid"
    https = {"url": "https://example.com/hook", "enabled_events": ["*"]}
    assert live.webhook_endpoints.create(https).livemode is True


def test_type_of_event_that_is_none_is_refused(api, receiver):
    with pytest.raises(stripe.InvalidRequestError, match="must be one of"):
        listen(api, receiver, "charge.exploded")


def test_star_stands_alone(api, receiver):
    with pytest.raises(stripe.InvalidRequestError, match="no more"):
        listen(api, receiver, "*", "charge.failed")


def test_seventeenth_endpoint_is_refused(api, receiver):
    for _number in range(16):
        listen(api, receiver)
    with pytest.raises(stripe.InvalidRequestError, match="maximum of 16"):
        listen(api, receiver)


# === DELIVERY === #


def test_events_are_sent_signed(api, admin, customer, card, receiver, endpoint):
    paid = charge(api, customer, card, "k1")
    admin.wait_for_deliveries()
    found = {
        event.type: event
        for event in (
            receiver.verify(endpoint.secret, number)
            for number in range(len(receiver.bodies))
        )
    }
    assert set(found) == {
        *("payment_intent.created", "payment_intent.succeeded", "charge.succeeded"),
    }
    event = found["payment_intent.succeeded"]
    assert (event.data.object.id, event.request.idempotency_key) == (paid.id, "k1")
    assert {item["state"] for item in admin.deliveries()} == {"delivered"}


def test_wrong_secret_does_not_fit_the_signature(
    api, admin, customer, receiver, endpoint
):
    api.customers.update(customer, {"name": "B"})
    admin.wait_for_deliveries()
    with pytest.raises(stripe.SignatureVerificationError):
        receiver.verify("whsec_of_somebody_else")


def test_signature_is_dated_by_the_clock_on_the_wall(
    api, admin, customer, receiver, endpoint
):
    admin.advance(30 * HOUR)
    api.customers.update(customer, {"name": "B"})
    admin.wait_for_deliveries()
    moment = int(receiver.signatures[0].split(",")[0].removeprefix("t="))
    assert abs(moment - time.time()) < 10


def test_only_wanted_events_are_sent(api, admin, customer, card, receiver):
    listen(api, receiver, "charge.succeeded")
    charge(api, customer, card)
    admin.wait_for_deliveries()
    assert receiver.types == ["charge.succeeded"]


def test_nothing_is_sent_to_a_disabled_endpoint(
    api, admin, customer, receiver, endpoint
):
    api.webhook_endpoints.update(endpoint.id, {"disabled": True})
    api.customers.update(customer, {"name": "B"})
    admin.wait_for_deliveries()
    assert receiver.types == []


def test_event_carries_the_version_of_the_endpoint(api, admin, customer, receiver):
    listen(api, receiver, api_version="2019-05-16")
    api.customers.update(customer, {"name": "B"})
    admin.wait_for_deliveries()
    assert receiver.events[0]["api_version"] == "2019-05-16"


def test_object_has_the_lists_of_the_version_of_the_endpoint(
    api, admin, customer, card, receiver
):
    paid = charge(api, customer, card)
    listen(api, receiver, "charge.refunded", api_version="2019-05-16")
    made = api.refunds.create({"payment_intent": paid.id})
    admin.wait_for_deliveries()
    refunds = receiver.events[0]["data"]["object"]["refunds"]
    assert [item["id"] for item in refunds["data"]] == [made.id]


def test_many_deliveries_do_not_get_in_each_others_way(
    api, admin, customer, receiver, endpoint
):
    admin.hold_deliveries()
    for number in range(60):
        api.customers.update(customer, {"name": f"Customer {number}"})
    admin.send_deliveries()
    admin.wait_for_deliveries()
    assert {item["state"] for item in admin.deliveries()} == {"delivered"}
    assert len({event["id"] for event in receiver.events}) == 60


def test_other_mode_and_account_hear_nothing(sim, api, admin, receiver, endpoint):
    connect(sim.url, "sk_live_x").customers.create({})
    connect(sim.url, "sk_test_acct_B_x").customers.create({})
    admin.wait_for_deliveries()
    assert receiver.types == []


def test_event_is_pending_until_it_was_taken(api, admin, customer, endpoint):
    admin.hold_deliveries()
    api.customers.update(customer, {"name": "B"})
    event = api.events.list({"delivery_success": False}).data[0]
    assert (event.type, event.pending_webhooks) == ("customer.updated", 1)
    admin.release()
    assert api.events.retrieve(event.id).pending_webhooks == 0


# === RETRIES === #


def test_delivery_that_is_not_taken_is_repeated(
    api, admin, customer, receiver, endpoint
):
    receiver.answers = [500, 404]
    api.customers.update(customer, {"name": "B"})
    admin.wait_for_deliveries()
    for seconds in (5 * MINUTE, 30 * MINUTE):
        assert admin.deliveries()[0]["state"] == "retrying"
        admin.advance(seconds)
        admin.wait_for_deliveries()
    done = admin.deliveries()[0]
    assert done["state"] == "delivered"
    assert [attempt["status"] for attempt in done["attempts"]] == [500, 404, 200]
    assert len({event["id"] for event in receiver.events}) == 1


def test_redirect_is_no_acceptance(api, admin, customer, receiver, endpoint):
    receiver.answers = [302]
    api.customers.update(customer, {"name": "B"})
    admin.wait_for_deliveries()
    assert admin.deliveries()[0]["state"] == "retrying"


def test_delivery_is_given_up_after_three_retries_in_test_mode(
    api, admin, customer, receiver, endpoint
):
    receiver.answers = [500] * 10
    api.customers.update(customer, {"name": "B"})
    for _number in range(5):
        admin.wait_for_deliveries()
        admin.advance(12 * HOUR)
    failed = admin.deliveries()[0]
    assert (failed["state"], len(failed["attempts"])) == ("failed", 4)
    assert api.events.list({"delivery_success": False}).data[0].pending_webhooks == 1


def test_endpoint_that_is_gone_is_reported(api, admin, customer, receiver, endpoint):
    receiver.close()
    api.customers.update(customer, {"name": "B"})
    admin.wait_for_deliveries()
    attempt = admin.deliveries()[0]["attempts"][0]
    assert attempt["status"] is None
    assert "onnect" in attempt["error"]


def test_deleted_endpoint_gets_no_retries(api, admin, customer, receiver, endpoint):
    receiver.answers = [500]
    api.customers.update(customer, {"name": "B"})
    admin.wait_for_deliveries()
    api.webhook_endpoints.delete(endpoint.id)
    admin.advance(12 * HOUR)
    admin.wait_for_deliveries()
    assert len(receiver.bodies) == 1


def test_nothing_is_sent_beyond_this_machine(api, admin):
    params = {"url": "https://example.com/hook", "enabled_events": ["*"]}
    api.webhook_endpoints.create(params)
    api.customers.create({})
    admin.wait_for_deliveries()
    assert "beyond this machine" in admin.deliveries()[0]["attempts"][0]["error"]


# === FROM END TO END === #


def test_late_return_is_announced_days_after_the_success(
    api, admin, customer, receiver
):
    listen(
        api,
        receiver,
        *("payment_intent.succeeded", "charge.dispute.created"),
        *("charge.dispute.funds_withdrawn", "charge.dispute.closed"),
    )
    sent = charge(api, customer, attach(api, customer, "pm_usBankAccount_success"))
    admin.advance(4 * 86_400)
    admin.wait_for_deliveries()
    admin.return_debit(sent.id, "debit_not_authorized", "R10")
    admin.wait_for_deliveries()
    assert receiver.types[0] == "payment_intent.succeeded"
    assert set(receiver.types[1:]) == {
        *("charge.dispute.created", "charge.dispute.closed"),
        "charge.dispute.funds_withdrawn",
    }
    assert receiver.events[0]["request"] == {"id": None, "idempotency_key": None}


def test_webhook_reaches_the_receiver_while_the_request_is_being_worked_on(
    api, admin, customer, card, receiver, endpoint
):
    intent = create(api, customer, card)
    admin.add_fault("delay_after", path="*/confirm", seconds=1)
    started = time.monotonic()
    api.payment_intents.confirm(intent.id, {"off_session": True})
    assert time.monotonic() - started >= 1
    assert "payment_intent.succeeded" in receiver.types
