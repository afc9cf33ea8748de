import pytest
import stripe

from .support import OFF_SESSION, attach, charge, connect, create

DAY = 86_400


def events(api, **filters):
    """Return the events, oldest first."""
    return api.events.list({"limit": 100, **filters}).data[::-1]


def types(api, **filters):
    return [event.type for event in events(api, **filters)]


def last(api, event_type):
    return api.events.list({"type": event_type}).data[0]


def previous(api, event_type):
    """Return what the last event of a type says about the time before it."""
    return last(api, event_type).data.previous_attributes.to_dict()


@pytest.fixture
def quiet(admin, customer, card):
    """The time from which on events count."""
    return admin.advance(2)


def since(api, quiet):
    return types(api, created={"gte": quiet})


# === WHAT MAKES EVENTS === #


def test_paid_intent(api, customer, card, quiet):
    charge(api, customer, card)
    assert since(api, quiet) == [
        *("payment_intent.created", "charge.succeeded", "payment_intent.succeeded"),
    ]


def test_declined_intent(api, customer, quiet):
    method = attach(api, customer, "pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        charge(api, customer, method)
    assert since(api, quiet) == [
        *("payment_method.attached", "payment_intent.created", "charge.failed"),
        "payment_intent.payment_failed",
    ]
    failed = last(api, "payment_intent.payment_failed").data.object
    assert failed.last_payment_error.code == "card_declined"


def test_intent_that_needs_the_customer(api, admin, customer, quiet):
    method = attach(api, customer, "pm_card_authenticationRequired")
    intent = create(api, customer, method)
    api.payment_intents.confirm(intent.id)
    admin.authenticate(intent.id)
    assert since(api, quiet)[2:] == [
        *("payment_intent.requires_action", "charge.succeeded"),
        "payment_intent.succeeded",
    ]


def test_canceled_intent(api, customer, card, quiet):
    api.payment_intents.cancel(create(api, customer, card).id)
    assert since(api, quiet) == ["payment_intent.created", "payment_intent.canceled"]


def test_debit_from_processing_to_success(api, admin, customer, quiet):
    method = attach(api, customer, "pm_usBankAccount_success")
    charge(api, customer, method)
    admin.advance(5 * DAY)
    assert since(api, quiet)[1:] == [
        *("payment_intent.created", "charge.pending", "payment_intent.processing"),
        *("charge.succeeded", "payment_intent.succeeded"),
    ]


def test_debit_from_processing_to_failure(api, admin, customer, quiet):
    method = attach(api, customer, "pm_usBankAccount_insufficientFunds")
    charge(api, customer, method)
    admin.advance(5 * DAY)
    assert since(api, quiet)[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_refund(api, customer, card, quiet):
    paid = charge(api, customer, card)
    made = api.refunds.create({"payment_intent": paid.id, "amount": 400})
    assert since(api, quiet)[3:] == ["refund.created", "charge.refunded"]
    assert last(api, "refund.created").data.object.id == made.id
    assert previous(api, "charge.refunded") == {"amount_refunded": 0}
    api.refunds.create({"payment_intent": paid.id})
    assert previous(api, "charge.refunded") == {
        "amount_refunded": 400,
        "refunded": False,
    }


def test_refund_that_fails(api, admin, customer, card, quiet):
    paid = charge(api, customer, card)
    made = api.refunds.create({"payment_intent": paid.id})
    admin.settle_refund(made.id, "failed")
    assert since(api, quiet)[5:] == [
        *("refund.updated", "charge.refund.updated", "refund.failed"),
        "charge.updated",
    ]
    assert previous(api, "refund.updated")["status"] == "succeeded"
    assert previous(api, "charge.updated") == {
        "amount_refunded": 1000,
        "refunded": True,
    }


def test_dispute_that_is_won(api, admin, customer, card, quiet):
    paid = charge(api, customer, card)
    opened = admin.open_dispute(paid.id)["id"]
    admin.answer_dispute(opened)
    admin.win_dispute(opened)
    assert since(api, quiet)[3:] == [
        *("charge.dispute.created", "charge.updated"),
        *("charge.dispute.funds_withdrawn", "charge.dispute.updated"),
        *("charge.dispute.funds_reinstated", "charge.dispute.closed"),
    ]
    assert previous(api, "charge.dispute.closed") == {"status": "under_review"}


def test_inquiry_withdraws_nothing(api, admin, customer, card, quiet):
    admin.open_dispute(charge(api, customer, card).id, inquiry=True)
    assert since(api, quiet)[3:] == ["charge.dispute.created", "charge.updated"]


def test_fraud_warning(api, admin, customer, card):
    made = admin.warn_of_fraud(charge(api, customer, card).id)
    assert last(api, "radar.early_fraud_warning.created").data.object.id == made["id"]


def test_customer(api, customer):
    api.customers.update(customer, {"name": "Customer B"})
    api.customers.delete(customer)
    assert types(api) == ["customer.created", "customer.updated", "customer.deleted"]
    assert previous(api, "customer.updated") == {"name": "Customer A"}
    assert last(api, "customer.deleted").data.object.name == "Customer B"


def test_payment_method(api, customer, card, quiet):
    details = {
        "billing_details": {"email": "b@example.com"},
        "card": {"exp_year": 2040},
    }
    api.payment_methods.update(card, details)
    api.payment_methods.detach(card)
    assert since(api, quiet) == ["payment_method.updated", "payment_method.detached"]
    assert previous(api, "payment_method.updated") == {
        "billing_details": {"email": None},
        "card": {"exp_year": 2034},
    }
    assert previous(api, "payment_method.detached") == {"customer": customer}


def test_anything_else_can_be_made_by_an_admin(api, admin):
    review = {"id": "prv_1", "object": "review", "open": True}
    made = admin.send_event("review.opened", review)
    read = api.events.retrieve(made["id"])
    assert (read.type, read.data.object.to_dict()) == ("review.opened", review)


# === WHAT AN EVENT SAYS === #


def test_event_names_the_request_that_caused_it(api, admin, customer, card):
    intent = create(api, customer, card, {"idempotency_key": "k-create"})
    api.payment_intents.confirm(
        intent.id, OFF_SESSION, {"idempotency_key": "k-confirm"}
    )
    made = last(api, "payment_intent.created").request
    paid = last(api, "payment_intent.succeeded").request
    logged = {item["request_id"]: item["idempotency_key"] for item in admin.requests()}
    assert (made.idempotency_key, paid.idempotency_key) == ("k-create", "k-confirm")
    assert logged[paid.id] == "k-confirm"


def test_replayed_request_makes_no_second_event(api, customer, card):
    intent = create(api, customer, card)
    options = {"idempotency_key": "k"}
    for _number in range(2):
        api.payment_intents.confirm(intent.id, OFF_SESSION, options)
    assert types(api).count("payment_intent.succeeded") == 1


def test_event_made_by_the_clock_names_no_request(api, admin, customer):
    charge(api, customer, attach(api, customer, "pm_usBankAccount_success"))
    admin.advance(5 * DAY)
    request = last(api, "payment_intent.succeeded").request
    assert (request.id, request.idempotency_key) == (None, None)


def test_event_is_dated_when_it_happened(api, admin, customer):
    charge(api, customer, attach(api, customer, "pm_usBankAccount_success"))
    admin.advance(20 * DAY)
    sent, settled = last(api, "charge.pending"), last(api, "charge.succeeded")
    assert settled.created - sent.created == 4 * DAY


def test_object_of_an_event_stays_as_it_was(api, customer, card):
    paid = charge(api, customer, card, metadata={"a": "1"})
    api.payment_intents.update(paid.id, {"metadata": {"a": "2"}})
    api.refunds.create({"payment_intent": paid.id})
    assert last(api, "payment_intent.succeeded").data.object.metadata.a == "1"
    assert (
        last(api, "payment_intent.created").data.object.status
        == "requires_confirmation"
    )
    assert last(api, "charge.succeeded").data.object.refunded is False


def test_event_has_the_declared_attributes(api, customer):
    shown = set(events(api)[0].to_dict())
    declared = set(stripe.Event.__annotations__) - {"OBJECT_NAME"}
    assert declared - shown == {"account", "context"}
    assert shown <= declared


def test_event_says_its_version_and_mode(sim, admin):
    live = connect(sim.url, "sk_live_x")
    live.customers.create({})
    event = events(live)[0]
    assert (event.api_version, event.livemode) == (stripe.api_version, True)
    assert list(connect(sim.url).events.list()) == []


# === LISTS === #


def test_events_are_found_by_type_and_time(api, admin, customer, card):
    later = admin.advance(3600)
    charge(api, customer, card)
    assert types(api, type="charge.*") == ["charge.succeeded"]
    assert types(api, types=["customer.created", "charge.succeeded"]) == [
        *("customer.created", "charge.succeeded"),
    ]
    assert types(api, created={"lt": later}) == [
        *("customer.created", "payment_method.attached"),
    ]


def test_events_are_listed_newest_first_in_pages(api, customer, card):
    charge(api, customer, card)
    page = api.events.list({"limit": 2})
    whole = [event.type for event in page.auto_paging_iter()]
    assert page.has_more
    assert whole == types(api)[::-1]


def test_one_type_or_several_but_not_both(api):
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        api.events.list({"type": "a", "types": ["b"]})


def test_events_are_gone_after_thirty_days(api, admin, customer):
    event = events(api)[0]
    admin.advance(31 * DAY)
    assert events(api) == []
    with pytest.raises(stripe.InvalidRequestError) as missing:
        api.events.retrieve(event.id)
    assert missing.value.code == "resource_missing"
