import threading

import pytest
import stripe

from .support import OFF_SESSION, attach, charge, connect, create, intent_params, kinds

DAY = 86_400


def key(name):
    return {"idempotency_key": name}


def confirm(api, intent, name, **more):
    return api.payment_intents.confirm(intent.id, {**OFF_SESSION, **more}, key(name))


def statuses(admin, path_end="/confirm"):
    seen = [entry for entry in admin.requests() if entry["path"].endswith(path_end)]
    return [(entry["status"], entry["replayed"]) for entry in seen]


def test_repeated_create_gives_the_same_intent(api, customer, card):
    one = create(api, customer, card, key("k"))
    two = create(api, customer, card, key("k"))
    assert one.id == two.id
    assert len(api.payment_intents.list().data) == 1
    assert two.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in one.last_response.headers


def test_repeated_confirm_charges_once_and_answers_the_same(api, admin, customer, card):
    intent = create(api, customer, card)
    one = confirm(api, intent, "k")
    two = confirm(api, intent, "k")
    assert one.to_dict() == two.to_dict()
    assert kinds(admin) == ["charge"]
    assert statuses(admin) == [(200, False), (200, True)]


def test_decline_is_replayed_even_when_the_card_works_by_now(api, admin, customer):
    card = attach(api, customer, "pm_card_chargeCustomerFail")
    intent = create(api, customer, card)
    with pytest.raises(stripe.CardError) as first:
        confirm(api, intent, "k")
    admin.change_payment_method(card, {"kind": "success"})
    with pytest.raises(stripe.CardError) as second:
        confirm(api, intent, "k")
    assert second.value.headers["Idempotent-Replayed"] == "true"
    assert second.value.json_body == first.value.json_body
    assert confirm(api, intent, "k2", payment_method=card).status == "succeeded"


def test_server_error_after_execution_is_replayed(api, admin, customer, card):
    intent = create(api, customer, card)
    admin.add_fault("error_500_after", path="*/confirm")
    for _try in range(2):
        with pytest.raises(stripe.APIError) as failed:
            confirm(api, intent, "k")
        assert failed.value.http_status == 500
    assert kinds(admin) == ["charge"]
    assert statuses(admin) == [(500, False), (500, True)]
    assert api.payment_intents.retrieve(intent.id).status == "succeeded"


def test_state_refusal_is_replayed(api, customer, card):
    paid = charge(api, customer, card)
    for replayed in (None, "true"):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            confirm(api, paid, "k")
        assert refused.value.headers.get("Idempotent-Replayed") == replayed


def test_key_with_other_parameters_is_an_error(api, customer, card):
    create(api, customer, card, key("k"), amount=1000)
    with pytest.raises(stripe.IdempotencyError) as refused:
        create(api, customer, card, key("k"), amount=1001)
    assert refused.value.http_status == 400
    assert refused.value.error.type == "idempotency_error"


def test_key_at_another_address_is_an_error(api, customer, card):
    intent = create(api, customer, card, key("k"))
    with pytest.raises(stripe.IdempotencyError):
        confirm(api, intent, "k")


def test_order_of_the_parameters_does_not_matter(api, customer):
    one = api.payment_intents.create(
        {"amount": 1000, "currency": "usd", "customer": customer}, key("k")
    )
    two = api.payment_intents.create(
        {"customer": customer, "currency": "usd", "amount": 1000}, key("k")
    )
    assert one.id == two.id


def test_key_in_use_is_a_409(sim, api, admin, customer, card):
    intent = create(api, customer, card)
    admin.add_fault("delay_before", path="*/confirm", seconds=1.0)
    results = []

    def slow():
        results.append(confirm(connect(sim.url), intent, "k").status)

    thread = threading.Thread(target=slow)
    thread.start()
    wait_until_busy(admin)
    with pytest.raises(stripe.APIError) as refused:
        confirm(api, intent, "k")
    thread.join()
    assert (refused.value.http_status, refused.value.error.code) == (
        409,
        "idempotency_key_in_use",
    )
    assert refused.value.headers["Stripe-Should-Retry"] == "true"
    assert results == ["succeeded"]
    assert confirm(api, intent, "k").status == "succeeded"
    assert kinds(admin) == ["charge"]


def wait_until_busy(admin):
    """Wait until the fault has caught the slow request."""
    moment = threading.Event()
    for _try in range(200):
        if admin.faults()[0]["hits"]:
            return
        moment.wait(0.02)
    raise AssertionError("the slow request never came")


def test_other_key_on_an_object_in_use_is_a_lock_timeout(
    sim, api, admin, customer, card
):
    intent = create(api, customer, card)
    admin.add_fault("delay_before", path="*/confirm", seconds=1.0)
    thread = threading.Thread(target=confirm, args=(connect(sim.url), intent, "k1"))
    thread.start()
    wait_until_busy(admin)
    with pytest.raises(stripe.RateLimitError) as refused:
        confirm(api, intent, "k2")
    thread.join()
    assert (refused.value.http_status, refused.value.error.code) == (
        429,
        "lock_timeout",
    )
    assert kinds(admin) == ["charge"]


def test_lock_timeout_is_not_kept_for_the_key(api, admin, customer, card):
    intent = create(api, customer, card)
    admin.add_fault("lock_timeout_429", path="*/confirm")
    with pytest.raises(stripe.RateLimitError):
        confirm(api, intent, "k")
    assert confirm(api, intent, "k").status == "succeeded"


def test_rate_limit_is_not_kept_for_the_key(api, admin, customer, card):
    intent = create(api, customer, card)
    admin.add_fault("rate_limit_429", path="*/confirm")
    with pytest.raises(stripe.RateLimitError):
        confirm(api, intent, "k")
    assert confirm(api, intent, "k").status == "succeeded"


def test_refused_parameters_are_not_kept_for_the_key(api, customer, card):
    with pytest.raises(stripe.InvalidRequestError):
        create(api, customer, card, key("k"), amount="ten")
    assert create(api, customer, card, key("k")).status == "requires_confirmation"


def test_wrong_api_key_is_not_kept_for_the_key(sim, api, customer, card):
    with pytest.raises(stripe.AuthenticationError):
        create(connect(sim.url, "sk_test_invalid"), customer, card, key("k"))
    assert create(api, customer, card, key("k")).status == "requires_confirmation"


def test_key_is_forgotten_after_a_day_of_virtual_time(api, admin, customer, card):
    one = create(api, customer, card, key("k"))
    admin.advance(DAY - 10)
    assert create(api, customer, card, key("k")).id == one.id
    admin.advance(20)
    assert create(api, customer, card, key("k")).id != one.id


def test_repeated_confirm_after_a_day_finds_the_intent_paid(api, admin, customer, card):
    intent = create(api, customer, card)
    confirm(api, intent, "k")
    admin.advance(DAY + 10)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        confirm(api, intent, "k")
    assert refused.value.code == "payment_intent_unexpected_state"
    assert kinds(admin) == ["charge"]


def test_same_key_in_live_and_test_mode_is_two_keys(sim, api):
    live = connect(sim.url, "sk_live_x")
    one = api.customers.create({"name": "A"}, key("k"))
    two = live.customers.create({"name": "A"}, key("k"))
    assert one.id != two.id


def test_key_longer_than_255_characters_is_refused(api, customer):
    params = intent_params(customer)
    with pytest.raises(stripe.InvalidRequestError, match="255"):
        api.payment_intents.create(params, key("k" * 256))


def test_ledger_names_the_key_under_which_money_moved(api, admin, customer, card):
    confirm(api, create(api, customer, card), "k7")
    assert admin.ledger()["entries"][0]["idempotency_key"] == "k7"
